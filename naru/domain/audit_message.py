"""The audit message of DICOM PS3.15 A.5, free of XML.

Its fields bear the standard's names and stand in the schema's order. Values that are not known are
empty: an empty text is not written.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class EventActionCode(StrEnum):
    """What was done (DICOM PS3.15 A.5.2.2)."""

    CREATE = "C"
    READ = "R"
    UPDATE = "U"
    DELETE = "D"
    EXECUTE = "E"


class NetworkAccessPointTypeCode(StrEnum):
    """What kind of name a network access point has."""

    MACHINE_NAME = "1"
    IP_ADDRESS = "2"
    TELEPHONE_NUMBER = "3"
    EMAIL_ADDRESS = "4"
    URI = "5"


@dataclass(frozen=True, slots=True)
class CodedValue:
    """A code, the system that gives it, and what it means in words: EV(code, system, text)."""

    code: str
    system: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventIdentification:
    """What happened, when, and how it ended. `outcome` is 0, 4, 8 or 12."""

    id: CodedValue
    types: tuple[CodedValue, ...] = ()
    outcome_description: str = ""
    purposes_of_use: tuple[CodedValue, ...] = ()
    action: EventActionCode | None = None
    time: datetime
    outcome: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ActiveParticipant:
    """A person or a system that took part. `is_requestor` is None where nobody said."""

    roles: tuple[CodedValue, ...] = ()
    user_id: str
    alternative_user_id: str = ""
    user_name: str = ""
    is_requestor: bool | None = False
    access_point: str = ""
    access_point_type: NetworkAccessPointTypeCode | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditSource:
    """Who writes the message."""

    types: tuple[CodedValue, ...] = ()
    enterprise_site: str = ""
    id: str


@dataclass(frozen=True, slots=True)
class ObjectDetail:
    """A value with its name; on the wire it is base64."""

    type: str
    value: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantObject:
    """What was touched; `type` and `role` are the standard's numbers. `query` is as it was sent."""

    id_type: CodedValue
    name: str = ""
    query: bytes | None = None
    details: tuple[ObjectDetail, ...] = ()
    id: str = ""
    type: str = ""
    role: str = ""
    life_cycle: str = ""
    sensitivity: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditMessage:
    """One event, about at most one patient (ITI TF-2 3.20.7.1)."""

    event: EventIdentification
    participants: tuple[ActiveParticipant, ...]
    source: AuditSource
    objects: tuple[ParticipantObject, ...] = ()
