"""A referral and its appointment: what becomes of one is told of the other, whoever says it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from uuid import UUID, uuid4

from naru.domain.bookings import Wanted
from naru.domain.referral_rules import may
from naru.domain.referral_states import UNANSWERED
from naru.domain.referrals import ENDS_SENDING, Act, ActKind, Referral
from naru.domain.scheduling import Appointment, AppointmentStatus
from naru.exchange.access import Access
from naru.exchange.treatment import relations as treatment
from naru.exchange.treatment.bookings import take_turn
from naru.patients import queries as patients
from naru.referrals import looking, notices, queries, services
from naru.scheduling import queries as appointments
from naru.scheduling import records
from naru.scheduling import services as scheduling

_BECOMES: Final[Mapping[ActKind, AppointmentStatus]] = {
    ActKind.ARRIVED: AppointmentStatus.ARRIVED,
    ActKind.NO_SHOW: AppointmentStatus.NOSHOW,
}

_SAYS: Final[Mapping[str, ActKind]] = {
    "arrived": ActKind.ARRIVED,
    "fulfilled": ActKind.ARRIVED,
    "noshow": ActKind.NO_SHOW,
}
"""What a step of the appointment says of the referral."""


def take(access: Access, appointment: UUID, patient: UUID, wanted: Wanted) -> Appointment | None:
    """Do what an institution's own Appointment asks, and note on its referral that it is booked.

    A referral is believed to be meant by a new appointment with whoever receives it, where it is of
    this patient and the caller may book for it. Raises as `scheduling.records.take`.
    """
    meant = None if appointments.one(appointment) else _meant(access, patient, wanted)
    if meant is not None:
        scheduling.release(access, meant.id)  # One referral, one appointment.
    asked = replace(wanted, referral=None if meant is None else meant.id)
    made = records.take(access, appointment, patient, asked)
    if made is not None and meant is not None:
        _add(access, meant, ActKind.BOOKED, booking=made.id)
    return made


def heard(access: Access, appointment: Appointment, what: str) -> None:
    """What an appointment's step says of its referral, in the step's transaction.

    Whoever receives the patient of a referral has taken it on.
    """
    found = None if appointment.referral is None else queries.one(appointment.referral)
    kind = _SAYS.get(what)
    if found is None or kind is None or found.booking not in {None, appointment.id}:
        return
    if kind is ActKind.ARRIVED and found.state in UNANSWERED:
        accepted = _add(access, found, ActKind.ACCEPTED)
        if accepted is None:
            return
        treatment.taken_on(access, found.patient, found.id)
        found = accepted
    done = _add(access, found, kind)
    if done is not None and kind is ActKind.NO_SHOW and found.receiver is not None:
        treatment.given_up(access, found.patient, found.receiver, found.id)


def before(kind: ActKind) -> None:
    """Wait for the appointments where an act changes one, before the referral is held.

    So of the two none is held while the other is waited for.
    """
    if kind is ActKind.BOOKED or kind in _BECOMES or kind in ENDS_SENDING:
        take_turn()


def follow(access: Access, kind: ActKind, booking: UUID | None) -> None:
    """What an act on a referral says of its appointment, in the act's transaction."""
    became = _BECOMES.get(kind)
    if booking is not None and became is not None:
        scheduling.follow(access, booking, became)


def _meant(access: Access, patient: UUID, wanted: Wanted) -> Referral | None:
    """The referral that a wish for a slot is believed to answer."""
    if wanted.slot is None or wanted.referral is None:
        return None
    found = queries.one(wanted.referral)
    if found is None or found.receiver is None:
        return None
    fits = (
        found.patient in patients.identity_set(patient)
        and appointments.is_at(wanted.slot, found.receiver)
        and may(found, ActKind.BOOKED, access.caller.institution, access.time)
    )
    return found if fits else None


def _add(
    access: Access, to: Referral, kind: ActKind, booking: UUID | None = None
) -> Referral | None:
    """Add an act where it may follow now."""
    if not may(to, kind, access.caller.institution, access.time):
        return None
    act = Act(
        id=uuid4(),
        kind=kind,
        time=access.time,
        institution=access.caller.institution,
        person=access.caller.person,
        booking=booking,
    )
    after = services.add(to.id, act)
    looking.note(access, after)
    notices.tell(after, access.time)
    return after
