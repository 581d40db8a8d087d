"""All that a clinical document can say of a patient, whatever its kind."""

from dataclasses import dataclass

from naru.domain.clinical.encounters import (
    Appointment,
    ReferralReason,
    ReturnReason,
    Transfer,
)
from naru.domain.clinical.entries import (
    Allergy,
    Diagnosis,
    Drinking,
    Immunization,
    Infection,
    Medication,
    Procedure,
    Reading,
    Smoking,
    TestResult,
    VitalSigns,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The sections by their names, as the forms order them; empty where nothing was said.

    A kind of document has some of them (its form says which, in which order, and which must not be
    empty): whoever translates content takes each section as it comes and asks for no kind.
    """

    vital_signs: tuple[VitalSigns, ...] = ()
    diagnoses: tuple[Diagnosis, ...] = ()
    medications: tuple[Medication, ...] = ()
    test_results: tuple[TestResult, ...] = ()
    procedures: tuple[Procedure, ...] = ()
    allergies: tuple[Allergy, ...] = ()
    opinion: str = ""
    reason: str = ""
    referral_reason: ReferralReason | None = None
    return_reason: ReturnReason | None = None
    appointments: tuple[Appointment, ...] = ()
    past_history: str = ""
    smoking: tuple[Smoking, ...] = ()
    drinking: tuple[Drinking, ...] = ()
    infections: tuple[Infection, ...] = ()
    immunizations: tuple[Immunization, ...] = ()
    discharge_medications: tuple[Medication, ...] = ()
    readings: tuple[Reading, ...] = ()
    transfer: Transfer | None = None
