"""표준연계모듈: a hospital's programs exchange records through it, outward only.

from naru.link import Link, Patient, Referral
link = Link.from_file("link.toml")
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from naru.domain.arrangements import EmergencyCase
    from naru.domain.clinical import (
        Allergy,
        AllergyKind,
        Answered,
        Appointment,
        CareInstitution,
        Coding,
        Content,
        Department,
        Diagnosis,
        Draft,
        Drinking,
        Encounter,
        EncounterKind,
        Immunization,
        Infection,
        Interpretation,
        Medication,
        Patient,
        PatientState,
        Practitioner,
        Procedure,
        Reading,
        Referral,
        ReferralReason,
        ReturnReason,
        Smoking,
        SmokingStatus,
        TestKind,
        TestResult,
        Transfer,
        VitalSigns,
    )
    from naru.domain.consent_paper import Box
    from naru.domain.person import Gender
    from naru.domain.visit_reasons import VisitReason
    from naru.link.clinic_launch import ClinicLaunch
    from naru.link.emergency_access import EmergencyAccess
    from naru.link.errors import LinkError, NodeRefused, NodeUnreachable, PatientUnknown
    from naru.link.iti43_retrieve import RetrievedDocument
    from naru.link.link import Link, Receipt
    from naru.link.terms import Terms
    from naru.link.user import User

__all__ = [
    "Allergy",
    "AllergyKind",
    "Answered",
    "Appointment",
    "Box",
    "CareInstitution",
    "ClinicLaunch",
    "Coding",
    "Content",
    "Department",
    "Diagnosis",
    "Draft",
    "Drinking",
    "EmergencyAccess",
    "EmergencyCase",
    "Encounter",
    "EncounterKind",
    "Gender",
    "Immunization",
    "Infection",
    "Interpretation",
    "Link",
    "LinkError",
    "Medication",
    "NodeRefused",
    "NodeUnreachable",
    "Patient",
    "PatientState",
    "PatientUnknown",
    "Practitioner",
    "Procedure",
    "Reading",
    "Receipt",
    "Referral",
    "ReferralReason",
    "RetrievedDocument",
    "ReturnReason",
    "Smoking",
    "SmokingStatus",
    "Terms",
    "TestKind",
    "TestResult",
    "Transfer",
    "User",
    "VisitReason",
    "VitalSigns",
]

_PLACES = (
    "naru.domain.arrangements",
    "naru.domain.clinical",
    "naru.domain.consent_paper",
    "naru.domain.person",
    "naru.domain.visit_reasons",
    "naru.link.clinic_launch",
    "naru.link.emergency_access",
    "naru.link.errors",
    "naru.link.iti43_retrieve",
    "naru.link.link",
    "naru.link.terms",
    "naru.link.user",
)


def __getattr__(name: str) -> object:
    """Each name is loaded when it is asked for: the node's own commands do without any of them."""
    if name in __all__:
        for place in _PLACES:
            module = import_module(place)
            if hasattr(module, name):
                return getattr(module, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
