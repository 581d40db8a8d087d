"""An institution's own Appointment or Encounter of a schedule here (FHIR R4 12.2, 8.11).

The same acts as at a page, so that both at once give one booking; refused in the words of records.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from naru.consent.errors import ConsentRefused
from naru.domain import records
from naru.domain.bookings import Wanted
from naru.domain.scheduling import Appointment, AppointmentStatus
from naru.exchange.access import Access
from naru.exchange.arranging import require
from naru.patients import queries as patients
from naru.scheduling import acts, queries, services
from naru.scheduling.errors import NoSuchSlot, NotOpen, SchedulingRefused, SlotTaken


def take(access: Access, appointment: UUID, patient: UUID, wanted: Wanted) -> Appointment | None:
    """Do what the record asks; None where it is of no schedule here.

    Raises SlotTaken, NotBookable, NotPermitted of `domain.records`.
    """
    with _in_words_of_records():
        before = queries.one(appointment)
        if before is not None:
            return _changed(access, before, patient, wanted)
        return None if wanted.slot is None else _booked(access, appointment, patient, wanted)


def encountered(access: Access, appointment: UUID, patient: UUID, *, came: bool) -> bool:
    """Whether an Encounter is of an appointment of the caller's own schedules.

    Where the patient `came` on its day, it is noted there. Raises NotPermitted of `domain.records`.
    """
    found = queries.one(appointment)
    if found is None or found.institution != access.caller.institution:
        return False
    if found.patient not in patients.identity_set(patient):
        return False
    with _in_words_of_records():
        if came:
            services.follow(access, found.id, AppointmentStatus.ARRIVED)
    return True


def is_booked_elsewhere(access: Access, appointment: UUID) -> bool:
    """Whether it is of another institution's schedule, and the caller's booked it."""
    own, found = access.caller.institution, queries.one(appointment)
    if own is None or found is None:
        return False
    return found.booked_by == own != found.institution


def _booked(access: Access, appointment: UUID, patient: UUID, wanted: Wanted) -> Appointment:
    if wanted.status is not AppointmentStatus.BOOKED:
        raise NotOpen("a slot is taken by what is booked")
    assert wanted.slot is not None
    made = acts.book(access, wanted.slot, patient, wanted.referral, appointment=appointment)
    return _fitting(made, wanted)


def _changed(access: Access, before: Appointment, patient: UUID, wanted: Wanted) -> Appointment:
    require(before.patient in patients.identity_set(patient))
    if wanted.slot in {None, before.slot}:
        now = _became(access, before, wanted)
    elif wanted.status is AppointmentStatus.BOOKED:
        now = acts.move(access, before.id, wanted.slot)
    else:
        raise NotOpen("what is moved to another slot stays booked")
    # What is taken back is so at whatever time it was meant to be.
    return now if now.status is AppointmentStatus.CANCELLED else _fitting(now, wanted)


def _became(access: Access, before: Appointment, wanted: Wanted) -> Appointment:
    if wanted.status is before.status:
        return before
    match wanted.status:
        case AppointmentStatus.CANCELLED:
            return acts.cancel(access, before.id)
        case AppointmentStatus.ARRIVED:
            return acts.arrive(access, before.id)
        case AppointmentStatus.NOSHOW:
            return acts.no_show(access, before.id)
        case AppointmentStatus.FULFILLED:
            return acts.fulfil(access, before.id)
        case _:
            raise NotOpen("a booking does not become that")


def _fitting(made: Appointment, wanted: Wanted) -> Appointment:
    """It, where the record tells no other time than the slot's."""
    if wanted.start not in {None, made.start} or wanted.end not in {None, made.end}:
        raise NoSuchSlot("the slot begins and ends at another time")
    return made


@contextmanager
def _in_words_of_records() -> Iterator[None]:
    try:
        yield
    except SlotTaken as refusal:
        raise records.SlotTaken(refusal.following) from refusal
    except SchedulingRefused as refusal:
        raise records.NotBookable(f"{str(refusal).capitalize()}.") from refusal
    except ConsentRefused as refusal:
        raise records.NotPermitted(str(refusal)) from refusal
