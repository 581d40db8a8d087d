"""The last rule: what the reader refuses (`cda.read` and its like), and at which of its parts.

The reader itself is asked, part by part, on the tree that is there. It takes as long as a third of
all other rules, so that it is not asked of what it cannot refuse: a clinical document with its
header's parts, known times, and entries of the usual kinds with whole rows.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from itertools import chain
from typing import Final

from lxml.etree import _Element

from naru.domain.clinical import EncounterKind, Interpretation
from naru.domain.findings import Finding
from naru.formats.cda.authorship import read_encounter
from naru.formats.cda.body import read_section
from naru.formats.cda.consent import read_consent_in
from naru.formats.cda.datatypes import attribute_of, found, hl7, path, read_time, text_of
from naru.formats.cda.document import read_recipient
from naru.formats.cda.entries.reasons import FIELDS, SEPARATOR
from naru.formats.cda.errors import CdaRefused
from naru.formats.cda.forms import DocumentForm
from naru.formats.cda.header import read_author, read_header, read_patient
from naru.formats.cda.papers import paper_sections
from naru.formats.cda.rules.sections import Held
from naru.formats.cda.rules.seen import Seen
from naru.formats.cda.rules.whole import Whole

_REASON: Final = "reason"
_DAY: Final = len("YYYYMMDD")

Part = tuple[_Element, Callable[[], object]]
"""A part of a document, and what reads it."""

_PATIENT: Final = path("recordTarget", "patientRole", "patient")
_PARTS: Final = (
    path("author", "assignedAuthor", "assignedPerson"),
    path("custodian", "assignedCustodian", "representedCustodianOrganization"),
    path("component", "structuredBody"),
)
_RECIPIENT: Final = ("informationRecipient", "intendedRecipient")
_VISIT: Final = ("componentOf", "encompassingEncounter")
_KINDS: Final = frozenset(map(str, EncounterKind))
_ENTRY: Final = hl7("entry")
_INTERPRETED: Final = hl7("interpretationCode")
_INTERPRETATIONS: Final = frozenset(map(str, Interpretation))
_USUAL: Final = frozenset(
    {
        *("diagnoses", "medications", "discharge_medications", "procedures", "allergies"),
        *("appointments", "test_results"),
    }
)
"""Sections of whose entries the reader refuses nothing but what `_is_plain` looks at."""


def breaches(
    whole: Whole, form: DocumentForm, known: Held, sections: Sequence[Seen]
) -> Iterator[Finding]:
    """Each part of the document that the reader refuses."""
    root = whole.root
    parts: Iterator[Part]
    if form.sections:
        parts = chain(_head(root), _sections(form, known, sections))
    elif paper_sections(form):  # Its entries were read before (`rules.papers`).
        parts = _head(root)
    else:
        parts = iter(((root, lambda: read_consent_in(root, form)),))
    for element, reads in parts:
        try:
            reads()
        except CdaRefused as refused:
            yield whole.finding("document.unreadable", element, why=str(refused))


def _head(root: _Element) -> Iterator[Part]:
    """What is to be read of the header: nothing where it is whole and its times are times."""
    if _has_plain_head(root):
        return
    for names, reads in (
        (("recordTarget",), lambda: (read_header(root), read_patient(root))),
        (("author",), lambda: _person(root)),
        (("component",), lambda: found(root, "component", "structuredBody")),
        (_RECIPIENT, lambda: read_recipient(root)),
        (_VISIT, lambda: read_encounter(root)),
    ):
        element = root.find(path(*names))
        yield root if element is None else element, reads


def _person(root: _Element) -> None:
    if read_author(root) is None:
        raise CdaRefused("the author is no person")


def _has_plain_head(root: _Element) -> bool:
    patient = root.find(_PATIENT)
    if patient is None or any(root.find(names) is None for names in _PARTS):
        return False
    recipient = root.find(path(*_RECIPIENT))
    if recipient is not None and recipient.find(hl7("receivedOrganization")) is None:
        return False
    visit = root.find(path(*_VISIT))
    if visit is not None:
        if attribute_of(visit, "code", name="code") not in _KINDS:
            return False
        time = visit.find(hl7("effectiveTime"))
        if time is None or len(time) or not _is_time(time.get("value", "")):
            return False
    signed = attribute_of(root, "effectiveTime", name="value")
    return (
        len(signed) > _DAY
        and _is_time(signed)
        and _is_time(attribute_of(patient, "birthTime", name="value"))
    )


def _sections(form: DocumentForm, known: Held, sections: Sequence[Seen]) -> Iterator[Part]:
    """The sections to be read: those of other kinds, and those that are not plain."""
    plain = {id(one.element) for one in sections if _is_plain(one)}
    by_name = {one.name: one for one in form.sections}
    for section, element in known:
        # What has no entry is read as words, of which the reader refuses none.
        if id(element) not in plain and next(element.iterchildren(_ENTRY), None) is not None:
            yield element, partial(read_section, form, by_name[section.name], element)


def _is_plain(seen: Seen) -> bool:
    """Whether each entry has a known time and a whole row, and is interpreted as we know."""
    if seen.section.name == _REASON and len(seen.entries) == 1:
        act = seen.entries[0]
        return act is not None and text_of(act, "text").count(SEPARATOR) == FIELDS - 1
    if seen.section.name not in _USUAL:
        return False
    cells = len(seen.section.columns)
    whole = {row.get("ID", "") for row in seen.rows if len(row) == cells}
    return (
        whole.issuperset(seen.targets)
        and all(time is not None and _is_time(time.get("value", "")) for time in seen.times)
        and all(entry is not None and _is_understood(entry) for entry in seen.entries)
    )


def _is_understood(entry: _Element) -> bool:
    told = next(entry.iterchildren(_INTERPRETED), None)
    return told is None or told.get("code", "") in _INTERPRETATIONS


@lru_cache(maxsize=1024)
def _is_time(text: str) -> bool:
    try:
        read_time(text)
    except CdaRefused:
        return False
    return True
