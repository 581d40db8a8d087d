"""The forms of our documents, from data files: templates, codes, sections, mandatory fields.

One file is one version of one form. A file may name another as its `base` and say only what differs
(tables are merged one level deep, all else is replaced). The version in force on a document's day
is written; every version is read. An operator's files stand before ours of the same form and
version, and may name ours as their base.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, get_args, get_type_hints

from naru.domain.clinical import ClinicalDocument, Content
from naru.domain.codes import Code, LocalizedString
from naru.domain.identifiers import is_oid
from naru.domain.papers import PAPER_OF
from naru.formats.cda.errors import CdaRefused, FormWrong, IncompleteDocument
from naru.formats.cda.form_files import Files, merged, own, shipped

_PARTS: Final = frozenset(each.name for each in fields(ClinicalDocument))
_CONTENT: Final = frozenset(each.name for each in fields(Content))
PAPER: Final = "paper"
"""The first name of a path to a paper's own fields."""

Place = tuple[str | int, ...]
"""Names of fields, and positions in tuples."""


@dataclass(frozen=True, slots=True)
class TemplateId:
    """A templateId: an OID and the date of its version."""

    root: str
    extension: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionForm:
    """A section: its codes, its title, and what of the content stands in it.

    `text` is the field of the content that holds its words, `entries` are those that hold its
    entries; their rows have the `columns`.
    """

    name: str
    title: str
    code: str
    system: str
    display: str
    template: TemplateId
    text: str
    entries: tuple[str, ...]
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentForm:
    """One version of a form. `codes` are those of the XDS metadata, `raw` all of the file.

    `header` says which parts the form asks for beside patient, author and custodian; `mandatory`
    are the paths of a document that may not be empty, with their Korean names; `asked` those of a
    paper that ought not to be.
    """

    kind: str
    version: date
    status: str
    title: str
    templates: tuple[TemplateId, ...]
    code: str
    code_display: str
    code_system: str
    header: frozenset[str]
    systems: Mapping[str, str]
    """OIDs by the short names of code systems."""
    system_names: Mapping[str, str]
    """The other way around."""
    sections: tuple[SectionForm, ...]
    mandatory: tuple[tuple[str, str], ...]
    asked: tuple[tuple[str, str], ...]
    codes: Mapping[str, Code]
    raw: Mapping[str, Any]  # Checked by the one module that reads it.

    def require(self, document: object) -> None:
        """Returns when nothing mandatory is empty; else names all that is."""
        empty = [
            (path, name) for path, name in self.mandatory if [*empty_at(document, *path.split("."))]
        ]
        if empty:
            raise IncompleteDocument(
                tuple(name for _, name in empty), tuple(path for path, _ in empty)
            )

    def word(self, name: str) -> str:
        """A Korean word of the form."""
        return str(self.raw["words"][name])


class Forms:
    """All forms that are known, in all versions."""

    def __init__(self, every: Iterable[DocumentForm]) -> None:
        self._known: dict[str, list[DocumentForm]] = {}
        for form in sorted(every, key=lambda one: one.version):
            self._known.setdefault(form.kind, []).append(form)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The names of the forms."""
        return tuple(self._known)

    def __iter__(self) -> Iterator[DocumentForm]:
        for versions in self._known.values():
            yield from versions

    def in_force(self, kind: str, on: date) -> DocumentForm:
        """The version to be written on a day; before the first one, the first. Raises KeyError."""
        versions = self._known[kind]
        return next((one for one in reversed(versions) if one.version <= on), versions[0])

    def newest(self, kind: str) -> DocumentForm:
        """The newest version. Raises KeyError."""
        return self._known[kind][-1]

    def of(self, held: frozenset[TemplateId], on: date, *kinds: str) -> DocumentForm:
        """The form of a document that holds these templates; of several, that of its day.

        Raises CdaRefused. The template alone says the kind where its version is none of ours: a
        document of a version that we do not know is read by the one of its day.
        """
        among = [one for one in self if not kinds or one.kind in kinds]
        roots = {each.root for each in held}
        found = (
            [one for one in among if one.templates[0] in held]
            or [one for one in among if one.templates[0].root in roots]
            or [one for one in among if any(each.root in roots for each in one.templates)]
        )
        if not found:
            raise CdaRefused("the document is of another template")
        in_force = [one for one in found if one.version <= on]
        return max(in_force or found, key=lambda one: one.version)


def known() -> Forms:
    """The forms of this process: ours, and the operator's where they were `use`d."""
    return _used[-1] if _used else load()


_used: Final[list[Forms]] = []


def use(folder: Path | None) -> None:
    """From now on `known()` are those of the folder before ours. Raises FormWrong."""
    _used[:] = [load(folder)]


@lru_cache(maxsize=8)
def load(folder: Path | None = None) -> Forms:
    """Ours, and those of the folder's `*.json` before them. Raises FormWrong."""
    ours = shipped()
    theirs = {} if folder is None else own(folder)
    files = {**ours, **theirs}
    found: dict[tuple[str, date], DocumentForm] = {}
    for names in (ours, theirs):  # Another file of the same form and version takes the place.
        for name in names:
            form = _checked(name, files)
            if form is not None:
                found[form.kind, form.version] = form
    return Forms(found.values())


def newest(kind: str) -> DocumentForm:
    """The newest version of a form of this process."""
    return known().newest(kind)


def _checked(name: str, files: Files) -> DocumentForm | None:
    """The form of a file; None for what only others are based on."""
    data = merged(name, files)
    if "kind" not in data and any(each.get("base") == name for each in files.values()):
        return None
    try:
        return _form(data)
    except FormWrong:
        raise
    except KeyError as error:
        raise FormWrong(f"{name}.json: {error} is missing or unknown") from None
    except (TypeError, ValueError, AttributeError) as error:
        raise FormWrong(f"{name}.json: {error}") from None


def _form(data: Mapping[str, Any]) -> DocumentForm:
    systems = {str(name): _oid(oid) for name, oid in data["code_systems"].items()}
    templates = tuple(_template(each) for each in data["templates"])
    if not templates:
        raise ValueError("a form has a template")
    return DocumentForm(
        kind=str(data["kind"]),
        version=date.fromisoformat(data["version"]),
        status=str(data["status"]),
        title=str(data["title"]),
        templates=templates,
        code=str(data["code"]["code"]),
        code_display=str(data["code"]["display"]),
        code_system=systems[data["code"]["system"]],
        header=frozenset(data.get("header", ())),
        systems=systems,
        system_names={oid: name for name, oid in reversed(systems.items())},
        sections=tuple(_section(data, systems, each) for each in data.get("sections", ())),
        mandatory=_paths(data["kind"], data["mandatory"]),
        asked=_asked(_paths(data["kind"], data.get("asked", ()))),
        codes={name: _code(entry) for name, entry in data["metadata"].items()},
        raw=data,
    )


def _section(
    data: Mapping[str, Any], systems: Mapping[str, str], own: Mapping[str, Any]
) -> SectionForm:
    entry = {**data.get("section_definitions", {}).get(own["name"], {}), **own}
    return SectionForm(
        name=str(entry["name"]),
        title=str(entry["title"]),
        code=str(entry["code"]),
        system=systems[entry.get("system", "LOINC")],
        display=str(entry["display"]),
        template=_template(entry["template"]),
        text=_field(entry.get("text", "")),
        entries=tuple(map(_field, entry["entries"])),
        columns=tuple(entry["columns"]),
    )


def _template(entry: Mapping[str, str]) -> TemplateId:
    return TemplateId(_oid(entry["root"]), str(entry.get("extension", "")))


def _oid(text: str) -> str:
    if not is_oid(text):
        raise ValueError(f"{text} is no OID")
    return text


def _field(name: str) -> str:
    if name and name not in _CONTENT:
        raise ValueError(f"{name} is no part of a document's content")
    return name


Paths = tuple[tuple[str, str], ...]


def _paths(kind: str, entries: Iterable[Mapping[str, str]]) -> Paths:
    paper = PAPER_OF.get(kind)
    return tuple((_path(each["path"], paper), str(each["name"])) for each in entries)


def _asked(paths: Paths) -> Paths:
    for path, _ in paths:
        if not path.startswith(f"{PAPER}."):
            raise ValueError(f"{path} is asked for, and no part of a paper")
    return paths


def _path(path: str, paper: type | None) -> str:
    first, _, rest = path.partition(".")
    if first == PAPER and paper is not None and _leads(paper, *rest.split(".")):
        return path
    if first not in _PARTS or (first == "content" and not _field(rest.partition(".")[0])):
        raise ValueError(f"{path} is no part of a document")
    return path


def _leads(kind: object, *names: str) -> bool:
    """Whether the names lead to a field of the class, through lists to their items."""
    if not names:
        return True
    if not (isinstance(kind, type) and is_dataclass(kind)):
        return any(_leads(each, *names) for each in get_args(kind))
    hints = get_type_hints(kind)
    return names[0] in hints and _leads(hints[names[0]], *names[1:])


def _code(entry: Mapping[str, str]) -> Code:
    return Code(entry["code"], entry["scheme"], (LocalizedString(entry["display"], "ko-KR"),))


def empty_at(value: object, *names: str, at: Place = ()) -> Iterator[Place]:
    """Where nothing stands at the path: once, or in each item of a list that lacks it.

    A list that has no item is empty itself.
    """
    if isinstance(value, tuple) and names and value:
        for index, item in enumerate(value):
            yield from empty_at(item, *names, at=(*at, index))
    elif names and value not in (None, ()):
        yield from empty_at(getattr(value, names[0]), *names[1:], at=(*at, names[0]))
    # A name of blanks alone is no name.
    elif not (value.strip() if isinstance(value, str) else value):
        yield at
