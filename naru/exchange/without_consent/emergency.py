"""Opening a record in an emergency (rule 7), and looking into it afterwards.

의료법 제21조의2제1항 단서 names three cases; who opens states which, and why. The patient is told
at once, the privacy officer has a case to review, and one that nobody reviews in time goes to the
operator.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from django.db import transaction

from naru.audit.records import AuditedObject
from naru.consent import cases
from naru.consent.acts import ActKind
from naru.consent.cases import Case, CaseEntry, CaseKind
from naru.consent.errors import NotPermitted
from naru.domain.arrangements import Emergency, EmergencyCase
from naru.domain.caller import Caller, PurposeOfUse, Role
from naru.domain.korea import korean_day
from naru.exchange import about, operating
from naru.exchange.access import Access, changing, reading
from naru.exchange.arranging import arranged, is_staff, law, require, say, tell
from naru.exchange.consent.cases import CONSENT_CASE, MOST_WORDS
from naru.exchange.treatment import reception
from naru.notifications.services import Recipient, notify
from naru.patients import queries as patients

BEGIN: Final = "emergency-access"
END: Final = "end-emergency-access"
"""The transactions, as the audit and the scopes of tokens name them at every door."""

MOST_REVIEWED: Final = 20
"""Closed reviews that a page shows below the open ones."""


class PersonRequired(NotPermitted):
    """A system by itself opens nothing: who answers for an emergency is somebody by name."""


def open_record(
    access: Access, patient: UUID, case: EmergencyCase, reason: str, *, hours: int | None = None
) -> Emergency:
    """Open the record for the clinician who asks, for as long as policy lets.

    It holds for queries whose purpose is emergency treatment. Not where the patient said *not even
    in an emergency* and policy respects it. Raises NotPermitted, PersonRequired.
    """
    with changing(access):
        caller, rules = access.caller, law(access)
        if caller.person is None:
            raise PersonRequired("Only a person opens a record in an emergency.")
        require(patients.exists(patient) and about.admits(caller, patient))
        access.concerns(patient)
        require(is_staff(access, rules.emergency_roles))
        require(0 < len(reason.strip()) <= MOST_WORDS)
        longest = rules.settings.emergency_hours
        require(hours is None or 0 < hours <= longest)
        refuses = any(one.never_in_emergency for one in arranged(patient))
        require(not (refuses and rules.settings.never_in_emergency_respected))
        assert caller.institution is not None
        emergency = Emergency(
            id=uuid4(),
            since=access.time,
            until=access.time + timedelta(hours=hours or longest),
            institution=caller.institution,
            person=caller.person,
            case=case,
            reason=reason.strip(),
        )
        say(access, patient, ActKind.EMERGENCY, emergency=emergency)
        review = cases.open_case(
            CaseKind.EMERGENCY,
            patient=patient,
            act=emergency.id,
            institution=caller.institution,
            now=access.time,
            within=timedelta(hours=rules.settings.emergency_review_hours),
            first=CaseEntry(who=caller.role, what=emergency.reason, emergency=emergency),
        )
        access.objects.append(AuditedObject(CONSENT_CASE, str(review)))
        tell(access, "emergency-access", patient, emergency.id, caller.institution)
        return emergency


def opened_by(caller: Caller, patient: UUID, now: datetime) -> Emergency | None:
    """The emergency that the caller opened and that stands; asked of whoever asks, of themself."""
    found = [each for one in arranged(patient) for each in one.emergencies]
    mine = [
        one
        for one in found
        if (one.institution, one.person) == (caller.institution, caller.person) and one.stands(now)
    ]
    return max(mine, key=lambda one: one.until, default=None)


def in_emergency(caller: Caller) -> Caller:
    """The caller as they ask in an emergency (`ETREAT`)."""
    return replace(caller, purpose=PurposeOfUse.EMERGENCY_TREATMENT)


def close_record(access: Access, patient: UUID, emergency: UUID) -> None:
    """End it before its time: whoever opened it, or a privacy officer. Raises NotPermitted."""
    with changing(access):
        own = access.caller.institution
        require(own is not None and patients.exists(patient))
        access.concerns(patient)
        found = [each for one in arranged(patient) for each in one.emergencies]
        mine = [one for one in found if one.id == emergency and one.institution == own]
        opener = any(one.person == access.caller.person for one in mine)
        require(mine and (opener or is_staff(access, {Role.PRIVACY_OFFICER})))
        say(access, patient, ActKind.EMERGENCY_END, ends=emergency)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviews:
    """What an institution's officer has to review, and what was reviewed last.

    `numbers` are the institution's own for whom they are about.
    """

    waiting: tuple[Case, ...]
    closed: tuple[Case, ...]
    numbers: dict[UUID, str]


def reviews(access: Access) -> Reviews:
    """The reviews of the caller's institution, the first due at the head: its officer's.

    Raises NotPermitted.
    """
    with reading(access):
        require(is_staff(access, {Role.PRIVACY_OFFICER}))
        own = access.caller.institution
        assert own is not None
        waiting = tuple(
            one for one in cases.still_open(CaseKind.EMERGENCY) if one.institution == own
        )
        closed = cases.latest(CaseKind.EMERGENCY, own, MOST_REVIEWED)
        shown = (*waiting, *closed)
        for one in shown:
            access.concerns(one.patient)
        access.objects += [AuditedObject(CONSENT_CASE, str(one.id)) for one in shown]
        numbers = {one.patient: reception.number(access, one.patient) for one in shown}
        return Reviews(waiting=waiting, closed=closed, numbers=numbers)


def review(access: Access, case: UUID, finding: str, *, justified: bool) -> None:
    """Say what was found, which closes the review. Raises NotPermitted, CaseClosed."""
    with changing(access):
        known = cases.one(case)
        require(is_staff(access, {Role.PRIVACY_OFFICER}))
        require(known is not None and known.kind is CaseKind.EMERGENCY)
        assert known is not None
        require(known.institution == access.caller.institution)
        opened = known.entries[0][1].emergency
        # Nobody reviews what they opened themselves, whatever other post they hold.
        require(opened is None or access.caller.person != opened.person)
        require(0 < len(finding.strip()) <= MOST_WORDS)
        access.concerns(known.patient)
        access.objects.append(AuditedObject(CONSENT_CASE, str(case)))
        entry = CaseEntry(who=access.caller.role, what=finding.strip(), justified=justified)
        cases.add(case, entry, access.time, close=True)


def escalate(now: datetime) -> int:
    """Tell the officer and the operator of each review that is overdue, once; the number."""
    overdue = [one for one in cases.due_before(now) if one.kind is CaseKind.EMERGENCY]
    operators = operating.inboxes(Role.OPERATOR, korean_day(now))
    with transaction.atomic():
        for one in overdue:
            assert one.institution is not None
            officer = Recipient.at_institution(one.institution, Role.PRIVACY_OFFICER)
            for to in (officer, *operators):
                values = {"case": str(one.id)[:8], "until": f"{korean_day(one.due):%Y-%m-%d}"}
                notify("emergency-unreviewed", to, values, key=f"{one.id}/{to.id}")
    return len(overdue)
