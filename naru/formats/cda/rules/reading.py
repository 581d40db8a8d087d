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
from naru.formats.cda.datatypes import attribute_of, first, found, read_time
from naru.formats.cda.document import read_recipient
from naru.formats.cda.entries.reasons import FIELDS, SEPARATOR
from naru.formats.cda.errors import CdaRefused
from naru.formats.cda.forms import DocumentForm
from naru.formats.cda.header import read_author, read_header, read_patient
from naru.formats.cda.papers import paper_sections
from naru.formats.cda.rules.paths import Found
from naru.formats.cda.rules.seen import Entry, Seen
from naru.formats.cda.rules.whole import Whole

_REASON: Final = "reason"
_DAY: Final = len("YYYYMMDD")

Part = tuple[_Element, Callable[[], object]]
"""A part of a document, and what reads it."""

_PATIENT: Final = "recordTarget/patientRole/patient"
_NEEDED: Final = frozenset(
    {
        *(_PATIENT, "author/assignedAuthor/assignedPerson", "component/structuredBody"),
        "custodian/assignedCustodian/representedCustodianOrganization",
    }
)
_RECIPIENT: Final = "informationRecipient/intendedRecipient"
_VISIT: Final = "componentOf/encompassingEncounter"
_KINDS: Final = frozenset(map(str, EncounterKind))
_INTERPRETATIONS: Final = frozenset(map(str, Interpretation))
_USUAL: Final = frozenset(
    {
        *("diagnoses", "medications", "discharge_medications", "procedures", "allergies"),
        *("appointments", "test_results"),
    }
)
"""Sections of whose entries the reader refuses nothing but what `_is_plain` looks at."""


def breaches(whole: Whole, form: DocumentForm, sections: Sequence[Seen]) -> Iterator[Finding]:
    """Each part of the document that the reader refuses."""
    root = whole.root
    parts: Iterator[Part]
    if form.sections:
        parts = chain(_head(whole), _sections(form, sections))
    elif paper_sections(form):  # Its entries were read before (`rules.papers`).
        parts = _head(whole)
    else:
        parts = iter(((root, lambda: read_consent_in(root, form)),))
    for element, reads in parts:
        try:
            reads()
        except CdaRefused as refused:
            yield whole.finding("document.unreadable", element, why=str(refused))


def _head(whole: Whole) -> Iterator[Part]:
    """What is to be read of the header: nothing where it is whole and its times are times."""
    if _has_plain_head(whole.head):
        return
    root = whole.root
    for place, reads in (
        ("recordTarget", lambda: (read_header(root), read_patient(root))),
        ("author", lambda: _person(root)),
        ("component", lambda: found(root, "component", "structuredBody")),
        (_RECIPIENT, lambda: read_recipient(root)),
        (_VISIT, lambda: read_encounter(root)),
    ):
        element = whole.head.first(place)
        yield root if element is None else element, reads


def _person(root: _Element) -> None:
    if read_author(root) is None:
        raise CdaRefused("the author is no person")


def _has_plain_head(head: Found) -> bool:
    if not head.keys() >= _NEEDED:
        return False
    recipient = head.first(_RECIPIENT)
    if recipient is not None and first(recipient, "receivedOrganization") is None:
        return False
    visit = head.first(_VISIT)
    if visit is not None:
        if attribute_of(visit, "code", name="code") not in _KINDS:
            return False
        time = first(visit, "effectiveTime")
        if time is None or len(time) or not _is_time(time.get("value", "")):
            return False
    signed, born = head.first("effectiveTime"), first(head[_PATIENT][0], "birthTime")
    return (
        signed is not None
        and len(signed.get("value", "")) > _DAY
        and _is_time(signed.get("value", ""))
        and born is not None
        and _is_time(born.get("value", ""))
    )


def _sections(form: DocumentForm, sections: Sequence[Seen]) -> Iterator[Part]:
    """The sections to be read: those of other kinds, and those that are not plain."""
    by_name = {one.name: one for one in form.sections}
    for one in sections:
        # What has no entry is read as words, of which the reader refuses none.
        if one.entries and not _is_plain(one):
            yield one.element, partial(read_section, form, by_name[one.section.name], one.element)


def _is_plain(seen: Seen) -> bool:
    """Whether each entry has a known time and a whole row, and is interpreted as we know."""
    if seen.section.name == _REASON and len(seen.entries) == 1:
        return seen.entries[0] is not None and _is_reason(seen.entries[0])
    if seen.section.name not in _USUAL:
        return False
    cells = len(seen.section.columns)
    whole = {row.get("ID", "") for row in seen.rows if len(row) == cells}
    return all(
        one is not None and one.target in whole and _is_timed(one) and _is_understood(one)
        for one in seen.entries
    )


def _is_reason(entry: Entry) -> bool:
    text = entry.parts.first("text")
    return text is not None and (text.text or "").count(SEPARATOR) == FIELDS - 1


def _is_timed(entry: Entry) -> bool:
    return entry.time is not None and _is_time(entry.time.get("value", ""))


def _is_understood(entry: Entry) -> bool:
    told = entry.parts.first("interpretationCode")
    return told is None or told.get("code", "") in _INTERPRETATIONS


@lru_cache(maxsize=1024)
def _is_time(text: str) -> bool:
    try:
        read_time(text)
    except CdaRefused:
        return False
    return True
