"""A patient says *this was not me*: they object to an act that a desk registered in their name.

What the act widened is taken back at once, so that the narrower stands (a guardian whom the desk
noted speaks no more), and the privacy officer of the desk's institution has a case. What it
narrowed stays narrowed until the patient says otherwise.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from naru.audit.records import AuditedObject
from naru.consent import cases, services, texts
from naru.consent import queries as consent
from naru.consent.acts import Act, ActKind, Said, apply
from naru.consent.cases import CaseEntry, CaseKind
from naru.consent.errors import ConsentRefused
from naru.consent.snapshots import Snapshot
from naru.domain.caller import Role
from naru.domain.korea import korean_day
from naru.exchange.access import Access, changing
from naru.exchange.arranging import arranged, say
from naru.exchange.consent.acts import exclude_within, grant_within, withdraw_within
from naru.exchange.consent.cases import CONSENT_CASE
from naru.notifications.services import Recipient, notify
from naru.patients import queries as patients

LOOKED_INTO_WITHIN: Final = timedelta(days=3)
"""Our own measure of how soon a privacy officer looks: that of an emergency's review."""

_ENDED_BY: Final = {
    ActKind.MANDATE: ActKind.MANDATE_END,
    ActKind.SENDING: ActKind.SENDING_END,
}
"""What a desk begins in a patient's name and an objection ends; what narrows is not among it."""

OBJECTION: Final = "objection"
"""The reason of an act that takes back what a desk registered."""


def at_a_desk(act: Act) -> bool:
    """Whether somebody else than the patient registered the act, so that they can object to it."""
    return act.actor.institution is not None and act.actor.role is not Role.PATIENT


def objected(act: UUID) -> bool:
    """Whether the patient has objected to the act already."""
    return any(one.kind is CaseKind.OBJECTION for one in cases.of_act(act))


def object_to(access: Access, patient: UUID, act: UUID) -> UUID:
    """Suspend the act and open a case; the case's id, the same for a second objection.

    Raises ConsentRefused for an act that is not this patient's or was not registered at a desk.
    """
    with changing(access):
        access.concerns(patient)
        said = [
            one for each in sorted(patients.identity_set(patient)) for one in consent.acts(each)
        ]
        known = next((one for one in said if one.id == act), None)
        if known is None or not at_a_desk(known):
            raise ConsentRefused("no desk registered this act")
        first = not objected(act)
        case = _open(access, patient, known)
        if first:
            _suspend(access, patient, known)
            _tell(known, case, access.time)
        return case


def _open(access: Access, patient: UUID, act: Act) -> UUID:
    case = cases.open_case(
        CaseKind.OBJECTION,
        patient=patient,
        act=act.id,
        institution=act.actor.institution,
        now=access.time,
        within=LOOKED_INTO_WITHIN,
        first=CaseEntry(who=access.caller.role, what=act.kind),
    )
    access.objects.append(AuditedObject(CONSENT_CASE, str(case)))
    return case


def _suspend(access: Access, patient: UUID, act: Act) -> None:
    """Take back what the act widened, as far as nothing that was said later took its place."""
    version = texts.of("ko", on=korean_day(access.time)).wording.version
    said = Said(reason=OBJECTION)
    history = consent.acts(act.patient)
    before = _before(act, history)
    if act.kind is ActKind.INCLUDE and act.exclusion is not None:
        exclude_within(access, patient, act.exclusion, text_version=version, said=said)
    elif act.kind in _ENDED_BY:
        _end(access, patient, act)
    elif act.kind is ActKind.GRANT and _is_last_word(act, history):
        if not before.consents_on(korean_day(access.time)):
            withdraw_within(access, patient, text_version=version, said=said)
        elif before.from_date is not None and _ends_earlier(before, act):
            grant_within(
                access,
                patient,
                from_date=before.from_date,
                text_version=version,
                until=before.until,
                said=said,
            )


def _end(access: Access, patient: UUID, act: Act) -> None:
    """End what the act began, if that is not over: a mandate, a guardian, ticks for a sending."""
    begun = act.mandate or act.sending
    assert begun is not None
    now = arranged(patient)
    mandates = {each.id for one in now for each in one.mandates}
    sendings = {each.id for one in now for each in one.sendings}
    if begun.id not in mandates | sendings:
        return
    say(access, patient, _ENDED_BY[act.kind], said=Said(reason=OBJECTION), ends=begun.id)
    services.represents_no_more(begun.id)


def _before(act: Act, history: tuple[Act, ...]) -> Snapshot:
    """What stood before the act was said."""
    stands = Snapshot(consented=False, from_date=None, act=act.id)
    for one in history:
        if one.id == act.id:
            break
        stands = apply(one, stands)
    return stands


def _is_last_word(act: Act, history: tuple[Act, ...]) -> bool:
    whole = [one for one in history if one.kind in {ActKind.GRANT, ActKind.WITHDRAW}]
    return whole[-1].id == act.id


def _ends_earlier(before: Snapshot, act: Act) -> bool:
    return before.until is not None and (act.until is None or before.until < act.until)


def _tell(act: Act, case: UUID, now: datetime) -> None:
    assert act.actor.institution is not None
    officer = Recipient.at_institution(act.actor.institution, Role.PRIVACY_OFFICER)
    until = korean_day(now + LOOKED_INTO_WITHIN)
    values = {"case": str(case)[:8], "until": f"{until:%Y-%m-%d}"}
    notify("consent-objected", officer, values, key=str(case))
