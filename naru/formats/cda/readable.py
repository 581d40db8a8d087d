"""Any CDA as words: title, patient, author and sections, whoever wrote it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from lxml.etree import _Element

from naru.formats.cda.datatypes import hl7, path
from naru.formats.cda.header import parse_document

_CELL: Final = frozenset({hl7("td"), hl7("th")})
_LINE: Final = frozenset(map(hl7, ("paragraph", "item", "tr", "caption", "list", "table", "br")))


@dataclass(frozen=True, slots=True)
class ReadableSection:
    """A section's title and its narrative."""

    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Readable:
    """What a person wants to see of a document first; "" where it says nothing."""

    title: str
    patient: str
    author: str
    institution: str
    sections: tuple[ReadableSection, ...]

    @property
    def text(self) -> str:
        """The document as plain text."""
        head = [self.title, f"환자: {self.patient}", f"작성: {self.institution} {self.author}"]
        body = [f"\n[{each.title}]\n{each.text}" for each in self.sections]
        return "\n".join(line.rstrip() for line in (*head, *body)) + "\n"


def read_any(octets: bytes) -> Readable:
    """The words of a CDA; raises CdaRefused or XmlRefused where it is none."""
    root = parse_document(octets)
    return Readable(
        title=_words(root.find(hl7("title"))),
        patient=name_of(root, "recordTarget", "patientRole", "patient", "name"),
        author=name_of(root, "author", "assignedAuthor", "assignedPerson", "name"),
        institution=name_of(
            root, "custodian", "assignedCustodian", "representedCustodianOrganization", "name"
        ),
        sections=tuple(_sections(root)),
    )


def name_of(root: _Element, *names: str) -> str:
    """The name of a person or an institution at the path, as people write it."""
    element = root.find(path(*names))
    if element is None:
        return ""
    given = [part.text or "" for part in element.iterchildren(hl7("given"))]
    family = [part.text or "" for part in element.iterchildren(hl7("family"))]
    if not family and not given:
        return _words(element)
    # A Korean name is written in one piece with the family name first.
    korean = not "".join(family + given).isascii()
    return "".join(family + given) if korean else " ".join(given + family)


def _sections(root: _Element) -> Iterator[ReadableSection]:
    for section in root.iter(hl7("section")):
        yield ReadableSection(
            _words(section.find(hl7("title"))), narrative_of(section.find(hl7("text")))
        )


def _words(element: _Element | None) -> str:
    return "" if element is None else " ".join("".join(map(str, element.itertext())).split())


def narrative_of(text: _Element | None) -> str:
    """The words of a section line by line, with bars between cells."""
    if text is None:
        return ""
    lines = "".join(_pieces(text)).split("\n")
    return "\n".join(line.strip(" |\t") for line in lines if line.strip(" |\t"))


def _pieces(element: _Element) -> Iterator[str]:
    """The text, with a line for each block and a bar between cells; depth is bounded by parsing."""
    if element.tag in _LINE:
        yield "\n"
    yield element.text or ""
    for child in element:
        if isinstance(child.tag, str):
            yield from _pieces(child)
        yield " | " if child.tag in _CELL else ""
        yield child.tail or ""
    if element.tag in _LINE:
        yield "\n"
