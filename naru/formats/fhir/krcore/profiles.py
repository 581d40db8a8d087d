"""The canonical addresses of KR Core 2.0.0 (HL7 Korea, 2025-08-29) and of what stands beside it."""

from enum import StrEnum
from typing import Final

CANONICAL: Final = "http://www.hl7korea.or.kr/fhir/krcore"

OURS: Final = "https://naru.invalid"
"""Where names of ours stand until somebody publishes better ones; `.invalid` belongs to nobody."""


class Profile(StrEnum):
    """KR Core's profiles that we write, by the last part of their address."""

    PATIENT = "krcore-patient"
    HEALTHCARE_ORGANIZATION = "krcore-healthcare-organization"
    PRACTITIONER = "krcore-practitioner"
    PRACTITIONER_ROLE = "krcore-practitioner-role"
    MEDICAL_DOCTOR = "krcore-medical-doctor"
    MEDICAL_DOCTOR_ROLE = "krcore-medical-doctor-role"
    ENCOUNTER = "krcore-encounter"
    CHIEF_COMPLAINT = "krcore-condition-chief-complaint"
    DIAGNOSIS = "krcore-condition-encounter-diagnosis"
    MEDICATION_REQUEST = "krcore-medicationrequest"
    PROCEDURE = "krcore-procedure"
    ALLERGY = "krcore-allergyintolerance"
    IMMUNIZATION = "krcore-immunization"
    LABORATORY_RESULT = "krcore-observation-laboratory-result"
    FUNCTION_TEST = "krcore-observation-function-test"
    LABORATORY_REPORT = "krcore-diagnosticreport-laboratory-results"
    PATHOLOGY_REPORT = "krcore-diagnosticreport-pathology-results"
    FUNCTION_REPORT = "krcore-diagnosticreport-function-tests"
    IMAGING_REPORT = "krcore-diagnosticreport-diagnostic-imaging"
    IMAGING_STUDY = "krcore-imagingstudy"
    BLOOD_PRESSURE = "krcore-bloodpressure"
    BODY_HEIGHT = "krcore-bodyheight"
    BODY_WEIGHT = "krcore-bodyweight"
    BODY_TEMPERATURE = "krcore-bodytemperature"
    HEART_RATE = "krcore-heartrate"
    RESPIRATORY_RATE = "krcore-respiratoryrate"
    PULSE_OXIMETRY = "krcore-pulseoximetry"

    @property
    def url(self) -> str:
        """The canonical address."""
        return f"{CANONICAL}/StructureDefinition/{self.value}"


class Extension(StrEnum):
    """KR Core's extensions, by the last part of their address."""

    INSURANCE_TYPES = "krcore-insuranceTypes"
    MEDICATION_INGREDIENT = "krcore-medicationIngredient"
    ROAD_NAME_ADDRESS = "krcore-roadNameAddress"
    TEST_REQUEST_DATE_TIME = "krcore-testRequestDateTime"

    @property
    def url(self) -> str:
        """The canonical address."""
        return f"{CANONICAL}/StructureDefinition/{self.value}"


INSTITUTION_NUMBER: Final = "http://www.hl7korea.or.kr/Identifier/hira-krnpi"
"""요양기관기호; KR Core says its value is the institution's OID, others send the eight digits."""
