"""A booking and its record: what an `Appointment` asks of a schedule, and how one is told.

That a time is taken is said by the schedule's own appointments alone (`domain.scheduling`); the
record `Appointment/<id>` says the same to whoever asks at `/fhir`. This is the port between them,
the node names who writes and reads the record (docs/adr/0033).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from naru.domain.scheduling import Appointment, AppointmentStatus, SlotName

if TYPE_CHECKING:
    from naru.domain.records import Assigned, Content

RECORD = "Appointment"
"""The type of the record that tells of a booking; its id is the appointment's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a record asks of a schedule.

    `slot` is None where it names none of ours: then it asks for nothing, unless it tells of an
    appointment that is kept here. `status` is None for what takes no place (proposed, pending,
    waitlist). `start` and `end` have to be the slot's, where they are told. `referral` is the one
    that the appointment answers.
    """

    slot: SlotName | None = None
    status: AppointmentStatus | None = None
    start: datetime | None = None
    end: datetime | None = None
    referral: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where somebody is seen: an institution and what it is called; `oid` empty without one."""

    institution: UUID
    name: str
    oid: str = ""


class AppointmentRecords(Protocol):
    """Who writes and reads the records of appointments."""

    def says(self, said: bytes, appointment: Appointment) -> bool:
        """Whether a record says all that stands of the appointment."""

    def content(
        self, said: bytes, appointment: Appointment, place: Place, assigned: "Assigned"
    ) -> "Content":
        """The record of an appointment; what `said` tells beside what stands of it is kept.

        `said` is the version before or what an institution sent; empty for a new one.
        """
