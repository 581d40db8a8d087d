"""Clinical documents as values: a kind, whose it is, who answers for it, and its content."""

from dataclasses import dataclass
from datetime import datetime

from naru.domain.clinical.content import Content
from naru.domain.clinical.encounters import Appointment, Encounter, ReferralReason
from naru.domain.clinical.entries import Allergy, Diagnosis, Medication, Procedure, TestResult
from naru.domain.clinical.people import CareInstitution, Patient, Practitioner
from naru.domain.identifiers import Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentHeader:
    """Which document it is, when it was made, whose it is and who answers for it."""

    id: str
    time: datetime
    patient_id: Identifier
    custodian: CareInstitution


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorship:
    """Who answers for a document, and of which visit it tells; None where it does not say."""

    custodian: CareInstitution
    author: Practitioner | None = None
    encounter: Encounter | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The document that a return or reply answers: its id and the number of the referral."""

    id: str
    number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicalDocument:
    """A document of the exchange: `kind` is the name of its form (referral, return, summary …).

    `number` is the institution's own (의뢰번호, 회송번호). `authenticator` answers for the document
    where that is not the author.
    """

    kind: str
    header: DocumentHeader
    patient: Patient
    author: Practitioner
    content: Content
    authenticator: Practitioner | None = None
    recipient: CareInstitution | None = None
    encounter: Encounter | None = None
    number: str = ""
    answers: Answered | None = None

    @property
    def unique_id(self) -> str:
        """The XDS uniqueId of a CDA document (ITI TF-3 4.2.3.2.26): root, ^ and extension."""
        return f"{self.header.id}^{self.number}" if self.number else self.header.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A document as its author writes it, before it has an id and goes out from an institution."""

    kind: str
    patient: Patient
    author: Practitioner
    content: Content
    authenticator: Practitioner | None = None
    recipient: CareInstitution | None = None
    encounter: Encounter | None = None
    number: str = ""
    answers: Answered | None = None

    def under(self, header: DocumentHeader) -> ClinicalDocument:
        """The document with this header."""
        return ClinicalDocument(
            kind=self.kind,
            header=header,
            patient=self.patient,
            author=self.author,
            content=self.content,
            authenticator=self.authenticator,
            recipient=self.recipient,
            encounter=self.encounter,
            number=self.number,
            answers=self.answers,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """진료의뢰서 in one piece, as an EMR says it most easily. `number` is the 의뢰번호."""

    patient: Patient
    author: Practitioner
    encounter: Encounter
    reason: str
    diagnoses: tuple[Diagnosis, ...]
    medications: tuple[Medication, ...] = ()
    test_results: tuple[TestResult, ...] = ()
    procedures: tuple[Procedure, ...] = ()
    allergies: tuple[Allergy, ...] = ()
    opinion: str = ""
    reason_codes: ReferralReason | None = None
    appointments: tuple[Appointment, ...] = ()
    number: str = ""

    def to(self, recipient: CareInstitution) -> Draft:
        """The document, addressed to one institution."""
        return Draft(
            kind="referral",
            patient=self.patient,
            author=self.author,
            recipient=recipient,
            encounter=self.encounter,
            number=self.number,
            content=Content(
                diagnoses=self.diagnoses,
                medications=self.medications,
                test_results=self.test_results,
                procedures=self.procedures,
                allergies=self.allergies,
                opinion=self.opinion,
                reason=self.reason,
                referral_reason=self.reason_codes,
                appointments=self.appointments,
            ),
        )
