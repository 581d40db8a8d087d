"""What a document tells of a patient, entry by entry: from diagnoses to readings.

Texts are "" and lists () where nothing was said. A `datetime` without a zone is Korean time; where
only the day is known a `date` stands.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

When = date | datetime


@dataclass(frozen=True, slots=True)
class Coding:
    """The same concept in another code system; `system` is its short name (KOSTOM, ATC …)."""

    system: str
    code: str
    display: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """진단: `code` is of KCD without the dot, of the revision in force on `date`."""

    date: date
    code: str
    name: str
    translations: tuple[Coding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Medication:
    """약물처방: dose, times a day, days and usage in the prescriber's words (`1정`, `3`, `7`).

    `code` is of KD or EDI, as `system` says; the ingredient (ATC) is one of the `translations`.
    """

    time: When
    code: str
    name: str
    system: str = "KD"
    dose: str = ""
    times: str = ""
    days: str = ""
    usage: str = ""
    translations: tuple[Coding, ...] = ()


class Interpretation(StrEnum):
    """HL7 ObservationInterpretation, as far as our documents say it."""

    NORMAL = "N"
    ABNORMAL = "A"
    HIGH = "H"
    LOW = "L"
    CRITICAL = "AA"


class TestKind(StrEnum):
    """검사의 구분."""

    __test__ = False  # Its name is the field's own; it is no test of pytest's.

    SPECIMEN = "specimen"
    PATHOLOGY = "pathology"
    FUNCTION = "function"
    IMAGING = "imaging"


@dataclass(frozen=True, slots=True, kw_only=True)
class TestResult:
    """검사결과: `code` is of EDI; `item` is the order's name where the test is one of several.

    `result` are the words of the report; where it is a number, `unit` is its unit of UCUM.
    `accession` and `study` (the StudyInstanceUID) lead to the images of an imaging test.
    """

    __test__ = False  # As above.

    time: When
    name: str
    result: str
    kind: TestKind = TestKind.SPECIMEN
    code: str = ""
    item: str = ""
    reference: str = ""
    unit: str = ""
    interpretation: Interpretation | None = None
    accession: str = ""
    study: str = ""
    translations: tuple[Coding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """수술·처치: `code` is of ICD-9-CM."""

    date: date
    name: str
    code: str = ""
    postoperative_diagnosis: str = ""
    anesthesia: str = ""
    translations: tuple[Coding, ...] = ()


class AllergyKind(StrEnum):
    """알러지요인: the exchange's three, and what other documents tell beside them.

    OTHER is none of the named ones; UNKNOWN is of whom the source told none.
    """

    DRUG = "drug"
    BLOOD = "blood"
    ENVIRONMENT = "environment"
    FOOD = "food"
    OTHER = "other"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Allergy:
    """알러지 및 부작용."""

    date: date
    kind: AllergyKind
    name: str
    code: str = ""
    reaction: str = ""
    translations: tuple[Coding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VitalSigns:
    """생체신호 taken at one time: cm, kg, mmHg, °C, beats and breaths a minute, percent."""

    time: When
    height: Decimal | None = None
    weight: Decimal | None = None
    systolic: Decimal | None = None
    diastolic: Decimal | None = None
    temperature: Decimal | None = None
    heart_rate: Decimal | None = None
    respiratory_rate: Decimal | None = None
    oxygen_saturation: Decimal | None = None
    consciousness: str = ""


class SmokingStatus(StrEnum):
    """흡연상태; the codes of KOSTOM are the form's."""

    DAILY = "daily"
    SOMETIMES = "sometimes"
    FORMER = "former"
    NEVER = "never"
    SMOKER = "smoker"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Smoking:
    """흡연상태 as it was asked on a day."""

    date: date
    status: SmokingStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Drinking:
    """음주상태 as it was asked on a day, in words."""

    date: date
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Infection:
    """법정 감염병: `code` is of KCD, `category` its class (급) in words."""

    date: date
    name: str
    code: str = ""
    category: str = ""
    reported: When | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Immunization:
    """예방접종: `code` is of `system` (KOSTOM, EDI, or the vaccines of KR Core)."""

    date: date
    name: str
    vaccine: str = ""
    code: str = ""
    system: str = "KOSTOM"
    dose_number: int | None = None
    lot: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """판독결과 of one imaging examination: `code` is of EDI, `modality` of DICOM."""

    time: When
    name: str
    findings: str
    conclusion: str = ""
    code: str = ""
    modality: str = ""
    body_site: str = ""
    accession: str = ""
    study: str = ""
    radiologist: str = ""
