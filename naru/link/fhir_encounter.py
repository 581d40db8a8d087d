"""A visit here, told as a FHIR Encounter (R4 8.11): this institution treats the patient.

The node shows what others wrote only to whom the patient came: received, admitted or booked.
"""

import http
import http.client
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from naru.domain.clinical import EncounterKind, in_korea
from naru.domain.identifiers import Identifier
from naru.link.config import Endpoint, LinkConfig
from naru.link.connection import Connections
from naru.link.errors import AnswerNotUnderstood, NodeRefused, NodeUnreachable

TYPE: Final = "application/fhir+json"
_LARGEST: Final = 1024 * 1024
"""Octets of an answer; an Encounter takes a thousandth of it."""
_AWAY: Final = frozenset({502, 503, 504})
_KEPT: Final = frozenset({http.HTTPStatus.OK, http.HTTPStatus.CREATED})


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

    Raises NodeRefused with the issue's code, NodeUnreachable where no answer came.
    """
    door = config.fhir
    body = json.dumps(_encounter(patient, kind, key, now)).encode()

    def request() -> tuple[dict[str, str], Iterable[bytes]]:
        headers = {
            "Content-Type": TYPE,
            "Accept": TYPE,
            "Content-Length": str(len(body)),
            # FHIR R4 3.1.0.8.1: what was repeated because its answer was lost is not kept twice.
            "If-None-Exist": f"identifier=urn:ietf:rfc:3986|{key.urn}",
        }
        return headers, (body,)

    response = connections.post(_encounters(door), request)
    try:
        return _id_of(response)
    except BaseException:
        connections.drop(door)
        raise


def _encounters(door: Endpoint) -> Endpoint:
    return Endpoint(
        url=f"{door.url}/Encounter",
        scheme=door.scheme,
        host=door.host,
        port=door.port,
        path=f"{door.path.rstrip('/')}/Encounter",
    )


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


def _id_of(response: http.client.HTTPResponse) -> str:
    if response.status in _AWAY:
        raise NodeUnreachable(f"HTTP {response.status}")
    try:
        octets = response.read(_LARGEST)
    except (OSError, http.client.HTTPException) as error:
        raise NodeUnreachable(type(error).__name__) from None
    answer = _json(octets)
    if response.status not in _KEPT:
        raise _refusal(response.status, answer)
    id_ = answer.get("id")
    if not isinstance(id_, str) or not id_:
        raise AnswerNotUnderstood("the Encounter has no id")
    return id_


def _json(octets: bytes) -> Mapping[str, object]:
    try:
        found = json.loads(octets)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _refusal(status: int, outcome: Mapping[str, object]) -> NodeRefused:
    """The OperationOutcome's own codes and words; without one, the status alone."""
    issues = outcome.get("issue")
    told = [one for one in issues if isinstance(one, dict)] if isinstance(issues, list) else []
    if not told:
        return NodeRefused((f"HTTP {status}",))
    return NodeRefused(
        tuple(str(one.get("code", "")) for one in told),
        tuple(str(one.get("diagnostics", "")) for one in told),
    )
