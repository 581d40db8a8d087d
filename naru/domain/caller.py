"""Who asks: built in one place from certificate, token or session, and handed down whole."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What a person or system is to the exchange."""

    PATIENT = "patient"
    REPRESENTATIVE = "representative"
    CLINICIAN = "clinician"
    RECEPTION = "reception"
    PRIVACY_OFFICER = "privacy-officer"
    AGENCY = "agency"
    OPERATOR = "operator"
    SYSTEM = "system"


class PurposeOfUse(StrEnum):
    """HL7 v3 PurposeOfUse (2.16.840.1.113883.5.8)."""

    TREATMENT = "TREAT"
    EMERGENCY_TREATMENT = "ETREAT"
    PATIENT_REQUEST = "PATRQT"
    OPERATIONS = "HOPERAT"
    PAYMENT = "HPAYMT"
    PUBLIC_HEALTH = "PUBHLTH"
    RESEARCH = "HRESCH"


class Assurance(StrEnum):
    """How the caller was identified."""

    NONE = "none"  # Only a loopback sandbox admits such a caller.
    CERTIFICATE = "certificate"
    TOKEN = "token"  # noqa: S105  # A word, not a secret.
    SESSION = "session"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """{person, role, institution, purpose, assurance} of one request (design, section 11).

    `institution` is the directory's surrogate id; `None` for a citizen. `person` is an account's
    or patient's surrogate id; `None` where an institution's system speaks for itself.
    `address` is the network peer, for audit only.
    """

    role: Role
    purpose: PurposeOfUse
    assurance: Assurance
    institution: UUID | None = None
    person: UUID | None = None
    patient: UUID | None = None
    address: str = ""
