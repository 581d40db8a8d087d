"""What a form asks of the sections of a document, made ready once for each form."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from naru.formats.cda.entries import ENTRIES
from naru.formats.cda.forms import DocumentForm, TemplateId
from naru.formats.cda.papers import paper_sections

_CONTENT: Final = "content."
_CODE_COLUMN: Final = "코드"


@dataclass(frozen=True, slots=True)
class Expected:
    """A section as a form asks for it, be it of a clinical document or of a paper.

    `holds` are the parts of the content that it holds; `columns` those of its table.
    """

    name: str
    title: str
    code: str
    system: str
    template: TemplateId
    holds: frozenset[str]
    columns: tuple[str, ...] = ()
    row_each: bool = False
    """Whether each of its entries has one row."""
    shows_codes: bool = False
    """Whether one of its columns is of codes."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The sections of a form.

    `by_code` has them by their code and its system, the first of several; `places` says which place
    in the order each has. `mandatory` are the parts of the content that may not be empty, with
    their Korean names.
    """

    sections: tuple[Expected, ...]
    by_code: Mapping[tuple[str, str], Expected]
    places: Mapping[str, int]
    mandatory: Mapping[str, str]

    def of(self, code: tuple[str, str], templates: Mapping[str, str]) -> Expected | None:
        """The section that has the code, else the one that has one of the templates."""
        found = self.by_code.get(code)
        if found is not None:
            return found
        return next((one for one in self.sections if one.template.root in templates), None)


def asked(form: DocumentForm) -> Asked:
    """What a form asks of sections."""
    found = _READY.get(id(form))
    if found is None or found[0] is not form:
        found = _READY[id(form)] = form, _asked(form)
    return found[1]


_READY: Final[dict[int, tuple[DocumentForm, Asked]]] = {}


def _asked(form: DocumentForm) -> Asked:
    sections = (*_clinical(form), *_of_paper(form))
    return Asked(
        sections,
        {(one.code, one.system): one for one in reversed(sections)},
        {one.name: at for at, one in reversed([*enumerate(sections)])},
        {
            path.removeprefix(_CONTENT).partition(".")[0]: name
            for path, name in form.mandatory
            if path.startswith(_CONTENT)
        },
    )


def _clinical(form: DocumentForm) -> tuple[Expected, ...]:
    return tuple(
        Expected(
            one.name,
            one.title,
            one.code,
            one.system,
            one.template,
            frozenset((*one.entries, one.text)) - {""},
            one.columns,
            not any(ENTRIES[name].single for name in one.entries),
            any(_CODE_COLUMN in column for column in one.columns),
        )
        for one in form.sections
    )


def _of_paper(form: DocumentForm) -> tuple[Expected, ...]:
    return tuple(
        Expected(one.name, one.title, one.name, one.system, one.template, frozenset({one.of}))
        for one in paper_sections(form)
    )
