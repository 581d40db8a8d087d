"""Booking, confirming, moving and cancelling, each once and whole.

That a place is given to one alone is a constraint of the database (`scheduling_seat_once`); the
schedule is held beside it, so that a change of its hours and a booking never cross. Within the
caller's transaction where there is one (a referral is sent together with its booking), else in
one of its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from django.db import IntegrityError, connection, transaction

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
from naru.exchange import treatment
from naru.exchange.access import Access, changing
from naru.exchange.arranging import require
from naru.patients import queries as patients
from naru.scheduling import codec, models, permission, queries, telling
from naru.scheduling.errors import AlreadyBooked, NoSuchSlot, NotOpen, SlotTaken

APPOINTMENT: Final = "appointment"
"""The kind of an audited object that is an appointment, by its id."""

OFFERED: Final = 5
"""How many free times are told of to whom a slot was taken from."""

OFFERED_WITHIN: Final = timedelta(days=30)


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
    with _changing(access):
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
        _seat(access, row, found)
        return _kept(access, row, "booked")


def confirm(access: Access, appointment: UUID) -> Appointment:
    """The patient says that they come. Raises NotOpen, NotPermitted."""
    with _changing(access):
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
    with _changing(access):
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
        _seat(access, row, found)
        return _kept(access, row, "moved")


def cancel(access: Access, appointment: UUID) -> Appointment:
    """Take it back; its place is free from then on. Raises NotOpen, NotPermitted."""
    with _changing(access):
        row = _open(access, appointment)
        permission.may_change(access, row)
        row.status, row.seat = AppointmentStatus.CANCELLED, None
        return _kept(access, row, "cancelled")


def release(access: Access, referral: UUID) -> None:
    """Take back what was booked with a referral that is over, in the caller's transaction.

    Whoever may end the referral may: the time was given for it alone.
    """
    held = models.Appointment.objects.select_related("schedule").select_for_update(of=("self",))
    for row in held.filter(referral=referral, status__in=OPEN, start__gt=access.time):
        row.status, row.seat = AppointmentStatus.CANCELLED, None
        _kept(access, row, "cancelled")


def arrive(access: Access, appointment: UUID) -> Appointment:
    """The patient is here, on the day for which they were booked. Raises NotOpen, NotPermitted."""
    with _changing(access):
        row = _of_institution(access, appointment)
        if korean_day(row.start) != korean_day(access.time):
            raise NotOpen("the appointment is not of today")
        row.status = AppointmentStatus.ARRIVED
        return _kept(access, row, "arrived")


def no_show(access: Access, appointment: UUID) -> Appointment:
    """The patient did not come; said once the time has begun. Raises NotOpen, NotPermitted."""
    with _changing(access):
        row = _of_institution(access, appointment)
        if access.time < row.start:
            raise NotOpen("the time has not come yet")
        row.status = AppointmentStatus.NOSHOW
        return _kept(access, row, "noshow")


@contextmanager
def _changing(access: Access) -> Iterator[None]:
    if connection.in_atomic_block:
        yield
    else:
        with changing(access):
            yield


def _held(access: Access, slot: SlotName) -> tuple[models.Schedule, Slot]:
    """The slot, and its schedule held until the transaction ends. Raises NoSuchSlot."""
    row = models.Schedule.objects.select_for_update().filter(schedule=slot.schedule).first()
    found = None if row is None else codec.value(row).slot_at(slot.start)
    furthest = access.time + timedelta(days=MOST_DAYS)
    if row is None or found is None or not access.time < found.start <= furthest:
        raise NoSuchSlot("nobody is seen at that time")
    return row, found


def _seat(access: Access, row: models.Appointment, slot: Slot) -> None:
    """Give it the first free place of the slot. Raises SlotTaken, AlreadyBooked."""
    across = models.Appointment.objects.filter(
        schedule=row.schedule, seat__isnull=False, start__lt=slot.end, end__gt=slot.start
    ).exclude(appointment=row.appointment)
    taken = list(across.values_list("start", "end", "seat", "patient"))
    person = patients.identity_set(row.patient)
    if any(patient in person for *_, patient in taken):
        raise AlreadyBooked("the patient has an appointment at that time")
    if not left(slot, ((start, end) for start, end, *_ in taken)):
        raise _taken(slot, access.time)
    used = {seat for start, _, seat, _ in taken if start == slot.start}
    row.seat = next(seat for seat in range(slot.schedule.capacity) if seat not in used)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise _taken(slot, access.time) from None


def _taken(slot: Slot, now: datetime) -> SlotTaken:
    """The refusal, with what is free instead: from the same moment on, or else from now on."""
    of = queries.schedules(slot.schedule.institution, slot.schedule.department)
    since = max(slot.start, now)
    later = queries.free_of(of, since, since + OFFERED_WITHIN)
    return SlotTaken(tuple(one.slot for one in later[:OFFERED]))


def _open(access: Access, appointment: UUID) -> models.Appointment:
    """An appointment that can still be changed, held until the transaction ends."""
    found = models.Appointment.objects.select_related("schedule").select_for_update(of=("self",))
    row = found.filter(appointment=appointment).first()
    require(row is not None)
    assert row is not None
    permission.may_see(access, row)
    if row.status not in OPEN or row.start <= access.time:
        raise NotOpen("the appointment cannot be changed any more")
    return row


def _of_institution(access: Access, appointment: UUID) -> models.Appointment:
    """An appointment of the caller's institution of which nothing was said yet, held."""
    found = models.Appointment.objects.select_related("schedule").select_for_update(of=("self",))
    row = found.filter(appointment=appointment).first()
    require(row is not None)
    assert row is not None
    permission.of_institution(access, row.schedule)
    if row.status not in OPEN:
        raise NotOpen("something else was said of the appointment before")
    return row


def _kept(access: Access, row: models.Appointment, what: str) -> Appointment:
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
