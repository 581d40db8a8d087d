"""The forms of our documents, from data files: templates, codes, sections, mandatory fields."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

from naru.domain.codes import Code, LocalizedString
from naru.formats.cda.errors import IncompleteDocument


@dataclass(frozen=True, slots=True)
class TemplateId:
    """A templateId: an OID and the date of its version."""

    root: str
    extension: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionForm:
    """A section: its codes, title and the columns of its narrative table."""

    name: str
    title: str
    loinc: str
    display: str
    template: TemplateId
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentForm:
    """One data file. `codes` are those of the XDS metadata, `raw` what only one document has."""

    status: str
    code: str
    code_display: str
    systems: Mapping[str, str]
    mandatory: tuple[tuple[str, str], ...]
    codes: Mapping[str, Code]
    raw: Mapping[str, Any]  # Checked by the one module that reads it.

    def require(self, document: object) -> None:
        """Returns when nothing mandatory is empty; else names all that is."""
        empty = [(path, name) for path, name in self.mandatory if not _at(document, path)]
        if empty:
            raise IncompleteDocument(
                tuple(name for _, name in empty), tuple(path for path, _ in empty)
            )


@cache
def form(name: str) -> DocumentForm:
    """The form of the data file with this name."""
    text = resources.files(__package__).joinpath(f"data/{name}.json").read_text("utf-8")
    data: Final = json.loads(text)
    return DocumentForm(
        status=data["status"],
        code=data["code"]["code"],
        code_display=data["code"]["display"],
        systems=data["code_systems"],
        mandatory=tuple((entry["path"], entry["name"]) for entry in data["mandatory"]),
        codes={name: _code(entry) for name, entry in data["metadata"].items()},
        raw=data,
    )


def sections(document: DocumentForm) -> tuple[SectionForm, ...]:
    """The sections in the order of the form."""
    return tuple(
        SectionForm(
            name=entry["name"],
            title=entry["title"],
            loinc=entry["loinc"],
            display=entry["display"],
            template=TemplateId(**entry["template"]),
            columns=tuple(entry["columns"]),
        )
        for entry in document.raw["sections"]
    )


def _code(entry: Mapping[str, str]) -> Code:
    return Code(entry["code"], entry["scheme"], (LocalizedString(entry["display"], "ko-KR"),))


def _at(value: object, path: str) -> object:
    for name in path.split("."):
        value = getattr(value, name)
    # A name of blanks alone is no name.
    return value.strip() if isinstance(value, str) else value
