"""Receptions: before an institution of a test reads what others wrote, it has received the patient.

Without a wire by the exchange's own service; over the wire as an EMR does, by its `Encounter`.
"""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from naru.domain.arrangements import RelationKind, Visit
from naru.domain.identifiers import Identifier
from naru.domain.korea import korean_day
from naru.exchange.access import Access, changing
from naru.exchange.treatment import relations as treatment

ENCOUNTERS = "/fhir/Encounter"
JSON = "application/fhir+json"


def receive(access: Access, patient: UUID) -> None:
    """The caller's institution says that the patient came; again, that they came once more."""
    visit = Visit(kind=RelationKind.RECEPTION, name="TEST-RECEPTION")
    with changing(access):
        assert treatment.note_visit(access, patient, visit) is not None


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
