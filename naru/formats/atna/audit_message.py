"""The audit message as XML (DICOM PS3.15 A.5.1), both ways and in one order.

Read tolerantly, since a repository keeps what others write: what the schema requires of an
attribute is not required of a sender, only that the three obligatory elements are there.
"""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final, TypeVar

from lxml.etree import _Element

from naru.domain.audit_message import (
    ActiveParticipant,
    AuditMessage,
    AuditSource,
    CodedValue,
    EventActionCode,
    EventIdentification,
    NetworkAccessPointTypeCode,
    ObjectDetail,
    ParticipantObject,
)
from naru.domain.moments import in_utc
from naru.formats.atna.errors import AuditMessageRefused
from naru.formats.xml import XmlLimits, XmlRefused, escape_lossy, parse

LIMITS: Final = XmlLimits(
    size=1024 * 1024, depth=16, text=1024 * 1024, markup=20_000, equals_signs=40_000
)
"""A message about a query carries the query; everything else of it is a few kilobytes."""

_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>'
_UNTIMED: Final = datetime(1970, 1, 1, tzinfo=UTC)

_Code = TypeVar("_Code", EventActionCode, NetworkAccessPointTypeCode)


def from_xml(octets: bytes) -> AuditMessage:
    """Read a message; raises AuditMessageRefused."""
    try:
        root = parse(octets, limits=LIMITS)
    except XmlRefused as refused:
        raise AuditMessageRefused(str(refused)) from None
    if root.tag != "AuditMessage":
        raise AuditMessageRefused("The root element is not AuditMessage.")
    return AuditMessage(
        event=_event(_one(root, "EventIdentification")),
        participants=tuple(map(_participant, root.findall("ActiveParticipant"))),
        source=_source(_one(root, "AuditSourceIdentification")),
        objects=tuple(map(_object, root.findall("ParticipantObjectIdentification"))),
    )


def to_xml(message: AuditMessage) -> bytes:
    """Write a message in UTF-8, without a byte order mark (ITI TF-2 3.20.4.1.2)."""
    return "".join(
        (
            _DECLARATION,
            "<AuditMessage>",
            _write_event(message.event),
            *map(_write_participant, message.participants),
            _write_source(message.source),
            *map(_write_object, message.objects),
            "</AuditMessage>",
        )
    ).encode()


def _event(element: _Element) -> EventIdentification:
    return EventIdentification(
        id=_code(_one(element, "EventID")),
        types=_codes(element, "EventTypeCode"),
        outcome_description=_text(element, "EventOutcomeDescription"),
        purposes_of_use=_codes(element, "PurposeOfUse"),
        action=_enumerated(EventActionCode, element.get("EventActionCode")),
        time=_time(element.get("EventDateTime", "")),
        outcome=_outcome(element.get("EventOutcomeIndicator", "")),
    )


def _write_event(event: EventIdentification) -> str:
    # Attribute order is free; elements stand in the schema's order.
    attributes = _attributes(
        EventActionCode=event.action or "",
        EventDateTime=event.time.astimezone(UTC).isoformat(timespec="milliseconds"),
        EventOutcomeIndicator=str(event.outcome),
    )
    return "".join(
        (
            f"<EventIdentification{attributes}>",
            _write_code("EventID", event.id),
            *(_write_code("EventTypeCode", one) for one in event.types),
            _write_text("EventOutcomeDescription", event.outcome_description),
            *(_write_code("PurposeOfUse", one) for one in event.purposes_of_use),
            "</EventIdentification>",
        )
    )


def _participant(element: _Element) -> ActiveParticipant:
    requestor = element.get("UserIsRequestor")
    return ActiveParticipant(
        roles=_codes(element, "RoleIDCode"),
        user_id=element.get("UserID", ""),
        alternative_user_id=element.get("AlternativeUserID", ""),
        user_name=element.get("UserName", ""),
        is_requestor=None if requestor is None else requestor.strip() in {"true", "1"},
        access_point=element.get("NetworkAccessPointID", ""),
        access_point_type=_enumerated(
            NetworkAccessPointTypeCode, element.get("NetworkAccessPointTypeCode")
        ),
    )


def _write_participant(participant: ActiveParticipant) -> str:
    roles = "".join(_write_code("RoleIDCode", one) for one in participant.roles)
    attributes = _attributes(
        UserID=participant.user_id,
        AlternativeUserID=participant.alternative_user_id,
        UserName=participant.user_name,
        UserIsRequestor="true" if participant.is_requestor else "false",
        NetworkAccessPointID=participant.access_point,
        NetworkAccessPointTypeCode=participant.access_point_type or "",
    )
    if not participant.user_id:
        attributes = f' UserID=""{attributes}'  # The schema requires it, if only empty.
    return f"<ActiveParticipant{attributes}>{roles}</ActiveParticipant>"


def _source(element: _Element) -> AuditSource:
    return AuditSource(
        types=_codes(element, "AuditSourceTypeCode"),
        enterprise_site=element.get("AuditEnterpriseSiteID", ""),
        id=element.get("AuditSourceID", ""),
    )


def _write_source(source: AuditSource) -> str:
    types = "".join(_write_code("AuditSourceTypeCode", one) for one in source.types)
    attributes = _attributes(
        AuditEnterpriseSiteID=source.enterprise_site, AuditSourceID=source.id or "unknown"
    )
    return f"<AuditSourceIdentification{attributes}>{types}</AuditSourceIdentification>"


def _object(element: _Element) -> ParticipantObject:
    query = element.find("ParticipantObjectQuery")
    return ParticipantObject(
        id_type=_code(_one(element, "ParticipantObjectIDTypeCode")),
        name=_text(element, "ParticipantObjectName"),
        query=None if query is None else _decoded(query.text or ""),
        details=tuple(
            ObjectDetail(one.get("type", ""), _decoded(one.get("value", "")))
            for one in element.findall("ParticipantObjectDetail")
        ),
        id=element.get("ParticipantObjectID", ""),
        type=element.get("ParticipantObjectTypeCode", ""),
        role=element.get("ParticipantObjectTypeCodeRole", ""),
        life_cycle=element.get("ParticipantObjectDataLifeCycle", ""),
        sensitivity=element.get("ParticipantObjectSensitivity", ""),
    )


def _write_object(found: ParticipantObject) -> str:
    attributes = _attributes(
        ParticipantObjectID=found.id,
        ParticipantObjectTypeCode=found.type,
        ParticipantObjectTypeCodeRole=found.role,
        ParticipantObjectDataLifeCycle=found.life_cycle,
        ParticipantObjectSensitivity=found.sensitivity,
    )
    # The schema has a choice here: a name, or a query.
    choice = (
        _write_text("ParticipantObjectName", found.name)
        if found.query is None
        else f"<ParticipantObjectQuery>{_encoded(found.query)}</ParticipantObjectQuery>"
    )
    return "".join(
        (
            f"<ParticipantObjectIdentification{attributes}>",
            _write_code("ParticipantObjectIDTypeCode", found.id_type),
            choice,
            *(
                f"<ParticipantObjectDetail{_attributes(type=one.type)}"
                f' value="{_encoded(one.value)}"/>'
                for one in found.details
            ),
            "</ParticipantObjectIdentification>",
        )
    )


def _code(element: _Element) -> CodedValue:
    # Messages from before DICOM took the schema over say `code` and `displayName`.
    return CodedValue(
        code=element.get("csd-code") or element.get("code") or "",
        system=element.get("codeSystemName", ""),
        text=element.get("originalText") or element.get("displayName") or "",
    )


@lru_cache(maxsize=1024)  # Few codes stand in nearly all messages.
def _write_code(name: str, code: CodedValue) -> str:
    return (
        f'<{name} csd-code="{escape_lossy(code.code)}"'
        f' codeSystemName="{escape_lossy(code.system)}"'
        f' originalText="{escape_lossy(code.text)}"/>'
    )


def _codes(element: _Element, name: str) -> tuple[CodedValue, ...]:
    return tuple(map(_code, element.findall(name)))


def _one(element: _Element, name: str) -> _Element:
    found = element.find(name)
    if found is None:
        raise AuditMessageRefused(f"{name} is missing.")
    return found


def _text(element: _Element, name: str) -> str:
    return element.findtext(name) or ""


def _write_text(name: str, text: str) -> str:
    return f"<{name}>{escape_lossy(text)}</{name}>" if text else ""


def _attributes(**values: str) -> str:
    return "".join(f' {name}="{escape_lossy(value)}"' for name, value in values.items() if value)


def _enumerated(kind: type[_Code], value: str | None) -> _Code | None:
    # A code that the standard does not know is still part of the message as it was received.
    return kind(value) if value in set(kind) else None


def _time(value: str) -> datetime:
    try:
        time = datetime.fromisoformat(value)
        return in_utc(time if time.tzinfo else time.replace(tzinfo=UTC))
    except ValueError:
        return _UNTIMED


def _outcome(value: str) -> int:
    return int(value) if value in {"0", "4", "8", "12"} else 0


def _encoded(octets: bytes) -> str:
    return b64encode(octets).decode()


def _decoded(text: str) -> bytes:
    try:
        return b64decode(text, validate=False)
    except (Base64Error, ValueError):
        return text.encode()  # Not base64 though it should be: kept as it stands.
