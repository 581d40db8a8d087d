"""Booking, confirming, moving and cancelling, each once and whole, with the record that tells it.

Within the caller's transaction where there is one (a referral is sent together with its booking),
else in one of its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection

from naru.domain.scheduling import Appointment, AppointmentStatus, SlotName
from naru.exchange.access import Access, changing
from naru.exchange.treatment import bookings
from naru.scheduling import acts, queries

APPOINTMENT, OFFERED = acts.APPOINTMENT, acts.OFFERED


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
        return _told(access, acts.book(access, slot, patient, referral, appointment=appointment))


def confirm(access: Access, appointment: UUID) -> Appointment:
    """The patient says that they come. Raises NotOpen, NotPermitted."""
    with _changing(access):
        return _told(access, acts.confirm(access, appointment))


def move(access: Access, appointment: UUID, slot: SlotName) -> Appointment:
    """Give it another time of the same department; the old place is free from then on.

    Raises SlotTaken, NoSuchSlot, AlreadyBooked, NotOpen, NotPermitted; then it stays as it was.
    """
    with _changing(access):
        return _told(access, acts.move(access, appointment, slot))


def cancel(access: Access, appointment: UUID) -> Appointment:
    """Take it back; its place is free from then on. Raises NotOpen, NotPermitted."""
    with _changing(access):
        return _told(access, acts.cancel(access, appointment))


def release(access: Access, referral: UUID) -> None:
    """Take back what was booked with a referral that is over, in the caller's transaction.

    Whoever may end the referral may: the time was given for it alone.
    """
    with _changing(access):
        for one in queries.every_of_referral(referral):
            _followed(access, one.id, AppointmentStatus.CANCELLED)


def arrive(access: Access, appointment: UUID) -> Appointment:
    """The patient is here, on the day for which they were booked. Raises NotOpen, NotPermitted."""
    with _changing(access):
        return _told(access, acts.arrive(access, appointment))


def no_show(access: Access, appointment: UUID) -> Appointment:
    """The patient did not come; said once the time has begun. Raises NotOpen, NotPermitted."""
    with _changing(access):
        return _told(access, acts.no_show(access, appointment))


def follow(access: Access, appointment: UUID, became: AppointmentStatus) -> None:
    """What became of its referral, as far as it can still become it (`acts.follow`)."""
    with _changing(access):
        _followed(access, appointment, became)


@contextmanager
def _changing(access: Access) -> Iterator[None]:
    if connection.in_atomic_block:
        bookings.take_turn()
        yield
    else:
        with changing(access):
            bookings.take_turn()
            yield


def _followed(access: Access, appointment: UUID, became: AppointmentStatus) -> None:
    changed = acts.follow(access, appointment, became)
    if changed is not None:
        _told(access, changed)


def _told(access: Access, appointment: Appointment) -> Appointment:
    bookings.keep(access, appointment)
    return appointment
