"""Who asked for a patient's records: the audit trail, shown to the patient."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from naru.audit import queries as audit
from naru.audit.queries import Crossing
from naru.audit.records import AccessRecord, AuditedObject, RecordId
from naru.domain.caller import Role
from naru.domain.korea import korean_day
from naru.exchange.access import Access, attempting, changing, reading, settle
from naru.exchange.untold import Untold
from naru.notifications import queries as notices
from naru.notifications.services import Recipient, notify

QUESTIONED: Final = "access-questioned"
"""The kind of notice to the institution whose access a patient does not know of."""

ACCESS: Final = "access"
"""The kind of an audited object that is an access, with its record's id."""

MOST_PAGES: Final = 10
"""Hundreds of records that one look goes through to find others' among the patient's own."""

_LONGEST_WORDS: Final = 200
_OWN: Final = frozenset({Role.PATIENT})
"""Whose looks a patient need not be told of; a representative's are another's."""


class NotTheirs(Exception):
    """The access is of nobody's records whose patient asks, or of no institution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One access, and what those who asked said of themselves, in their own words.

    `role` and `purpose` are the words that the institution's assertion bore; names of persons are
    the institution's to tell. `questioned` where the patient has said that they do not know of it.
    """

    crossing: Crossing
    role: str
    purpose: str
    questioned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoSaw:
    """Accesses, newest first, and the record before which there are more, if there are."""

    seen: tuple[Seen, ...]
    older: RecordId | None = None


def of_patient(
    access: Access, patient: UUID, limit: int = audit.LIMIT, before: RecordId | None = None
) -> tuple[Crossing, ...]:
    """The newest accesses, newest first, without this look itself; which leaves its record too.

    With `before`, those older than that record.
    """
    with reading(access):
        access.concerns(patient)
        untold = Untold([patient], access.time)
        found = audit.of_patient(patient, limit, before)
        return tuple(one for one in found if not untold.hides(one.institution, one.time))


def who_saw(
    access: Access, patient: UUID, limit: int = audit.LIMIT, before: RecordId | None = None
) -> WhoSaw:
    """The same with what the askers said of themselves; the patient's own looks are left out."""
    with reading(access):
        access.concerns(patient)
        untold = Untold([patient], access.time)
        found: list[Crossing] = []
        for _ in range(MOST_PAGES):
            page = audit.of_patient(patient, audit.LIMIT, before)
            others = [
                one
                for one in page
                if one.role not in _OWN and not untold.hides(one.institution, one.time)
            ]
            found += others
            if len(found) > limit:
                return WhoSaw(seen=_with_words(found[:limit]), older=found[limit - 1].record)
            if len(page) < audit.LIMIT:
                return WhoSaw(seen=_with_words(found))
            before = page[-1].record
        return WhoSaw(seen=_with_words(found), older=before)


def question(access: Access, patient: UUID, record: RecordId) -> None:
    """Ask the institution's privacy officer about an access, once. Raises NotTheirs."""
    access.concerns(patient)
    with attempting(access):
        found = audit.one(record)
    institution = found.caller.institution if found else None
    untold = found is not None and Untold([patient], access.time).hides(institution, found.time)
    if found is None or untold or institution is None or patient not in found.patients:
        access.refused(NotTheirs.__name__)
        settle(access)
        raise NotTheirs
    with changing(access):
        access.objects.append(AuditedObject(ACCESS, str(record)))
        officer = Recipient.at_institution(institution, Role.PRIVACY_OFFICER)
        day = korean_day(found.time)
        values = {"day": f"{day:%Y-%m-%d}", "case": str(record)}
        notify(QUESTIONED, officer, values, key=str(record))


def _with_words(found: Sequence[Crossing]) -> tuple[Seen, ...]:
    stored = audit.unopened([one.record for one in found])
    asked = notices.told(QUESTIONED, [str(one.record) for one in found])
    return tuple(
        _seen(one, stored[one.record].opened(), questioned=str(one.record) in asked)
        for one in found
    )


def _seen(crossing: Crossing, record: AccessRecord, *, questioned: bool) -> Seen:
    return Seen(
        crossing=crossing, role=_role(record), purpose=_purpose(record), questioned=questioned
    )


def _role(record: AccessRecord) -> str:
    user = record.caller.user
    return _words([word.value for code in user.roles for word in code.display]) if user else ""


def _purpose(record: AccessRecord) -> str:
    user = record.caller.user
    return _words([word.value for code in user.purposes for word in code.display]) if user else ""


def _words(told: Sequence[str]) -> str:
    return ", ".join(one for one in told if one)[:_LONGEST_WORDS]
