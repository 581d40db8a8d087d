"""What a doctor tells another institution about a patient: plain values, free of CDA.

Texts are "" and lists () where nothing was said. A `datetime` without a zone is Korean time; where
only the day is known a `date` stands.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from naru.domain.identifiers import Identifier
from naru.domain.korea import KST
from naru.domain.person import Gender

When = date | datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """A patient as the institution knows them; `mrn` is the institution's own number (등록번호).

    `affinity_id` is the id by which all institutions know the person, once it was learned.
    `resident_number` is 주민등록번호, told to the node alone and shown nowhere.
    """

    mrn: str
    name: str
    birth_date: date
    sex: Gender = Gender.UNDIFFERENTIATED
    telephone: str = ""
    address: str = ""
    affinity_id: Identifier | None = None
    resident_number: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CareInstitution:
    """An institution as a document names it: `code` is its 요양기관기호."""

    name: str
    oid: str
    code: str = ""
    telephone: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """A department (진료과) by the code of HIRA."""

    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Practitioner:
    """A doctor; `id` is the number under which the institution knows them."""

    id: str
    name: str
    department: Department | None = None
    telephone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """진단: `code` is of KCD, of the revision in force on `date`."""

    date: date
    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Medication:
    """약물처방: dose, times a day, days and usage in the prescriber's words."""

    time: When
    code: str
    name: str
    dose: str = ""
    times: str = ""
    days: str = ""
    usage: str = ""


class TestKind(StrEnum):
    """검사의 구분."""

    __test__ = False  # Its name is the field's own; it is no test of pytest's.

    SPECIMEN = "specimen"
    PATHOLOGY = "pathology"
    FUNCTION = "function"
    IMAGING = "imaging"


@dataclass(frozen=True, slots=True, kw_only=True)
class TestResult:
    """검사결과: `code` is of EDI; `item` is the order's name where the test is one of several."""

    __test__ = False  # As above.

    time: When
    name: str
    result: str
    kind: TestKind = TestKind.SPECIMEN
    code: str = ""
    item: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """수술·처치: `code` is of ICD-9-CM."""

    date: date
    name: str
    code: str = ""
    postoperative_diagnosis: str = ""
    anesthesia: str = ""


class AllergyKind(StrEnum):
    """알러지요인."""

    DRUG = "drug"
    BLOOD = "blood"
    ENVIRONMENT = "environment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Allergy:
    """알러지 및 부작용."""

    date: date
    kind: AllergyKind
    name: str
    code: str = ""
    reaction: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """예약: the time that is wished for."""

    time: When
    content: str


class EncounterKind(StrEnum):
    """HL7 ActCode of an encounter: 외래, 입원, 응급."""

    AMBULATORY = "AMB"
    INPATIENT = "IMP"
    EMERGENCY = "EMER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Encounter:
    """The visit from which the patient is referred."""

    date: date
    kind: EncounterKind = EncounterKind.AMBULATORY


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralReason:
    """의뢰사유의 부호: whether treatment is possible here, clinical and other reasons."""

    state: str = ""
    clinical: str = ""
    other: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """진료의뢰서 as its author writes it. `number` is the institution's own (의뢰번호)."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentHeader:
    """Which document it is, when it was made, whose it is and who answers for it."""

    id: str
    time: datetime
    patient_id: Identifier
    custodian: CareInstitution


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralDocument:
    """A referral on its way: the words of its author, addressed to one institution."""

    header: DocumentHeader
    recipient: CareInstitution
    referral: Referral

    @property
    def unique_id(self) -> str:
        """The XDS uniqueId of a CDA document (ITI TF-3 4.2.3.2.26): root, ^ and extension."""
        number = self.referral.number
        return f"{self.header.id}^{number}" if number else self.header.id


def in_korea(time: datetime) -> datetime:
    """The time in Korea's zone; a time without a zone already is."""
    return time.replace(tzinfo=KST) if time.tzinfo is None else time.astimezone(KST)
