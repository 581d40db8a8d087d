"""The Parameters of `$clinic-launch`, an operation of our own."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from naru.domain.identifiers import Identifier
from naru.domain.visit_reasons import VisitReason
from naru.formats.fhir.operations import given, identifier, required
from naru.formats.fhir.outcome import IssueType
from naru.formats.fhir.resource import Resource

PATIENT, POST, REASON = "patient", "post", "reason"


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchRequest:
    """For whom the page is to open, about whom, and why they look."""

    patient: Identifier
    post: UUID
    reason: VisitReason


def read_request(resource: Resource) -> LaunchRequest:
    """What is asked. Raises Refused, which names the element."""
    said = given(resource, {PATIENT, POST, REASON})
    required(said, PATIENT)
    post, reason = required(said, POST), required(said, REASON)
    try:
        whose = UUID(post.text("valueId") or "")
    except ValueError:
        raise post.refused("is no post's id", "valueId", IssueType.VALUE) from None
    try:
        why = VisitReason(reason.text("valueCode") or "")
    except ValueError:
        raise reason.refused("is no reason to look", "valueCode", IssueType.VALUE) from None
    return LaunchRequest(patient=identifier(said, PATIENT), post=whose, reason=why)


def to_parameters(address: str, ends: datetime) -> Resource:
    """What the operation answers: the address to open, and until when it opens anything."""
    return {
        "resourceType": "Parameters",
        "parameter": [
            {"name": "address", "valueUrl": address},
            {"name": "ends", "valueInstant": ends.isoformat()},
        ],
    }
