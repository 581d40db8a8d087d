"""Receptions: before an institution of a test reads what others wrote, it has received the patient.

Without a wire by the exchange's own service; over the wire as an EMR does, by its `Encounter`.
"""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from naru.domain.arrangements import RelationKind
from naru.domain.identifiers import Identifier
from naru.domain.korea import korean_day
from naru.exchange import treatment
from naru.exchange.access import Access

ENCOUNTERS = "/fhir/Encounter"
JSON = "application/fhir+json"


def receive(access: Access, patient: UUID) -> None:
    """The caller's institution receives the patient; again, it receives them once more."""
    treatment.begin(access, patient, RelationKind.RECEPTION, "TEST-RECEPTION")


def encounter(patient: Identifier, **more: Any) -> dict[str, Any]:
    """The visit that goes on, as the institution records it (KR Core's class and subject)."""
    subject = {"system": f"urn:oid:{patient.authority}", "value": patient.value}
    return {
        "resourceType": "Encounter",
        "status": "in-progress",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
        "subject": {"identifier": subject},
        "period": {"start": f"{korean_day(datetime.now(UTC))}"},
        **more,
    }


def written(patient: Identifier) -> bytes:
    """The same in octets."""
    return json.dumps(encounter(patient)).encode()
