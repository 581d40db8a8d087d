"""The Parameters of `$emergency-access` and of its end, operations of our own.

Their definitions are `data/operation_definitions.json`, which `GET OperationDefinition/…` tells.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from uuid import UUID

from naru.domain.arrangements import Emergency, EmergencyCase
from naru.domain.identifiers import Identifier
from naru.formats.fhir.element import Element
from naru.formats.fhir.identifier import read_identifier
from naru.formats.fhir.outcome import IssueType, refused
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
    given = _given(resource, {PATIENT, CASE, REASON, HOURS})
    case, reason = _required(given, CASE), _required(given, REASON)
    try:
        which = EmergencyCase(case.text("valueCode") or "")
    except ValueError:
        raise case.refused("is none of the law's cases", "valueCode", IssueType.VALUE) from None
    why = reason.text("valueString")
    if not why:
        raise reason.refused("says why", "valueString", IssueType.REQUIRED)
    hours = given[HOURS].number("valuePositiveInt") if HOURS in given else None
    return EmergencyRequest(case=which, reason=why, hours=hours, patient=_patient(given))


def read_end(resource: Resource) -> EndRequest:
    """Which one is to end. Raises Refused, which names the element."""
    given = _given(resource, {PATIENT, EMERGENCY})
    named = _required(given, EMERGENCY)
    try:
        opened = UUID(named.text("valueId") or "")
    except ValueError:
        raise named.refused("is no emergency's id", "valueId", IssueType.VALUE) from None
    return EndRequest(emergency=opened, patient=_patient(given))


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


@cache
def definitions() -> Mapping[str, Resource]:
    """The OperationDefinitions by their ids, without the canonical address."""
    file = resources.files("naru.formats.fhir") / "data" / "operation_definitions.json"
    return {one["id"]: one for one in json.loads(file.read_text("utf-8"))["operations"]}


def _given(resource: Resource, known: set[str]) -> dict[str, Element]:
    given: dict[str, Element] = {}
    for one in Element.of(resource, "Parameters").each("parameter"):
        name = one.text("name") or ""
        if name not in known or name in given:
            raise one.refused("is not answered, or stands twice", "name", IssueType.NOT_SUPPORTED)
        given[name] = one
    return given


def _required(given: Mapping[str, Element], name: str) -> Element:
    if name not in given:
        raise refused(IssueType.REQUIRED, f"The parameter {name} is required.", "Parameters")
    return given[name]


def _patient(given: Mapping[str, Element]) -> Identifier | None:
    if PATIENT not in given:
        return None
    value = given[PATIENT].child("valueIdentifier")
    found = read_identifier(value) if value else None
    if found is None:
        raise given[PATIENT].refused("has system and value", "valueIdentifier", IssueType.REQUIRED)
    return found
