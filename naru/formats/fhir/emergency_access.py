"""The Parameters of `$emergency-access` and of its end, operations of our own."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from naru.domain.arrangements import Emergency, EmergencyCase
from naru.domain.identifiers import Identifier
from naru.formats.fhir.element import Element
from naru.formats.fhir.operations import given, identifier, required
from naru.formats.fhir.outcome import IssueType
from naru.formats.fhir.resource import Resource

PATIENT, CASE, REASON, HOURS, EMERGENCY = "patient", "case", "reason", "hours", "emergency"


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyRequest:
    """Which of the law's cases it is, why, and for how long; `hours` is None for the longest."""

    case: EmergencyCase
    reason: str
    hours: int | None = None
    patient: Identifier | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndRequest:
    """Which emergency is to end."""

    emergency: UUID
    patient: Identifier | None = None


def read_request(resource: Resource) -> EmergencyRequest:
    """What is asked. Raises Refused, which names the element."""
    said = given(resource, {PATIENT, CASE, REASON, HOURS})
    case, reason = required(said, CASE), required(said, REASON)
    try:
        which = EmergencyCase(case.text("valueCode") or "")
    except ValueError:
        raise case.refused("is none of the law's cases", "valueCode", IssueType.VALUE) from None
    why = reason.text("valueString")
    if not why:
        raise reason.refused("says why", "valueString", IssueType.REQUIRED)
    hours = said[HOURS].number("valuePositiveInt") if HOURS in said else None
    return EmergencyRequest(case=which, reason=why, hours=hours, patient=_patient(said))


def read_end(resource: Resource) -> EndRequest:
    """Which one is to end. Raises Refused, which names the element."""
    said = given(resource, {PATIENT, EMERGENCY})
    named = required(said, EMERGENCY)
    try:
        opened = UUID(named.text("valueId") or "")
    except ValueError:
        raise named.refused("is no emergency's id", "valueId", IssueType.VALUE) from None
    return EndRequest(emergency=opened, patient=_patient(said))


def to_parameters(emergency: Emergency) -> Resource:
    """What the operation answers: the id by which it is ended, and from when until when it holds.

    The times are instants with microseconds, so that nobody is told of more than there is.
    """
    return {
        "resourceType": "Parameters",
        "parameter": [
            {"name": EMERGENCY, "valueId": str(emergency.id)},
            {"name": "since", "valueInstant": emergency.since.isoformat()},
            {"name": "until", "valueInstant": emergency.until.isoformat()},
        ],
    }


def _patient(said: Mapping[str, Element]) -> Identifier | None:
    return identifier(said, PATIENT) if PATIENT in said else None
