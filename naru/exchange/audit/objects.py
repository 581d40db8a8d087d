"""What an access touched, as an audit message says it."""

import re
from collections.abc import Iterable
from typing import Final
from uuid import UUID

from django.conf import settings

from naru.audit.queries import DOCUMENT
from naru.audit.records import AccessRecord, AuditedObject
from naru.domain.audit_message import CodedValue, ObjectDetail, ParticipantObject
from naru.exchange.audit.events import DCM, Event

RFC_3881: Final = "RFC-3881"
"""ITI TF-2 3.20.7.1.3: the system of the codes that were numbers once."""

_PERSON: Final = "1"
_SYSTEM: Final = "2"
_PATIENT_ROLE: Final = "1"
_REPORT_ROLE: Final = "3"
_SECURITY_RESOURCE_ROLE: Final = "13"
_JOB_ROLE: Final = "20"
_QUERY_ROLE: Final = "24"

PATIENT_NUMBER: Final = CodedValue("2", RFC_3881, "Patient Number")
REPORT_NUMBER: Final = CodedValue("9", RFC_3881, "Report Number")
URI: Final = CodedValue("12", RFC_3881, "URI")
NODE_ID: Final = CodedValue("110182", DCM, "Node ID")
SUBMISSION_SET: Final = CodedValue(
    "urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd",
    "IHE XDS Metadata",
    "submission set classificationNode",
)

# 주민등록번호 as it is written: a birth date, a hyphen or none, and seven digits. Digits of an OID
# follow a period or precede one with another arc, and those of a time are fourteen; those of a URL
# may follow an escape that ends in a digit. The first digit stands before what must not precede it,
# since that is found many times faster.
_FIRST: Final = r"\d(?:(?<![\d.]\d)|(?<=%[0-9A-F][0-9A-F]\d))"
_END: Final = r"(?!\d|\.\d)"
_RESIDENT_NUMBER: Final = re.compile(
    rf"{_FIRST}\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])-?[0-9]\d{{6}}{_END}"
)
_LIKE_ONE: Final = re.compile(rf"{_FIRST}\d{{5}}-?\d{{7}}{_END}")
_MASK: Final = "*************"


def patient(identifier: str, message_id: str = "") -> ParticipantObject:
    """A patient by identifier (CX); `message_id` is that of the HL7 v3 message that said so."""
    # ITI TF-2 3.44.5.1: Type=II, Value=the value of message.id.
    details = (ObjectDetail("II", message_id.encode()),) if message_id else ()
    return ParticipantObject(
        id_type=PATIENT_NUMBER, id=identifier, type=_PERSON, role=_PATIENT_ROLE, details=details
    )


def query(record: AccessRecord, event: Event) -> tuple[ParticipantObject, ...]:
    """The question as it was asked, without the 주민등록번호 that it may name somebody by."""
    if record.query is None:
        return ()
    # Of a question that was not understood only its size is recorded, in parentheses.
    asked = "" if record.query.startswith("(") else _masked(record.query)
    return (
        ParticipantObject(
            id_type=event.type,
            query=asked.encode(),
            details=(
                ObjectDetail("QueryEncoding", b"UTF-8"),
                *_community("urn:ihe:iti:xca:2010:homeCommunityId"),
            ),
            id=record.request.query_id,
            type=_SYSTEM,
            role=_QUERY_ROLE,
        ),
    )


def _masked(asked: str) -> str:
    # Where their domain is named, every number of that shape is one, however impossible.
    authority = settings.NARU.rrn_authority
    pattern = _LIKE_ONE if authority and authority in asked else _RESIDENT_NUMBER
    return pattern.sub(_MASK, asked)


def submission_set(record: AccessRecord) -> tuple[ParticipantObject, ...]:
    """The submission set by its uniqueId."""
    if not record.request.submission_set:
        return ()
    return (
        ParticipantObject(
            id_type=SUBMISSION_SET,
            id=record.request.submission_set,
            type=_SYSTEM,
            role=_JOB_ROLE,
        ),
    )


def documents(
    found: Iterable[AuditedObject], of_patient: UUID | None
) -> tuple[ParticipantObject, ...]:
    """The documents that are this patient's, or nobody's in particular."""
    return tuple(
        _document(one)
        for one in found
        if one.kind == DOCUMENT and (one.patient is None or one.patient == of_patient)
    )


def _document(found: AuditedObject) -> ParticipantObject:
    # ITI TF-2 3.43.5.1.2: the literal strings, which are not those of ITI-18.
    repository = (found.repository or "").encode()
    details = (ObjectDetail("Repository Unique ID", repository),) if repository else ()
    return ParticipantObject(
        id_type=REPORT_NUMBER,
        id=found.id,
        type=_SYSTEM,
        role=_REPORT_ROLE,
        details=(*details, *_community("ihe:homeCommunityID")),
    )


def _community(name: str) -> tuple[ObjectDetail, ...]:
    """The id of this community, where it was given one."""
    ours = settings.NARU.home_community
    return (ObjectDetail(name, f"urn:oid:{ours}".encode()),) if ours else ()


def audit_log() -> ParticipantObject:
    """The audit log itself (DICOM PS3.15 A.5.3.2)."""
    return ParticipantObject(
        id_type=URI,
        name="Security Audit Log",
        id="naru:audit",
        type=_SYSTEM,
        role=_SECURITY_RESOURCE_ROLE,
    )


def alert(record: AccessRecord) -> tuple[ParticipantObject, ...]:
    """What an alert is about (DICOM PS3.15 A.5.3.11): a peer's node, or what was changed."""
    subjects = [one.id for one in record.objects] or [record.caller.address or "unknown"]
    described = "; ".join(record.errors) or record.transaction
    return tuple(
        ParticipantObject(
            id_type=NODE_ID,
            id=subject,
            type=_SYSTEM,
            role=_SECURITY_RESOURCE_ROLE,
            details=(ObjectDetail("Alert Description", described.encode()),),
        )
        for subject in subjects
    )
