"""A visit here, told as a FHIR Encounter (R4 8.11): this institution treats the patient.

The node shows what others wrote only to whom the patient came: received, admitted or booked.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from naru.domain.clinical import EncounterKind, in_korea
from naru.domain.identifiers import Identifier
from naru.link import fhir
from naru.link.config import LinkConfig
from naru.link.connection import Connections
from naru.link.errors import AnswerNotUnderstood


def receive(
    connections: Connections,
    config: LinkConfig,
    patient: Identifier,
    kind: EncounterKind,
    *,
    key: UUID,
    now: datetime,
) -> str:
    """The id under which the node keeps the visit; the same key again is the same visit.

    Empty where the node noted the visit and does not keep its record, which no consent covers.
    Raises NodeRefused with the issue's code, NodeUnreachable where no answer came.
    """
    # FHIR R4 3.1.0.8.1: what was repeated because its answer was lost is not kept twice.
    once = {"If-None-Exist": f"identifier=urn:ietf:rfc:3986|{key.urn}"}
    answer = fhir.post(
        connections, fhir.below(config.fhir, "Encounter"), _encounter(patient, kind, key, now), once
    )
    if answer.get("resourceType") == "OperationOutcome":
        return ""
    id_ = answer.get("id")
    if not isinstance(id_, str) or not id_:
        raise AnswerNotUnderstood("the Encounter has no id")
    return id_


def _encounter(
    patient: Identifier, kind: EncounterKind, key: UUID, now: datetime
) -> Mapping[str, object]:
    whose = {"system": f"urn:oid:{patient.authority}", "value": patient.value}
    return {
        "resourceType": "Encounter",
        "identifier": [{"system": "urn:ietf:rfc:3986", "value": key.urn}],
        "status": "in-progress",
        "class": {
            "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode",
            "code": kind.value,
        },
        "subject": {"identifier": whose},
        # What bears no day is not exchanged: nobody can tell that it is no older than the consent.
        "period": {"start": in_korea(now).isoformat(timespec="seconds")},
    }
