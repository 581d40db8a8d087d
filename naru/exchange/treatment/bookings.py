"""A booking and its record, which say the same: whoever makes it (docs/adr/0033).

That a time is taken is for the room of schedules to say. What it says is kept as the record
`Appointment/<id>` of the institution whose schedule it is, in the same transaction: so it is read,
found and decided on like every other. The booking was made here, so that its record waits for no
consent; that others see it does.
"""

from collections.abc import Callable
from typing import Protocol
from uuid import UUID

from django.conf import settings

from naru.directory import queries as directory
from naru.domain.bookings import RECORD, AppointmentRecords, Place, Wanted
from naru.domain.korea import korean_day
from naru.domain.records import Assigned, Content, Held, Key, Method, Record
from naru.domain.scheduling import Appointment
from naru.exchange.access import Access
from naru.ledger import services as ledger
from naru.records import queries, services
from naru.records.services import Origin

Take = Callable[[Access, UUID, UUID, Wanted], Appointment | None]
"""Do what a record of a patient asks; None where it is of no schedule here."""


BookedElsewhere = Callable[[Access, UUID], bool]
"""Whether an appointment is of another institution's schedule, and the caller's booked it."""


class Encounter(Protocol):
    """An appointment's patient is here, or is not yet."""

    def __call__(self, access: Access, appointment: UUID, patient: UUID, *, came: bool) -> bool:
        """Whether it is of the caller's schedules."""


def take(access: Access, appointment: UUID, patient: UUID, wanted: Wanted) -> Appointment | None:
    """Have the schedules do what an institution's Appointment asks, in its transaction.

    Raises SlotTaken, NotBookable, NotPermitted of `domain.records`.
    """
    taken: Take = settings.TAKE_APPOINTMENT
    return taken(access, appointment, patient, wanted)


def is_booked_elsewhere(access: Access, appointment: UUID) -> bool:
    """Whether the caller's institution booked it at another's schedule."""
    asked: BookedElsewhere = settings.IS_BOOKED_ELSEWHERE
    return asked(access, appointment)


def encountered(access: Access, appointment: UUID, patient: UUID, *, came: bool) -> bool:
    """Whether an Encounter is of an appointment of the caller's own schedules.

    Where the patient `came`, that is noted there.
    """
    noted: Encounter = settings.TAKE_ENCOUNTER
    return noted(access, appointment, patient, came=came)


def keep(access: Access, appointment: Appointment) -> None:
    """Bring the record up to what stands of a booking, in its transaction."""
    services.take_turn()
    key = Key(RECORD, str(appointment.id))
    before = queries.current(key)
    said = queries.opened([before])[0].text if before and not before.deleted else b""
    if _records().says(said, appointment):
        return
    version = before.version + 1 if before else 1
    assigned = Assigned(key=key, version=version, updated=access.time, resolved={})
    write(access, appointment, content(access, appointment, said, assigned), before)


def content(access: Access, appointment: Appointment, said: bytes, assigned: Assigned) -> Content:
    """The record of a booking; `said` is what an institution sent of it, or the version before."""
    known = directory.by_id(appointment.institution, on=korean_day(access.time))
    place = Place(
        institution=appointment.institution,
        name=known.name if known else "",
        oid=(known.oid if known else None) or "",
    )
    return _records().content(said, appointment, place, assigned)


def write(access: Access, appointment: Appointment, kept: Content, before: Held | None) -> Record:
    """Add a version of the record, which is the institution's whose schedule it is."""
    key = Key(RECORD, str(appointment.id))
    method = Method.UPDATE if before else Method.CREATE
    origin = Origin(appointment.institution, appointment.patient, access.time)
    record = services.write(key, method, kept, origin, before)
    ledger.commit_record(appointment.id, record.text, "change" if before else "register")
    return record


def take_turn() -> None:
    """Wait until nobody else books or writes records, before anything else is held."""
    services.take_turn()


def _records() -> AppointmentRecords:
    found: AppointmentRecords = settings.APPOINTMENT_RECORDS
    return found
