"""Consents and withdrawals: one policy of their kind, for a time, in all their templates.

What a person reads of boxes and of what is kept out is compared with what a program reads.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from lxml.etree import _Element

from naru.domain.consent_document import kind_of
from naru.domain.findings import Finding
from naru.domain.privacy_policies import privacy_policies
from naru.formats.cda.consent import acknowledging
from naru.formats.cda.consent_body import lines, read_boxes, read_parts
from naru.formats.cda.datatypes import attribute_of, hl7, path, read_date, words_of
from naru.formats.cda.errors import CdaRefused
from naru.formats.cda.forms import DocumentForm
from naru.formats.cda.rules.whole import Whole, squeezed, templates_of

_CONSENT: Final = "consent"
_SECTION: Final = ("component", "structuredBody", "component", "section")
_TEXT: Final = path(*_SECTION, "text")
_PARAGRAPH: Final = hl7("paragraph")
_SCAN: Final = path("component", "nonXMLBody")


def breaches(whole: Whole, form: DocumentForm) -> Iterator[Finding]:
    """Each rule that a consent or withdrawal breaks; none of what is neither."""
    if "service_event_template" not in form.raw:
        return
    yield from _of_events(whole, form)
    if whole.root.find(_SCAN) is not None:
        yield from _of_templates(whole, whole.root, form.raw["scanned_templates"])
        return
    section = whole.root.find(path(*_SECTION))
    if section is not None:
        yield from _of_templates(whole, section, [form.raw["section"]["template"]])
    yield from _of_body(whole, form)


def _of_events(whole: Whole, form: DocumentForm) -> Iterator[Finding]:
    """ITI TF-3 5.1.2.1.1.1: the policy and its time; of this form one, and one of its kind."""
    events = list(acknowledging(form, whole.root))
    if len(events) != 1:
        yield whole.finding("consent.events", events[1] if events else None, count=str(len(events)))
    for event in events:
        said = tuple(attribute_of(event, "code", name=name) for name in ("code", "codeSystem"))
        kinds = {(c.code, c.scheme): kind_of(one) for one, c in privacy_policies().codes.items()}
        if kinds.get((said[0], said[1])) != form.kind:
            yield whole.finding("consent.policy", event, code=said[0] or "-")
        if not _is_period(event):
            yield whole.finding("consent.period", event)


def _is_period(event: _Element) -> bool:
    low, high = (attribute_of(event, "effectiveTime", end, name="value") for end in ("low", "high"))
    try:
        return bool(low) and (not high or read_date(low) <= read_date(high))
    except CdaRefused:
        return False


def _of_templates(
    whole: Whole, element: _Element, wanted: Sequence[dict[str, str]]
) -> Iterator[Finding]:
    held = templates_of(element.iterchildren(hl7("templateId")))
    for one in wanted:
        if one["root"] not in held:
            yield whole.finding("template.missing", element, known=one["root"])


def _of_body(whole: Whole, form: DocumentForm) -> Iterator[Finding]:
    try:
        boxes, parts = read_boxes(form, whole.root), read_parts(form, whole.root)
    except CdaRefused:
        return  # The reader says why.
    if boxes is None and form.kind == _CONSENT:
        yield whole.finding("consent.boxes")
    text = whole.root.find(_TEXT)
    told = [] if text is None else list(text.iterchildren(_PARAGRAPH))
    said = [(squeezed(words_of(one)), one) for one in told]
    wanted = [squeezed(one) for one in lines(form, boxes, parts)]
    marks = tuple(squeezed(one) for one in _marks(form))
    # The words before them are those that were read to the person, in any version and language.
    first = next((at for at, (words, _) in enumerate(said) if words.startswith(marks)), len(said))
    marked = said[first:]
    if len(marked) != len(wanted):
        counted = {"rows": str(len(marked)), "entries": str(len(wanted))}
        yield whole.finding("narrative.rows", text, **counted)
        return
    for (words, element), entry in zip(marked, wanted, strict=True):
        if words != entry:
            yield whole.finding("narrative.value", element, said=entry)


def _marks(form: DocumentForm) -> Iterator[str]:
    """How the paragraphs of boxes, and of what is kept out, begin."""
    words = form.raw["words"]
    yield from (f"[{words[one]}]" for one in ("ticked", "unticked"))
    yield from (f"{words[one]}:" for one in ("excluded", "excluded-source", "excluded-viewer"))
