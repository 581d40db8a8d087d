"""The duty that follows a withdrawal: what was blocked, what the law keeps, and by when.

The withdrawal itself holds at once. Within the days that its form names (ten, as data of the text)
somebody has seen to the copies that a hub holds for the exchange, and the patient can be told what
is kept and why (개인정보 보호법 제37조).
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from naru.audit.records import AuditedObject
from naru.consent import cases
from naru.consent import queries as consent
from naru.consent.cases import Blocked, Case, CaseEntry, CaseKind
from naru.consent.errors import ConsentRefused, NotPermitted
from naru.consent.snapshots import ActId, Exclusion
from naru.domain.caller import Role
from naru.domain.consent_text import ConsentText
from naru.domain.korea import korean_day
from naru.domain.privacy_policies import privacy_policies
from naru.domain.stored_query import FindDocuments
from naru.domain.xds import AvailabilityStatus
from naru.exchange import operating
from naru.exchange.access import Access, changing, reading
from naru.notifications.services import Recipient, notify
from naru.patients import queries as patients
from naru.registry import queries as registry
from naru.registry.values import Indexed

CONSENT_CASE: Final = "consent case"
"""The kind of an audited object that is a case, with its id."""

REMIND_BEFORE: Final = timedelta(days=3)
"""How long before a case is due those who handle it are told."""

_AT_AN_INSTITUTION: Final = frozenset({Role.PRIVACY_OFFICER, Role.HEALTH_INFORMATION_MANAGER})

_HANDLED_HERE: Final = frozenset({CaseKind.WITHDRAWAL, CaseKind.OBJECTION})
"""The others have an officer's own pages, and rules of who may close them."""

MOST_WORDS: Final = 1000
"""Characters of what is noted on a case at a time."""


def open_withdrawal(
    access: Access,
    patient: UUID,
    act: ActId,
    text: ConsentText,
    exclusions: Sequence[Exclusion] = (),
) -> UUID:
    """Open the case of a withdrawal, whole or of these parts, in the caller's transaction."""
    blocked = _blocked(patient, exclusions)
    case = cases.open_case(
        CaseKind.WITHDRAWAL,
        patient=patient,
        act=act,
        institution=None,
        now=access.time,
        within=timedelta(days=text.withdrawal_days),
        first=CaseEntry(
            who=access.caller.role,
            what="partial" if exclusions else "whole",
            blocked=blocked,
            kept=text.words.withdrawal.kept,
        ),
    )
    access.objects.append(AuditedObject(CONSENT_CASE, str(case)))
    return case


def waiting(access: Access) -> tuple[Case, ...]:
    """The open cases that the caller handles, the one that is due first at the head."""
    with reading(access):
        found = tuple(one for one in cases.still_open() if _may_handle(access, one))
        access.objects += [AuditedObject(CONSENT_CASE, str(one.id)) for one in found]
        return found


def note(access: Access, case: UUID, words: str, *, close: bool) -> None:
    """Add what was done about a case, and close it if that was all.

    Raises NotPermitted where it is not the caller's to handle, else ConsentRefused.

    Nobody handles an objection to an act that they registered themselves.
    """
    with changing(access):
        access.objects.append(AuditedObject(CONSENT_CASE, str(case)))
        known = cases.one(case)
        if known is None or not _may_handle(access, known):
            raise NotPermitted("the case is not the caller's to handle")
        if not words.strip() or len(words) > MOST_WORDS:
            raise ConsentRefused("what was done is not said, or at too great a length")
        access.concerns(known.patient)
        who = access.caller.role
        cases.add(case, CaseEntry(who=who, what=words.strip()), access.time, close=close)


def remind(now: datetime) -> int:
    """Tell those who handle cases which of them are due soon, each once; the number of cases."""
    soon = cases.due_before(now + REMIND_BEFORE)
    due = [one for one in soon if one.kind in _HANDLED_HERE]
    with transaction.atomic():
        for case in due:
            for to in _handlers(case, korean_day(now)):
                values = {"case": str(case.id)[:8], "until": f"{korean_day(case.due):%Y-%m-%d}"}
                notify("withdrawal-case-due", to, values, key=f"{case.id}/{to.id}")
    return len(due)


def _may_handle(access: Access, case: Case) -> bool:
    caller = access.caller
    if case.kind not in _HANDLED_HERE:
        return False
    mine = caller.institution is not None and caller.institution == case.institution
    allowed = caller.role is Role.OPERATOR or (mine and caller.role in _AT_AN_INSTITUTION)
    return allowed and not _registered(access, case)


def _registered(access: Access, case: Case) -> bool:
    """Whether the caller did what is objected to: another looks into it (four eyes)."""
    if case.kind is not CaseKind.OBJECTION or access.caller.person is None:
        return False
    said = (act for each in patients.identity_set(case.patient) for act in consent.acts(each))
    return any(one.id == case.act and one.actor.person == access.caller.person for one in said)


def _handlers(case: Case, on: date) -> tuple[Recipient, ...]:
    """The operator's people, and of an institution's case its privacy officer."""
    operators = operating.inboxes(Role.OPERATOR, on)
    if case.institution is None:
        return operators
    return (*operators, Recipient.at_institution(case.institution, Role.PRIVACY_OFFICER))


def _blocked(patient: UUID, exclusions: Sequence[Exclusion]) -> tuple[Blocked, ...]:
    """Of each source, how many of its documents the exchange shows nobody from now on."""
    found = [
        item
        for item in documents(patient)
        if not privacy_policies().is_consent_format(item.format, item.kind)
        and (not exclusions or any(_is_of(item, one) for one in exclusions))
    ]
    counted = Counter(item.institution for item in found)
    return tuple(
        Blocked(institution=institution, documents=number)
        for institution, number in sorted(counted.items(), key=lambda one: str(one[0]))
    )


def _is_of(item: Indexed, one: Exclusion) -> bool:
    if one.document is not None:
        return item.unique_id == one.document
    at_source = one.source is None or item.institution == one.source
    # Who may not look any more is kept from all of them, but they go on being exchanged.
    return one.viewer is None and at_source and one.department in {None, item.department}


def documents(patient: UUID) -> list[Indexed]:
    """All that is registered of the person; nothing sealed is opened."""
    found: list[Indexed] = []

    def gather(items: Sequence[Indexed]) -> list[bool]:
        found.extend(items)
        return [False] * len(items)

    identifier = patients.affinity_id(patient)
    if identifier is not None:
        query = FindDocuments(patient_id=identifier, status=tuple(AvailabilityStatus))
        registry.run(query, patients=patients, permit=gather, leaf=False)
    return found
