"""The sections of a form: which must be there, in which order, by which templates."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from lxml.etree import _Element

from naru.domain.findings import Finding
from naru.formats.cda.datatypes import hl7
from naru.formats.cda.entries import ENTRIES
from naru.formats.cda.forms import DocumentForm, TemplateId
from naru.formats.cda.papers import paper_sections
from naru.formats.cda.rules.whole import Whole, codes_of, says, sections_of, templates_of

_CONTENT: Final = "content."
_TITLE: Final = hl7("title")


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


Held = tuple[tuple[Expected, _Element], ...]


def expected(form: DocumentForm) -> tuple[Expected, ...]:
    """The sections of a form, in order."""
    found = _READY.get(id(form))
    if found is None or found[0] is not form:
        found = _READY[id(form)] = form, _expected(form)
    return found[1]


_READY: Final[dict[int, tuple[DocumentForm, tuple[Expected, ...]]]] = {}


def _expected(form: DocumentForm) -> tuple[Expected, ...]:
    clinical = (
        Expected(
            one.name,
            one.title,
            one.code,
            one.system,
            one.template,
            frozenset((*one.entries, one.text)) - {""},
            one.columns,
            not any(ENTRIES[name].single for name in one.entries),
        )
        for one in form.sections
    )
    papers = (
        Expected(one.name, one.title, one.name, one.system, one.template, frozenset({one.of}))
        for one in paper_sections(form)
    )
    return (*clinical, *papers)


def held(root: _Element, form: DocumentForm) -> tuple[Held, tuple[_Element, ...]]:
    """The sections of a document that the form has, and those that it does not have."""
    wanted = expected(form)
    known: list[tuple[Expected, _Element]] = []
    foreign: list[_Element] = []
    for section in sections_of(root):
        code = codes_of(section)
        found = next((one for one in wanted if (one.code, one.system) == code), None)
        if found is None:
            templates = templates_of(section)
            found = next((one for one in wanted if one.template.root in templates), None)
        if found is None:
            foreign.append(section)
        else:
            known.append((found, section))
    return tuple(known), tuple(foreign)


def breaches(whole: Whole, form: DocumentForm, known: Held) -> Iterator[Finding]:
    """Each rule of the sections that the document breaks."""
    body = whole.root.find(hl7("component"))
    there = [one.name for one, _ in known]
    yield from _mandatory(whole, form, known, body)
    yield from _order(whole, form, known)
    for at, (one, element) in enumerate(known):
        if one.name in there[:at]:
            yield whole.finding("section.twice", element, name=one.title)
        if codes_of(element) != (one.code, one.system):
            yield whole.finding("section.code", element, name=one.title, known=one.code)
        title = next(element.iterchildren(_TITLE), None)
        if title is None or not says(title, one.title):
            yield whole.finding("section.title", element, name=one.title)
        yield from _template(whole, one, element)


def _mandatory(
    whole: Whole, form: DocumentForm, known: Held, body: _Element | None
) -> Iterator[Finding]:
    parts = {
        path.removeprefix(_CONTENT).partition(".")[0]: name
        for path, name in form.mandatory
        if path.startswith(_CONTENT)
    }
    for part, name in parts.items():
        found = [element for one, element in known if part in one.holds]
        if not found:
            yield whole.finding("section.missing", body, name=name)
        elif all(map(is_empty, found)):
            yield whole.finding("section.empty", found[0], name=name)
    there = {one.name for one, _ in known}
    for paper in paper_sections(form):
        if paper.name not in there:
            yield whole.finding("section.missing", body, name=paper.title)


def is_empty(section: _Element) -> bool:
    """Whether a section says that it has nothing to say, or says nothing."""
    if section.get("nullFlavor"):
        return True
    text = section.find(hl7("text"))
    told = text is not None and any(str(one).strip() for one in text.itertext())
    return not told and section.find(hl7("entry")) is None


def _order(whole: Whole, form: DocumentForm, known: Held) -> Iterator[Finding]:
    order = [one.name for one in expected(form)]
    highest = -1
    for one, element in known:
        place = order.index(one.name)
        if place < highest:
            yield whole.finding("section.order", element, name=one.title)
            return  # Of those that follow it cannot be said which is in its place.
        highest = place


def _template(whole: Whole, one: Expected, element: _Element) -> Iterator[Finding]:
    templates = templates_of(element)
    if one.template.root not in templates:
        yield whole.finding("section.template", element, name=one.title)
        return
    version = templates[one.template.root]
    if version != one.template.extension:
        known = one.template.extension or "-"
        said = version or "-"
        yield whole.finding("section.version", element, name=one.title, version=said, known=known)
