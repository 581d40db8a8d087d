"""Checking a CDA document: the published schema, then the rules of its form.

Each finding is of one rule with a stable id (`naru/domain/data/document_rules.json`). Findings
stand in the order of the rules, and within a rule in that of the document.
"""

from collections.abc import Iterator
from datetime import date
from itertools import islice

from lxml import etree

from naru.domain.findings import MOST, Finding
from naru.formats.cda.datatypes import read_date
from naru.formats.cda.errors import CdaRefused
from naru.formats.cda.forms import known as known_forms
from naru.formats.cda.papers import paper_sections
from naru.formats.cda.rules import (
    agreement,
    codes,
    consents,
    header,
    identity,
    narrative,
    papers,
    reading,
    reasons,
    schema,
    sections,
    syntax,
)
from naru.formats.cda.rules.codes import Judge
from naru.formats.cda.rules.paths import Found
from naru.formats.cda.rules.schema import NoSchema, schema_in
from naru.formats.cda.rules.seen import seen as seen_in
from naru.formats.cda.rules.whole import Whole

__all__ = ["Judge", "NoSchema", "check", "schema_in"]


def check(
    octets: bytes,
    *,
    on: date,
    schema: etree.XMLSchema | None = None,
    judge: Judge | None = None,
    claimed: str | None = None,
) -> tuple[Finding, ...]:
    """What is wrong with a document, at most `MOST` findings; raises nothing.

    `on` is the day by which a document is judged that says no day of its own. `judge` says what is
    known of codes; without it they are not looked up. `claimed` is the kind of form that its
    metadata promise.
    """
    root = syntax.parsed(octets)
    if isinstance(root, Finding):
        return (root,)
    head = header.look(root)
    found = _all(Whole(root, head, _day(head) or on), schema, judge, claimed)
    return tuple(islice(dict.fromkeys(found), MOST))


def _day(head: Found) -> date | None:
    """The day of a document, where it says one."""
    time = head.first("effectiveTime")
    try:
        return None if time is None else read_date(time.get("value", ""))
    except CdaRefused:
        return None


def _all(
    whole: Whole, published: etree.XMLSchema | None, judge: Judge | None, claimed: str | None
) -> Iterator[Finding]:
    yield from syntax.instructions(whole.root)
    if published is not None:
        yield from schema.breaches(whole, published)
    yield from identity.breaches(whole)
    yield from narrative.breaches(whole)
    known = known_forms()
    form = header.form_of(known, whole)
    if claimed is not None and (form is None or form.kind != claimed):
        yield whole.finding("template.format")
    if form is None:
        yield whole.finding("template.foreign")
        return
    yield from header.breaches(whole, known, form)
    seen, foreign = seen_in(whole.root, form)
    if form.sections or paper_sections(form):
        yield from sections.breaches(whole, form, seen, foreign)
    yield from codes.breaches(whole, form, seen, judge)
    yield from agreement.breaches(whole, form, seen)
    yield from reasons.breaches(whole, form)
    yield from papers.breaches(whole, form)
    yield from consents.breaches(whole, form)
    yield from reading.breaches(whole, form, seen)
