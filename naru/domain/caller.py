"""Who asks: built in one place from certificate, token or session, and handed down whole."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from naru.domain.codes import Code


class Role(StrEnum):
    """What a person or system is to the exchange; what each may do stands in `roles.json`."""

    PATIENT = "patient"
    REPRESENTATIVE = "representative"
    CLINICIAN = "clinician"  # Whose profession the assertion does not say.
    DOCTOR = "doctor"
    DENTIST = "dentist"
    KOREAN_MEDICINE_DOCTOR = "korean-medicine-doctor"
    RADIOLOGIST = "radiologist"
    NURSE = "nurse"
    EMERGENCY_NURSE = "emergency-nurse"
    PARAMEDIC = "paramedic"
    RADIOGRAPHER = "radiographer"
    REFERRAL_COORDINATOR = "referral-coordinator"
    RECEPTION = "reception"
    HEALTH_INFORMATION_MANAGER = "health-information-manager"
    DIRECTOR = "director"
    PRIVACY_OFFICER = "privacy-officer"
    PHARMACIST = "pharmacist"
    INSURER_CLERK = "insurer-clerk"
    AGENCY_CLERK = "agency-clerk"
    HIRA_DESK = "hira-desk"
    AUDITOR = "auditor"
    HUB_ADMIN = "hub-admin"
    OPERATOR = "operator"
    STEWARD = "steward"
    SECURITY_ANALYST = "security-analyst"
    CALL_CENTRE_AGENT = "call-centre-agent"
    RESEARCHER = "researcher"
    VENDOR = "vendor"
    SYSTEM = "system"

    @classmethod
    def _missing_(cls, value: object) -> "Role | None":
        # Records of before the role table call an agency's clerk by this name.
        return cls.AGENCY_CLERK if value == "agency" else None


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
    ASSERTION = "assertion"  # The certificate, and an assertion of who speaks (ITI-40).
    TOKEN = "token"  # noqa: S105  # A word, not a secret.
    SESSION = "session"


class XuaRule(StrEnum):
    """Whether requests bring an assertion of their user (ITI TF-2 3.40.4.1.1).

    At the FHIR door it is a token that was given for one.
    """

    REQUIRED = "required"
    ACCEPTED = "accepted"  # Whoever brings none speaks as the institution's system.
    IGNORED = "ignored"  # Only in a sandbox, which takes recorded messages.


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person as whoever vouches for them names them; kept sealed, since it names a person.

    `name` is `alias<user@issuer>` (ITI TF-2 3.40.4.2), `text` the plain name. The codes are those
    that were sent, before they were read as our role and purpose.
    """

    name: str
    text: str = ""
    roles: tuple[Code, ...] = ()
    purposes: tuple[Code, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """{person, role, institution, purpose, assurance} of one request (design, section 11).

    `institution` is the directory's surrogate id; `None` for a citizen. `person` is an account's
    or patient's surrogate id; `None` where an institution's system speaks for itself.
    `address` is the network peer and `user` the person by name, both for audit only.
    `programme` is the approved one that a purpose of use names; it opens what that one may read.
    `known_as` are the own patient keys of somebody who speaks for another.
    `about` is the one patient whom an assertion or token speaks of; it opens nobody else's records.
    """

    role: Role
    purpose: PurposeOfUse
    assurance: Assurance
    institution: UUID | None = None
    person: UUID | None = None
    patient: UUID | None = None
    about: UUID | None = None
    user: User | None = None
    address: str = ""
    programme: str = ""
    known_as: tuple[UUID, ...] = ()
