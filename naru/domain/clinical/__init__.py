"""What a doctor tells another institution about a patient: plain values, free of CDA and FHIR."""

from datetime import datetime

from naru.domain.clinical.content import Content
from naru.domain.clinical.documents import (
    Answered,
    Authorship,
    ClinicalDocument,
    DocumentHeader,
    Draft,
    Referral,
)
from naru.domain.clinical.encounters import (
    Appointment,
    Encounter,
    EncounterKind,
    PatientState,
    ReferralReason,
    ReturnReason,
    Transfer,
)
from naru.domain.clinical.entries import (
    Allergy,
    AllergyKind,
    Coding,
    Diagnosis,
    Drinking,
    Immunization,
    Infection,
    Interpretation,
    Medication,
    Procedure,
    Reading,
    Smoking,
    SmokingStatus,
    TestKind,
    TestResult,
    VitalSigns,
    When,
)
from naru.domain.clinical.people import (
    CareInstitution,
    Department,
    Patient,
    Practitioner,
)
from naru.domain.korea import KST

__all__ = [
    "Allergy",
    "AllergyKind",
    "Answered",
    "Appointment",
    "Authorship",
    "CareInstitution",
    "ClinicalDocument",
    "Coding",
    "Content",
    "Department",
    "Diagnosis",
    "DocumentHeader",
    "Draft",
    "Drinking",
    "Encounter",
    "EncounterKind",
    "Immunization",
    "Infection",
    "Interpretation",
    "Medication",
    "Patient",
    "PatientState",
    "Practitioner",
    "Procedure",
    "Reading",
    "Referral",
    "ReferralReason",
    "ReturnReason",
    "Smoking",
    "SmokingStatus",
    "TestKind",
    "TestResult",
    "Transfer",
    "VitalSigns",
    "When",
    "in_korea",
]


def in_korea(time: datetime) -> datetime:
    """The time in Korea's zone; a time without a zone already is."""
    return time.replace(tzinfo=KST) if time.tzinfo is None else time.astimezone(KST)
