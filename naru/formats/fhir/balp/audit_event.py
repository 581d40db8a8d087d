"""An audit message as FHIR's AuditEvent: one builder for every pattern, since one value says all.

What DICOM calls an event's id is FHIR's type, its types are subtypes.
"""

import base64
from typing import Any, Final

from naru.domain.audit_message import (
    ActiveParticipant,
    AuditMessage,
    AuditSource,
    CodedValue,
    ObjectDetail,
    ParticipantObject,
)
from naru.domain.identifiers import is_oid
from naru.formats.fhir.balp.codes import ENTITY_TYPES, OBJECT_ROLES, PROFILES, RESTFUL, SYSTEMS
from naru.formats.fhir.identifier import system_of
from naru.formats.fhir.moments import instant
from naru.formats.fhir.resource import Resource
from naru.formats.hl7.datatypes import InvalidDatatype, cx

URIS: Final = "urn:ietf:rfc:3986"
_SOURCE_TYPES: Final = "http://terminology.hl7.org/CodeSystem/security-source-type"
_USER_AGENT: Final = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ParticipationType",
    "code": "IRCP",
    "display": "information recipient",
}
_PATIENT_ROLE: Final = "1"


def to_audit_event(message: AuditMessage, id_: str = "") -> Resource:
    """The resource; a refused access says why in codes that name nobody."""
    event = message.event
    told: Resource = {
        "resourceType": "AuditEvent",
        "id": id_,
        "meta": _meta(message),
        "type": _coding(event.id),
        "subtype": [_coding(one) for one in event.types],
        "action": event.action.value if event.action else None,
        "recorded": instant(event.time),
        "outcome": str(int(event.outcome)),
        "outcomeDesc": event.outcome_description,
        "purposeOfEvent": [{"coding": [_coding(one)]} for one in event.purposes_of_use],
        "agent": [_agent(one) for one in message.participants],
        "source": _source(message.source),
        "entity": [_entity(one) for one in message.objects],
    }
    return _filled(told)


def _meta(message: AuditMessage) -> Resource | None:
    types = message.event.types
    found = [PROFILES[one.code] for one in types if one.code in PROFILES]
    if not found and message.event.id.code == "rest":
        found = [RESTFUL[one.code] for one in types if one.code in RESTFUL]
        if any(one.role == _PATIENT_ROLE for one in message.objects):
            found = [one.replace("BasicAudit.", "BasicAudit.Patient") for one in found]
    return {"profile": found} if found else None


def _coding(value: CodedValue) -> Resource:
    system = SYSTEMS.get(value.system, value.system if ":" in value.system else None)
    return _filled({"system": system, "code": value.code, "display": value.text})


def _agent(one: ActiveParticipant) -> Resource:
    """A human's role is told as the role, since the kind of agent is who receives."""
    human = bool(one.is_requestor) and not one.access_point and bool(one.roles)
    codes = [_coding(role) for role in one.roles]
    network = {"address": one.access_point, "type": one.access_point_type}
    return _filled(
        {
            "type": {"coding": [_USER_AGENT] if human else codes},
            "role": [{"coding": codes}] if human else None,
            "who": _who(one),
            "altId": one.alternative_user_id,
            "requestor": bool(one.is_requestor),
            "network": _filled(network),
        }
    )


def _who(one: ActiveParticipant) -> Resource:
    if one.user_id.startswith("urn:"):
        identifier = {"system": URIS, "value": one.user_id}
        return _filled({"identifier": identifier, "display": one.user_name})
    return _filled({"display": one.user_name or one.user_id})


def _source(source: AuditSource) -> Resource:
    # DICOM's codes of an audit source are FHIR's by number; one word of the text is not.
    texts = {one.code: one.text.removesuffix(" Process") for one in source.types}
    types = [
        {"system": _SOURCE_TYPES, "code": code, "display": text} for code, text in texts.items()
    ]
    observer = {"identifier": _identified(source.id), "display": source.id}
    return _filled({"site": source.enterprise_site, "observer": observer, "type": types})


def _entity(one: ParticipantObject) -> Resource:
    return _filled(
        {
            "what": _what(one),
            "type": ENTITY_TYPES.get(one.type) or _coding(one.id_type),
            "role": OBJECT_ROLES.get(one.role),
            "query": _base64(one.query) if one.query else None,
            "detail": [_detail(each) for each in one.details],
        }
    )


def _what(one: ParticipantObject) -> Resource | None:
    if not one.id:
        return {"display": one.name} if one.name else None
    identifier = _patient(one.id) if one.role == _PATIENT_ROLE else _identified(one.id)
    return _filled({"identifier": identifier, "display": one.name})


def _patient(text: str) -> Resource:
    try:
        identifier = cx(text)
    except InvalidDatatype:
        return {"value": text}
    return {"system": system_of(identifier.authority), "value": identifier.value}


def _identified(id_: str) -> Resource:
    # ITI TF-2 Z.9.1: a value that is unique in the world is a URI.
    if is_oid(id_):
        return {"system": URIS, "value": f"urn:oid:{id_}"}
    return {"system": URIS, "value": id_} if id_.startswith("urn:") else {"value": id_}


def _detail(one: ObjectDetail) -> Resource:
    try:
        return {"type": one.type, "valueString": one.value.decode()}
    except UnicodeDecodeError:
        return {"type": one.type, "valueBase64Binary": _base64(one.value)}


def _base64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


def _filled(told: dict[str, Any]) -> Resource:
    """Without what is empty: FHIR writes no empty text, list or object."""
    return {name: value for name, value in told.items() if value not in (None, "", [], {})}
