"""Appointment beside 예약: a time that is wished for, of R4 alone."""

from datetime import date, datetime

from naru.domain.clinical import Appointment
from naru.formats.fhir.krcore.frame import Frame, moment, put, reference
from naru.formats.fhir.krcore.reading import when, word
from naru.formats.fhir.resource import Resource


def to_appointment(frame: Frame, appointment: Appointment, place: str) -> Resource:
    """A proposed Appointment: R4 lets no other be without an end."""
    told = frame.new("Appointment", place)
    told["status"] = "proposed"
    put(told, "description", appointment.content)
    told["requestedPeriod"] = [{"start": moment(appointment.time)}]
    told["participant"] = [{"actor": reference(frame.patient), "status": "needs-action"}]
    return told


def from_appointment(resource: Resource) -> Appointment | None:
    """The appointment; None where it has no time."""
    time = when(word(resource, "requestedPeriod", "start") or word(resource, "start"))
    if not isinstance(time, date | datetime):
        return None
    return Appointment(time=time, content=word(resource, "description"))
