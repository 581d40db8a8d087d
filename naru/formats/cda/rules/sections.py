"""The sections of a form: which must be there, in which order, by which templates."""

from collections.abc import Iterator, Sequence

from lxml.etree import _Element

from naru.domain.findings import Finding
from naru.formats.cda.forms import DocumentForm
from naru.formats.cda.papers import paper_sections
from naru.formats.cda.rules.expected import asked
from naru.formats.cda.rules.seen import Seen
from naru.formats.cda.rules.whole import Whole, says


def breaches(
    whole: Whole, form: DocumentForm, known: Sequence[Seen], foreign: Sequence[_Element]
) -> Iterator[Finding]:
    """Each rule of the sections that the document breaks."""
    yield from _mandatory(whole, form, known)
    yield from _order(whole, form, known)
    there = set()
    for one in known:
        name = one.section.title
        if one.section.name in there:
            yield whole.finding("section.twice", one.element, name=name)
        there.add(one.section.name)
        if one.code != (one.section.code, one.section.system):
            yield whole.finding("section.code", one.element, name=name, known=one.section.code)
        if one.title is None or not says(one.title, name):
            yield whole.finding("section.title", one.element, name=name)
        yield from _template(whole, one)
    yield from (whole.finding("section.foreign", each) for each in foreign)


def _mandatory(whole: Whole, form: DocumentForm, known: Sequence[Seen]) -> Iterator[Finding]:
    for part, name in asked(form).mandatory.items():
        found = [one for one in known if part in one.section.holds]
        if not found:
            yield whole.finding("section.missing", whole.head.first("component"), name=name)
        elif all(one.is_empty() for one in found):
            yield whole.finding("section.empty", found[0].element, name=name)
    there = {one.section.name for one in known}
    for paper in paper_sections(form):
        if paper.name not in there:
            yield whole.finding("section.missing", whole.head.first("component"), name=paper.title)


def _order(whole: Whole, form: DocumentForm, known: Sequence[Seen]) -> Iterator[Finding]:
    places = asked(form).places
    highest = -1
    for one in known:
        place = places[one.section.name]
        if place < highest:
            yield whole.finding("section.order", one.element, name=one.section.title)
            return  # Of those that follow it cannot be said which is in its place.
        highest = place


def _template(whole: Whole, one: Seen) -> Iterator[Finding]:
    wanted, name = one.section.template, one.section.title
    version = one.templates.get(wanted.root)
    if version is None:
        yield whole.finding("section.template", one.element, name=name)
    elif version != wanted.extension:
        said, known = version or "-", wanted.extension or "-"
        yield whole.finding("section.version", one.element, name=name, version=said, known=known)
