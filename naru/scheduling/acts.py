"""What is done with an appointment: each act whole, within the caller's transaction.

That a place is given to one alone is a constraint of the database (`scheduling_seat_once`); the
schedule is held beside it, so that a change of its hours and a booking never cross. Pages and
whoever sends a referral come by `services`, an institution's own Appointment by `records`.
"""

from collections.abc import Container, Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError, transaction

from naru.audit.records import AuditedObject
from naru.domain.arrangements import RelationKind, Visit
from naru.domain.korea import korean_day
from naru.domain.scheduling import (
    MOST_DAYS,
    OPEN,
    Appointment,
    AppointmentStatus,
    Slot,
    SlotName,
    left,
)
from naru.exchange.access import Access
from naru.exchange.arranging import require
from naru.exchange.treatment import relations as treatment
from naru.patients import queries as patients
from naru.scheduling import codec, models, permission, queries, telling
from naru.scheduling.errors import AlreadyBooked, NoSuchSlot, NotOpen, SlotTaken

APPOINTMENT: Final = "appointment"
"""The kind of an audited object that is an appointment, by its id."""

OFFERED: Final = 5
"""How many free times are told of to whom a slot was taken from."""

OFFERED_WITHIN: Final = timedelta(days=30)

_STEPS: Final[Mapping[AppointmentStatus, str]] = {
    AppointmentStatus.ARRIVED: "arrived",
    AppointmentStatus.NOSHOW: "noshow",
    AppointmentStatus.CANCELLED: "cancelled",
}
"""What is noted of each that follows from a referral."""


def book(
    access: Access,
    slot: SlotName,
    patient: UUID,
    referral: UUID | None = None,
    *,
    appointment: UUID | None = None,
) -> Appointment:
    """Give a place of the slot to the patient, from the next request on.

    `appointment` is the id that it is to have: what was asked for twice under one id is done once.
    Raises SlotTaken, NoSuchSlot, AlreadyBooked, NotPermitted.
    """
    schedule, found = _held(access, slot)
    permission.may_book(access, schedule, patient, referral)
    made = appointment or uuid4()
    before = queries.one(made)
    if before is not None:
        require((before.patient, before.slot) == (patient, slot))
        _noted(access, before)
        return before
    row = models.Appointment(
        appointment=made,
        schedule=schedule,
        start=found.start,
        end=found.end,
        patient=patient,
        status=AppointmentStatus.BOOKED,
        confirmed=False,
        booked_by=access.caller.institution,
        referral=referral,
    )
    twice = _seat(access, row, found)
    return _kept(access, row, "booked", twice=twice)


def confirm(access: Access, appointment: UUID) -> Appointment:
    """The patient says that they come. Raises NotOpen, NotPermitted."""
    row = _open(access, appointment)
    permission.of_patient(access, row.patient)
    if row.confirmed:
        return _noted(access, queries.value(row))
    row.confirmed = True
    return _kept(access, row, "confirmed")


def move(access: Access, appointment: UUID, slot: SlotName) -> Appointment:
    """Give it another time of the same department; the old place is free from then on.

    Raises SlotTaken, NoSuchSlot, AlreadyBooked, NotOpen, NotPermitted; then it stays as it was.
    """
    schedule, found = _held(access, slot)
    row = _open(access, appointment)
    permission.may_change(access, row)
    if row.schedule_id != schedule.id:
        require(schedule.institution == row.schedule.institution)
        require(schedule.department == row.schedule.department)
    if queries.value(row).slot == slot:
        return _noted(access, queries.value(row))
    row.schedule, row.start, row.end = schedule, found.start, found.end
    row.confirmed = permission.is_patients(access)
    twice = _seat(access, row, found)
    now = _kept(access, row, "moved", twice=twice)
    telling.tell_schedules_owner(access, now, "moved")
    return now


def cancel(access: Access, appointment: UUID) -> Appointment:
    """Take it back; its place is free from then on. Raises NotOpen, NotPermitted."""
    row = _open(access, appointment)
    permission.may_change(access, row)
    row.status, row.seat = AppointmentStatus.CANCELLED, None
    now = _kept(access, row, "cancelled")
    telling.tell_schedules_owner(access, now, "cancelled")
    return now


def arrive(access: Access, appointment: UUID) -> Appointment:
    """The patient is here, on the day for which they were booked. Raises NotOpen, NotPermitted."""
    row = _of_institution(access, appointment)
    if korean_day(row.start) != korean_day(access.time):
        raise NotOpen("the appointment is not of today")
    row.status = AppointmentStatus.ARRIVED
    return _kept(access, row, "arrived")


def no_show(access: Access, appointment: UUID) -> Appointment:
    """The patient did not come; said once the time has begun. Raises NotOpen, NotPermitted."""
    row = _of_institution(access, appointment)
    if access.time < row.start:
        raise NotOpen("the time has not come yet")
    row.status = AppointmentStatus.NOSHOW
    return _kept(access, row, "noshow")


def fulfil(access: Access, appointment: UUID) -> Appointment:
    """The patient was seen: who came, or whose time has begun. Raises NotOpen, NotPermitted."""
    row = _of_institution(access, appointment, among=OPEN | {AppointmentStatus.ARRIVED})
    if row.status in OPEN and access.time < row.start:
        raise NotOpen("the time has not come yet")
    row.status = AppointmentStatus.FULFILLED
    return _kept(access, row, "fulfilled")


def follow(access: Access, appointment: UUID, became: AppointmentStatus) -> Appointment | None:
    """What became of the referral that it answers, as far as it can still become it.

    Who may say so was asked of the referral. None where nothing follows.
    """
    row = _locked(appointment)
    if row is None or row.status not in OPEN or not _may_become(row, became, access.time):
        return None
    row.status = became
    if became is AppointmentStatus.CANCELLED:
        row.seat = None
    return _kept(access, row, _STEPS[became])


def _may_become(row: models.Appointment, became: AppointmentStatus, now: datetime) -> bool:
    match became:
        case AppointmentStatus.ARRIVED:
            return korean_day(row.start) == korean_day(now)
        case AppointmentStatus.NOSHOW:
            return row.start <= now
        case AppointmentStatus.CANCELLED:
            return now < row.start
        case _:
            return False


def _held(access: Access, slot: SlotName) -> tuple[models.Schedule, Slot]:
    """The slot, and its schedule held until the transaction ends. Raises NoSuchSlot."""
    row = models.Schedule.objects.select_for_update().filter(schedule=slot.schedule).first()
    found = None if row is None else codec.value(row).slot_at(slot.start)
    furthest = access.time + timedelta(days=MOST_DAYS)
    if row is None or found is None or not access.time < found.start <= furthest:
        raise NoSuchSlot("nobody is seen at that time")
    return row, found


def _seat(access: Access, row: models.Appointment, slot: Slot) -> bool:
    """Give it the first free place of the slot; whether the patient has another at that time.

    Who may not see that other is answered as though it were not there. Raises SlotTaken,
    AlreadyBooked.
    """
    across = models.Appointment.objects.filter(
        schedule=row.schedule, seat__isnull=False, start__lt=slot.end, end__gt=slot.start
    ).exclude(appointment=row.appointment)
    taken = list(across.select_related("schedule"))
    person = patients.identity_set(row.patient)
    others = [one for one in taken if one.patient in person]
    if any(permission.sees(access, one) for one in others):
        raise AlreadyBooked("the patient has an appointment at that time")
    if not left(slot, ((one.start, one.end) for one in taken)):
        raise _taken(slot, access.time)
    used = {one.seat for one in taken if one.start == slot.start}
    row.seat = next(seat for seat in range(slot.schedule.capacity) if seat not in used)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise _taken(slot, access.time) from None
    return bool(others)


def _taken(slot: Slot, now: datetime) -> SlotTaken:
    """The refusal, with what is free instead: from the same moment on, or else from now on."""
    of = queries.schedules(slot.schedule.institution, slot.schedule.department)
    since = max(slot.start, now)
    later = queries.free_of(of, since, since + OFFERED_WITHIN)
    return SlotTaken(tuple(one.slot for one in later[:OFFERED]))


def _open(access: Access, appointment: UUID) -> models.Appointment:
    """An appointment that can still be changed, held until the transaction ends."""
    row = _locked(appointment)
    require(row is not None)
    assert row is not None
    permission.may_see(access, row)
    if row.status not in OPEN or row.start <= access.time:
        raise NotOpen("the appointment cannot be changed any more")
    return row


def _of_institution(
    access: Access, appointment: UUID, among: Container[AppointmentStatus] = OPEN
) -> models.Appointment:
    """An appointment of the caller's institution that is still one of `among`, held."""
    row = _locked(appointment)
    require(row is not None)
    assert row is not None
    permission.of_institution(access, row.schedule)
    if row.status not in among:
        raise NotOpen("something else was said of the appointment before")
    return row


def _locked(appointment: UUID) -> models.Appointment | None:
    """The row, held until the transaction ends."""
    found = models.Appointment.objects.select_related("schedule").select_for_update(of=("self",))
    return found.filter(appointment=appointment).first()


def _kept(
    access: Access, row: models.Appointment, what: str, *, twice: bool = False
) -> Appointment:
    """Keep it with what happened, what follows for treatment, and who is told."""
    row.save()
    models.Step.objects.create(
        appointment=row,
        what=what,
        time=access.time,
        institution=access.caller.institution,
        role=access.caller.role,
        start=row.start,
    )
    now = queries.value(row)
    _treated(access, now)
    telling.tell(access, now, what)
    if twice:
        telling.tell_twice(access, now)
    settings.TELL_REFERRALS(access, now, what)
    return _noted(access, now)


def _treated(access: Access, appointment: Appointment) -> None:
    record = record_of(appointment.id)
    treatment.note_appointment(
        access, appointment.patient, appointment.institution, _visit(access, appointment), record
    )


def _visit(access: Access, appointment: Appointment) -> Visit:
    match appointment.status:
        case AppointmentStatus.BOOKED:
            kind = RelationKind.BOOKING
            return Visit(kind=kind, since=appointment.start, until=appointment.end)
        case AppointmentStatus.ARRIVED | AppointmentStatus.FULFILLED:
            since = min(appointment.start, access.time)
            return Visit(kind=RelationKind.RECEPTION, since=since, until=appointment.end)
        case _:
            return Visit(kind=None)


def record_of(appointment: UUID) -> str:
    """What the appointment is called as a record of `/fhir`, and as the reason of treatment."""
    return f"Appointment/{appointment}"


def _noted(access: Access, appointment: Appointment) -> Appointment:
    access.concerns(appointment.patient)
    access.objects.append(
        AuditedObject(APPOINTMENT, str(appointment.id), None, appointment.patient)
    )
    return appointment
