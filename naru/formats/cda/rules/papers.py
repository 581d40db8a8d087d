"""The papers that a patient carries: their rules and sums, and the rows a person reads."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec
from lxml.etree import _Element

from naru.domain.findings import Finding
from naru.domain.papers import Breach
from naru.domain.papers import breaches as of_values
from naru.domain.papers.documents import Paper
from naru.formats.cda.datatypes import attribute_of, hl7, path
from naru.formats.cda.errors import CdaRefused
from naru.formats.cda.forms import PAPER, DocumentForm, empty_at
from naru.formats.cda.papers import (
    PaperSection,
    items_of,
    narrative,
    paper_sections,
    read_values,
    sections_of,
)
from naru.formats.cda.rules.whole import Whole, squeezed
from naru.formats.xml import XmlRefused, parse
from naru.formats.xml.namespaces import HL7V3

_HEAD: Final = hl7("th")
_CELLS: Final = (_HEAD, hl7("td"))
MOST_CELLS: Final = 10_000
"""Cells of a receipt's table: its form has some three hundred."""


def breaches(whole: Whole, form: DocumentForm) -> Iterator[Finding]:
    """Each rule of a paper that the document breaks; none of what is no paper."""
    if not paper_sections(form):
        return
    try:
        paper = read_values(whole.root, form)
    except CdaRefused as refused:
        yield whole.finding("paper.unreadable", why=str(refused))
        return
    held = sections_of(whole.root)
    sections = [(one, held.get(one.template.root)) for one in paper_sections(form)]
    values = msgspec.to_builtins(paper)
    if any(_cells(one, values) > MOST_CELLS for one, _ in sections):
        why = f"a table would have more than {MOST_CELLS} cells"
        yield whole.finding("paper.unreadable", why=why)
        return
    for breach in (*_empty(form, paper), *of_values(paper)):
        yield Finding(breach.rule, path_of(whole, breach, sections), breach.values)
    for section, element in sections:
        if element is not None:
            yield from _read_alike(whole, element, narrative_of(section, values))


def _empty(form: DocumentForm, paper: Paper) -> Iterator[Breach]:
    """What the form demands of the paper's own fields, or asks for, and is not said."""
    for rule, paths in (("paper.missing", form.mandatory), ("paper.asked", form.asked)):
        for path_, name in paths:
            first, *names = path_.split(".")
            if first == PAPER:
                for place in empty_at(paper, *names):
                    yield Breach(rule, place, (("name", name),))


def _cells(section: PaperSection, values: Mapping[str, Any]) -> int:
    """How many cells a receipt's table has, which are more than its entries; 0 of the others."""
    if section.kind != "matrix":
        return 0
    items = items_of(section, values)
    return len({one["row"] for one in items}) * len({one["column"] for one in items})


def narrative_of(section: PaperSection, values: object) -> str:
    """What a person would read of the section, had we written it."""
    assert isinstance(values, dict)
    items = items_of(section, values)
    return narrative(section, items) if items else ""


def path_of(
    whole: Whole, breach: Breach, sections: list[tuple[PaperSection, _Element | None]]
) -> str:
    """Where what a breach is of stands in the document."""
    first, *rest = breach.field
    for section, element in sections:
        if element is None:
            continue
        entries = element.findall(hl7("entry"))
        if section.kind != "facts" and section.of == first:
            at = rest[0] if rest else None
            found = entries[at] if isinstance(at, int) and at < len(entries) else element
            return whole.path(found)
        name = ".".join(map(str, breach.field))
        if section.kind == "facts" and any(one.name == name for one in section.fields):
            return whole.path(_observation(entries, name, element))
    return "/ClinicalDocument"


def _observation(entries: list[_Element], name: str, section: _Element) -> _Element:
    for entry in entries:
        for one in entry.iterfind(path("act", "entryRelationship", "observation")):
            if attribute_of(one, "code", name="code") == name:
                return one
    return section


def _read_alike(whole: Whole, element: _Element, expected: str) -> Iterator[Finding]:
    """Whether the words of each cell, and of each head, are those that the entries say."""
    text = element.find(hl7("text"))
    if text is None or not expected:
        return
    cells = list(text.iter(*_CELLS))
    said = [_squeezed(one) for one in cells]
    try:
        tree = parse(f'<text xmlns="{HL7V3}">{expected}</text>'.encode())
    except XmlRefused as refused:  # What takes little room in an entry may take much when written.
        yield whole.finding("paper.unreadable", element, why=str(refused))
        return
    wanted = [(one.tag, _squeezed(one)) for one in tree.iter(*_CELLS)]
    if len(said) != len(wanted):
        counted = {"rows": str(len(said)), "entries": str(len(wanted))}
        yield whole.finding("narrative.rows", text, **counted)
        return
    for cell, words, (tag, entry) in zip(cells, said, wanted, strict=True):
        if words == entry and cell.tag == tag:
            continue
        if tag == _HEAD:
            yield whole.finding("narrative.columns", cell, said=words or "-", known=entry)
        else:
            yield whole.finding("narrative.value", cell, said=entry)


def _squeezed(element: _Element) -> str:
    alone = len(element) == 0  # As almost every cell is.
    return squeezed(element.text or "" if alone else "".join(map(str, element.itertext())))
