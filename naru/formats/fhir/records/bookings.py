"""An Appointment of a schedule here as a record (FHIR R4 12.2).

Times, status and slot are the booking's and nobody else's; whatever else an institution says in its
Appointment is kept as it was sent.
"""

from datetime import timedelta
from typing import Final

from naru.domain.bookings import RECORD, Place
from naru.domain.korea import KST
from naru.domain.records import Assigned, Content
from naru.domain.scheduling import Appointment
from naru.formats.fhir.json import read
from naru.formats.fhir.records import content as records
from naru.formats.fhir.records.wanted import UUID_URN, moment_of, status_of
from naru.formats.fhir.resource import Resource
from naru.formats.fhir.scheduling.places import location, role, specialty
from naru.formats.fhir.values import reference

_URI: Final = "urn:ietf:rfc:3986"


class FhirAppointments:
    """The port of `domain.bookings`, filled."""

    def says(self, said: bytes, appointment: Appointment) -> bool:
        """Whether a record says all that stands of the appointment."""
        whole = _whole(said)
        return bool(whole) and _restated(whole, appointment) == whole

    def content(
        self, said: bytes, appointment: Appointment, place: Place, assigned: Assigned
    ) -> Content:
        """The record of an appointment, with whatever else was said of it before."""
        whole = _whole(said) or _new(appointment, place)
        kept = records.kept(_restated(whole, appointment), assigned)
        return Content(
            text=kept.text,
            terms=kept.terms,
            patient=appointment.patient,
            event_date=kept.event_date,
            department=appointment.department,
        )


def _whole(said: bytes) -> Resource:
    found = read(said) if said else {}
    assert isinstance(found, dict)
    return found


def _new(appointment: Appointment, place: Place) -> Resource:
    patient = {"reference": f"Patient/{appointment.patient}", "type": "Patient"}
    told: Resource = {"resourceType": RECORD, "status": appointment.status.value}
    told["specialty"] = [specialty(appointment.department)]
    if appointment.referral is not None:
        value = {"system": _URI, "value": f"{UUID_URN}{appointment.referral}"}
        told["basedOn"] = [{"type": "ServiceRequest", "identifier": value}]
    told["participant"] = [
        {"actor": patient, "status": "needs-action"},
        {"actor": role(appointment.schedule, appointment.practitioner), "status": "accepted"},
        {"actor": location(place), "status": "accepted"},
    ]
    return told


def _restated(said: Resource, appointment: Appointment) -> Resource:
    """The resource with what stands of the booking: its status, time and slot."""
    told = dict(said)
    if status_of(told) is not appointment.status:
        told["status"] = appointment.status.value
    for name, moment in (("start", appointment.start), ("end", appointment.end)):
        if moment_of(told.get(name)) != moment:
            told[name] = moment.astimezone(KST).isoformat()
    if "minutesDuration" in told:
        told["minutesDuration"] = (appointment.end - appointment.start) // timedelta(minutes=1)
    slot = f"Slot/{appointment.slot}"
    if [one.get("reference") for one in told.get("slot", ())] != [slot]:
        told["slot"] = [{"reference": slot}]
    if appointment.confirmed:
        told["participant"] = [_confirmed(one) for one in told["participant"]]
    if told != said:
        told.pop("text", None)  # The narrative tells of what was.
    return told


def _confirmed(participant: Resource) -> Resource:
    """The patient's own answer."""
    actor = participant.get("actor", {})
    named = {actor.get("type"), reference(actor.get("reference", "")).type}
    return {**participant, "status": "accepted"} if "Patient" in named else participant
