"""What is handed to the node: a document with its metadata, all ids settled before it is sent."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from naru.domain.clinical import CareInstitution, Department, Practitioner
from naru.domain.codes import Code, LocalizedString
from naru.domain.dtm import from_datetime
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
from naru.link.codes import DocumentCodes
from naru.link.config import LinkConfig

CDA: str = "text/xml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A document that can be sent, and sent again: the same ids and octets each time."""

    submission: Submission
    octets: bytes

    @property
    def unique_id(self) -> str:
        """The document's uniqueId."""
        return self.submission.entries[0].unique_id

    @property
    def sha1(self) -> str:
        """The hash of XDS metadata."""
        return hashlib.sha1(self.octets, usedforsecurity=False).hexdigest()

    @property
    def sha256(self) -> str:
        """The hash that a receipt carries."""
        return hashlib.sha256(self.octets).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the metadata says beside the codes."""

    unique_id: str
    title: str
    time: datetime
    service_start: datetime
    patient_id: Identifier
    source_patient_id: Identifier
    author: Practitioner | None = None
    recipient: CareInstitution | None = None
    event_codes: tuple[Code, ...] = ()


def document_oid(key: UUID) -> str:
    """The OID of the document that has this key."""
    return f"2.25.{uuid5(key, 'document').int}"


def prepare(
    config: LinkConfig, key: UUID, facts: Facts, codes: DocumentCodes, octets: bytes
) -> Prepared:
    """The submission of one document; the same key gives the same ids."""
    entry = _entry(config, key, facts, codes, octets)
    submission_set = _submission_set(config, key, facts, codes)
    return Prepared(
        octets=octets,
        submission=Submission(
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
        ),
    )


def _entry(
    config: LinkConfig, key: UUID, facts: Facts, codes: DocumentCodes, octets: bytes
) -> DocumentEntry:
    return DocumentEntry(
        entry_uuid=_urn(key, "entry"),
        unique_id=facts.unique_id,
        patient_id=facts.patient_id,
        mime_type=CDA,
        authors=(_author(config, facts.author),),
        class_code=codes.class_code,
        confidentiality_codes=(codes.confidentiality,),
        creation_time=from_datetime(facts.time),
        event_codes=facts.event_codes,
        format_code=codes.format_code,
        hash=hashlib.sha1(octets, usedforsecurity=False).hexdigest(),
        healthcare_facility_type_code=codes.facility_type,
        language_code="ko-KR",
        practice_setting_code=codes.practice_setting,
        # A day in Korea begins at 15:00 of the day before in UTC, in which metadata are written.
        service_start_time=from_datetime(facts.service_start),
        size=len(octets),
        source_patient_id=facts.source_patient_id,
        title=(LocalizedString(facts.title, "ko-KR"),),
        type_code=codes.type_code,
    )


def _submission_set(
    config: LinkConfig, key: UUID, facts: Facts, codes: DocumentCodes
) -> SubmissionSet:
    recipient = facts.recipient
    return SubmissionSet(
        entry_uuid=_urn(key, "submission set"),
        unique_id=f"2.25.{uuid5(key, 'submission set').int}",
        patient_id=facts.patient_id,
        source_id=config.institution.oid,
        submission_time=from_datetime(facts.time),
        content_type_code=codes.content_type_code,
        authors=(_author(config, facts.author),),
        # ITI TF-3 4.2.3.3.7: Organization|Person|Telecommunication.
        intended_recipients=() if recipient is None else (f"{_xon(recipient)}|",),
        title=(LocalizedString(facts.title, "ko-KR"),),
    )


def _author(config: LinkConfig, person: Practitioner | None) -> Author:
    department: Department | None = None if person is None else person.department
    return Author(
        person=None if person is None else _xcn(config, person),
        institutions=(_xon(config.institution),),
        specialties=() if department is None else (_escaped(department.name),),
    )


def _xcn(config: LinkConfig, person: Practitioner) -> str:
    who = f"{_escaped(person.id)}^{_escaped(person.name)}"
    return f"{who}^^^^^^^&{config.institution.oid}&ISO"


def _xon(institution: CareInstitution) -> str:
    return f"{_escaped(institution.name)}^^^^^^^^^{institution.oid}"


_ESCAPES = str.maketrans({
    "\\": "\\E\\", "|": "\\F\\", "^": "\\S\\", "&": "\\T\\", "~": "\\R\\",
})  # fmt: skip  # HL7 v2.5 section 2.7.


def _escaped(text: str) -> str:
    return text.translate(_ESCAPES)


def _urn(key: UUID, name: str) -> str:
    return f"urn:uuid:{uuid5(key, name)}"
