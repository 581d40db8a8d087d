"""A referral's paper as it is handed to the exchange: a document with its XDS metadata."""

from dataclasses import dataclass, replace
from uuid import UUID

from naru.domain.clinical import ClinicalDocument
from naru.domain.codes import Code, LocalizedString
from naru.domain.departments import name_of
from naru.domain.document_submission import DocumentCodes, DocumentFacts
from naru.domain.document_submission import submission as submission_of
from naru.domain.identifiers import Identifier
from naru.domain.referral_papers import Written
from naru.domain.xds import Submission


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
    return submission_of(
        key,
        DocumentFacts(
            unique_id=document.unique_id,
            title=written.title,
            time=document.header.time,
            service_start=document.header.time,
            patient_id=said.patient_id,
            source_patient_id=said.source_patient_id,
            custodian=document.header.custodian,
            codes=_codes(written.codes, said.department),
            author=document.author,
            recipient=document.recipient,
        ),
    )


def _codes(codes: DocumentCodes, department: str) -> DocumentCodes:
    """The paper's codes, with the department at which it was written, where one is said."""
    code, _, scheme = department.partition("^^")
    if not code:
        return codes
    display = (LocalizedString(name_of(department) or code, "ko-KR"),)
    return replace(codes, practice_setting=Code(code, scheme, display))
