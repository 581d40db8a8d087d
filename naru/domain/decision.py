"""The consent decision: what is asked and what is answered (design, section 7).

The signature is whole from the first day, so that every door asks the same question; rules that
are not built yet fall through to the ones below them.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from naru.domain.caller import PurposeOfUse, Role


class Path(StrEnum):
    """By which way an item is asked for."""

    OWN_CHART = "own chart"
    QUERY = "query"
    ADDRESSED_SENDING = "addressed sending"
    PATIENT_DIRECTED = "patient-directed delivery"
    EMERGENCY = "emergency"
    STATUTORY_DEMAND = "statutory demand"
    PROGRAMME = "programme"


class Act(StrEnum):
    """Whether an item is being entered into the exchange or read from it."""

    REGISTER = "register"
    READ = "read"


class Reason(StrEnum):
    """Why; told to the patient and the privacy officer, never to a requester who was denied."""

    REQUESTER_NOT_ADMITTED = "requester-not-admitted"
    THE_PATIENT = "the-patient"
    OWN_CHART = "own-chart"
    GENETIC = "genetic"
    NOT_AS_QUERY = "statutory-demand-is-never-a-query"
    PATIENT_DIRECTED = "patient-directed"
    EMERGENCY = "emergency"
    ADDRESSED_TO_REQUESTER = "addressed-to-requester"
    SENDER_ASSERTS_CONSENT = "sender-asserts-consent-to-this-sending"
    NO_CONSENT = "no-consent"
    NO_TREATMENT_RELATION = "no-treatment-relation"
    BEFORE_CONSENT = "before-consent"
    EXCLUDED = "excluded"
    CONSENT_DOCUMENT = "consent-document"
    OPEN_SANDBOX = "open-sandbox"
    TREATMENT = "treatment"
    NOTHING_PERMITS = "nothing-permits"


CONSTANT_SENTENCE: Final = (
    "some records may not be shown: only records after consent are exchanged, "
    "and a patient may exclude any"
)
"""All that a requester is ever told about what is not shown (design, section 7)."""

NOT_TAKEN: Final = f"not taken; {CONSTANT_SENTENCE}"
"""The same, told to whoever sends: no more of why, but that nothing was kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Requester:
    """Who asks, as far as the decision needs it. Nobody treats whom nobody said to be treating."""

    role: Role
    institution: UUID | None = None
    person: UUID | None = None
    patient: UUID | None = None
    admitted: bool = True
    treating: bool = False
    encounter: str | None = None
    referral: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What is asked for. `event_date` is the day of care, test or image, in Korea's calendar."""

    institution: UUID | None
    event_date: date | None
    department: str | None = None
    kind: str = ""
    confidentiality: tuple[str, ...] = ()
    document: str | None = None
    recipients: tuple[UUID, ...] = ()
    registered: datetime | None = None
    consent_document: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question to the decision; asked per item, at registration and at every read."""

    requester: Requester
    patient: UUID
    item: Item
    act: Act
    path: Path
    purpose: PurposeOfUse
    time: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """Permit or deny, by which rule of design section 7, why, and on what legal basis."""

    permitted: bool
    rule: int
    reason: Reason
    basis: str = ""
