"""A clinical document as it is handed to the exchange: one submission, all ids settled before.

Whoever writes documents describes them by `DocumentFacts`: the same facts give the same metadata,
and the same key the same ids, however often they are sent.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from naru.domain.clinical import CareInstitution, Practitioner
from naru.domain.codes import Code, LocalizedString
from naru.domain.dtm import from_datetime
from naru.domain.hl7_v2_names import escape, xcn, xon
from naru.domain.identifiers import Identifier
from naru.domain.xds import (
    Association,
    AssociationType,
    Author,
    DocumentEntry,
    Submission,
    SubmissionSet,
    SubmissionSetStatus,
)

CDA = "text/xml"
"""The media type of what is submitted so."""

_KOREAN = "ko-KR"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentCodes:
    """The coded metadata of one document and its submission."""

    class_code: Code
    type_code: Code
    format_code: Code
    content_type_code: Code
    confidentiality: Code
    facility_type: Code
    practice_setting: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFacts:
    """What the metadata say. `custodian` sends it; `hash` and `size` may be left to the receiver.

    `service_start` is when the care began of which it tells, `source_patient_id` the custodian's
    own number of the patient.
    """

    unique_id: str
    title: str
    time: datetime
    service_start: datetime
    patient_id: Identifier
    source_patient_id: Identifier
    custodian: CareInstitution
    codes: DocumentCodes
    author: Practitioner | None = None
    recipient: CareInstitution | None = None
    event_codes: tuple[Code, ...] = ()
    hash: str | None = None
    size: int | None = None


def document_oid(key: UUID) -> str:
    """The OID of the document that has this key."""
    return f"2.25.{uuid5(key, 'document').int}"


def submission(key: UUID, facts: DocumentFacts) -> Submission:
    """The submission of one document, addressed to its recipient if it has one."""
    entry, submission_set = _entry(key, facts), _submission_set(key, facts)
    return Submission(
        submission_set=submission_set,
        entries=(entry,),
        associations=(
            Association(
                entry_uuid=_urn(key, "association"),
                type=AssociationType.HAS_MEMBER,
                source=submission_set.entry_uuid,
                target=entry.entry_uuid,
                submission_set_status=SubmissionSetStatus.ORIGINAL,
            ),
        ),
    )


def _entry(key: UUID, facts: DocumentFacts) -> DocumentEntry:
    codes = facts.codes
    return DocumentEntry(
        entry_uuid=_urn(key, "entry"),
        unique_id=facts.unique_id,
        patient_id=facts.patient_id,
        mime_type=CDA,
        authors=(_author(facts),),
        class_code=codes.class_code,
        confidentiality_codes=(codes.confidentiality,),
        creation_time=from_datetime(facts.time),
        event_codes=facts.event_codes,
        format_code=codes.format_code,
        hash=facts.hash,
        healthcare_facility_type_code=codes.facility_type,
        language_code=_KOREAN,
        practice_setting_code=codes.practice_setting,
        # A day in Korea begins at 15:00 of the day before in UTC, in which metadata are written.
        service_start_time=from_datetime(facts.service_start),
        size=facts.size,
        source_patient_id=facts.source_patient_id,
        title=(LocalizedString(facts.title, _KOREAN),),
        type_code=codes.type_code,
    )


def _submission_set(key: UUID, facts: DocumentFacts) -> SubmissionSet:
    to = facts.recipient
    return SubmissionSet(
        entry_uuid=_urn(key, "submission set"),
        unique_id=f"2.25.{uuid5(key, 'submission set').int}",
        patient_id=facts.patient_id,
        source_id=facts.custodian.oid,
        submission_time=from_datetime(facts.time),
        content_type_code=facts.codes.content_type_code,
        authors=(_author(facts),),
        # ITI TF-3 4.2.3.3.7: Organization|Person|Telecommunication.
        intended_recipients=() if to is None else (f"{xon(to.name, to.oid)}|",),
        title=(LocalizedString(facts.title, _KOREAN),),
    )


def _author(facts: DocumentFacts) -> Author:
    """ITI TF-3 4.2.3.2.1: the person, their institution, and their department as its specialty."""
    person, keeper = facts.author, facts.custodian
    department = None if person is None else person.department
    return Author(
        person=None if person is None else xcn(person.id, person.name, keeper.oid),
        institutions=(xon(keeper.name, keeper.oid),),
        specialties=() if department is None else (escape(department.name),),
    )


def _urn(key: UUID, name: str) -> str:
    return f"urn:uuid:{uuid5(key, name)}"
