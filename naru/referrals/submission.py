"""A referral's paper as it is handed to the exchange: a document with its XDS metadata."""

from dataclasses import dataclass
from uuid import UUID, uuid5

from naru.domain.clinical import ClinicalDocument
from naru.domain.codes import Code, LocalizedString
from naru.domain.departments import DepartmentSystem, name_of, table
from naru.domain.dtm import from_datetime
from naru.domain.identifiers import Identifier
from naru.domain.referral_papers import Written
from naru.domain.xds import (
    Association,
    AssociationType,
    Author,
    DocumentEntry,
    Submission,
    SubmissionSet,
    SubmissionSetStatus,
)

MIME_TYPE = "text/xml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What the metadata say beside the paper; `department` is written `code^^scheme`."""

    patient_id: Identifier
    source_patient_id: Identifier
    department: str


def submission(
    key: UUID, document: ClinicalDocument, written: Written, said: Metadata
) -> Submission:
    """The submission of one paper, addressed to whom it names; the same key gives the same ids."""
    entry, submission_set = (
        _entry(key, document, written, said),
        _submission_set(key, document, written, said),
    )
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


def document_oid(key: UUID) -> str:
    """The OID of the paper that has this key."""
    return f"2.25.{uuid5(key, 'document').int}"


def _entry(
    key: UUID, document: ClinicalDocument, written: Written, said: Metadata
) -> DocumentEntry:
    codes = written.codes
    return DocumentEntry(
        entry_uuid=_urn(key, "entry"),
        unique_id=document.unique_id,
        patient_id=said.patient_id,
        mime_type=MIME_TYPE,
        authors=(_author(document),),
        class_code=codes.class_code,
        confidentiality_codes=(codes.confidentiality,),
        creation_time=from_datetime(document.header.time),
        format_code=codes.format_code,
        healthcare_facility_type_code=codes.facility_type,
        language_code="ko-KR",
        practice_setting_code=_department(said.department),
        service_start_time=from_datetime(document.header.time),
        source_patient_id=said.source_patient_id,
        title=(LocalizedString(written.title, "ko-KR"),),
        type_code=codes.type_code,
    )


def _submission_set(
    key: UUID, document: ClinicalDocument, written: Written, said: Metadata
) -> SubmissionSet:
    to = document.recipient
    return SubmissionSet(
        entry_uuid=_urn(key, "submission set"),
        unique_id=f"2.25.{uuid5(key, 'submission set').int}",
        patient_id=said.patient_id,
        source_id=document.header.custodian.oid,
        submission_time=from_datetime(document.header.time),
        content_type_code=written.codes.content_type_code,
        authors=(_author(document),),
        # ITI TF-3 4.2.3.3.7: Organization|Person|Telecommunication.
        intended_recipients=() if to is None else (f"{_xon(to.name, to.oid)}|",),
        title=(LocalizedString(written.title, "ko-KR"),),
    )


def _author(document: ClinicalDocument) -> Author:
    keeper, person = document.header.custodian, document.author
    return Author(
        person=f"{_escaped(person.id)}^{_escaped(person.name)}^^^^^^^&{keeper.oid}&ISO",
        institutions=(_xon(keeper.name, keeper.oid),),
        specialties=() if person.department is None else (_escaped(person.department.name),),
    )


def _department(department: str) -> Code:
    """Where it was written, as practiceSettingCode; 일반의 where nothing is said."""
    code, _, scheme = department.partition("^^")
    system = scheme or table().schemes[DepartmentSystem.HIRA]
    code = code or "00"
    return Code(code, system, (LocalizedString(name_of(f"{code}^^{system}") or code, "ko-KR"),))


def _xon(name: str, oid: str) -> str:
    return f"{_escaped(name)}^^^^^^^^^{oid}"


_ESCAPES = str.maketrans({
    "\\": "\\E\\", "|": "\\F\\", "^": "\\S\\", "&": "\\T\\", "~": "\\R\\",
})  # fmt: skip  # HL7 v2.5 section 2.7.


def _escaped(text: str) -> str:
    return text.translate(_ESCAPES)


def _urn(key: UUID, name: str) -> str:
    return f"urn:uuid:{uuid5(key, name)}"
