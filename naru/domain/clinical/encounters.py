"""Visits, and why a patient is sent on: the encounter, referral reasons, an emergency transfer."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from naru.domain.clinical.entries import When
from naru.domain.clinical.people import Department


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
    """The visit of which a document tells; `until` is the last day of a stay."""

    date: date
    kind: EncounterKind = EncounterKind.AMBULATORY
    until: When | None = None
    department: Department | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralReason:
    """의뢰사유의 부호: whether treatment is possible here, clinical and other reasons."""

    state: str = ""
    clinical: str = ""
    other: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnReason:
    """회송사유의 부호: the kind of return, clinical and other reasons."""

    kind: str = ""
    clinical: str = ""
    other: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientState:
    """How an emergency patient was at one time (처치 전·후)."""

    consciousness: str = ""
    systolic: Decimal | None = None
    diastolic: Decimal | None = None
    temperature: Decimal | None = None
    heart_rate: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """전원: when and how an emergency patient travels, and the state before and after treatment.

    `triage` is the severity (중증도 분류) by its code.
    """

    arrived: datetime | None = None
    departed: datetime | None = None
    means: str = ""
    vehicle: str = ""
    attendant: str = ""
    triage: str = ""
    before: PatientState = PatientState()
    after: PatientState = PatientState()
