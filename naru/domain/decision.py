"""The consent decision: what is asked and what is answered (design, section 7)."""

from collections.abc import Set as AbstractSet
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
    """Why; told to the patient and the privacy officer, never to a requester who was denied.

    They stand in the order of the rules of design section 7, whose numbers are beside them.
    """

    REQUESTER_NOT_ADMITTED = "requester-not-admitted"  # 1
    UNAUTHENTICATED = "unauthenticated"  # 1
    SUSPENDED = "suspended"  # 1
    NOT_A_PARTICIPANT = "not-a-current-participant"  # 1
    WRONG_ROLE = "wrong-role"  # 1
    NOT_AUDITABLE = "not-auditable"  # 1
    THE_PATIENT = "the-patient"  # 2
    REPRESENTATIVE = "representative"  # 2
    UNDER_AGE = "represented-by-a-legal-representative"  # 2
    NO_MANDATE = "no-mandate"  # 2
    ABUSE_FLAG = "representatives-suspended"  # 2
    DECEASED = "deceased"  # 2
    OWN_CHART = "own-chart"  # 3
    CONSENT_DOCUMENT = "consent-document"  # 3 and 12
    GENETIC = "genetic"  # 4
    STATUTORY_RELEASE = "statutory-release"  # 5
    NOT_AS_QUERY = "statutory-demand-is-never-a-query"  # 5
    PATIENT_DIRECTED = "patient-directed"  # 6
    NOT_DIRECTED = "not-directed-to-requester"  # 6
    EMERGENCY = "emergency"  # 7
    ADDRESSED_TO_REQUESTER = "addressed-to-requester"  # 8
    SENDER_ASSERTS_CONSENT = "sender-asserts-consent-to-this-sending"  # 8
    NO_CONSENT = "no-consent"  # 9
    NO_TREATMENT_RELATION = "no-treatment-relation"  # 10
    BEFORE_CONSENT = "before-consent"  # 11
    EXCLUDED = "excluded"  # 12
    HIDDEN_BY_DEFAULT = "hidden-by-default"  # 12
    PROGRAMME = "programme"  # 13
    NO_PROGRAMME_CONSENT = "no-programme-consent"  # 13
    OPEN_SANDBOX = "open-sandbox"  # 14
    TREATMENT = "treatment"  # 14
    NOTHING_PERMITS = "nothing-permits"  # 14


class Admission(StrEnum):
    """Whether the exchange lets the requester ask at all; if not, why (rule 1)."""

    ADMITTED = "admitted"
    UNAUTHENTICATED = "unauthenticated"
    SUSPENDED = "suspended"
    NOT_A_PARTICIPANT = "not-a-current-participant"
    NOT_AUDITABLE = "not-auditable"
    OF_ANOTHER_PATIENT = "of-another-patient"  # What vouches for them speaks of somebody else.


CONSTANT_SENTENCE: Final = (
    "some records may not be shown: only records after consent are exchanged, "
    "and a patient may exclude any"
)
"""All that a requester is ever told about what is not shown (design, section 7)."""

NOT_TAKEN: Final = f"not taken; {CONSTANT_SENTENCE}"
"""The same, told to whoever sends: no more of why, but that nothing was kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Requester:
    """Who asks, as far as the decision needs it. `patient` is a citizen's own surrogate id.

    Of a representative `known_as` are their own patient keys, by which they may be named, too.
    """

    role: Role
    institution: UUID | None = None
    person: UUID | None = None
    patient: UUID | None = None
    known_as: tuple[UUID, ...] = ()
    admission: Admission = Admission.ADMITTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What is asked for. `event_date` is the day of care, test or image, in Korea's calendar.

    Codes are written `code^^scheme`. `recipients` are those to whom it was sent.
    """

    institution: UUID | None
    event_date: date | None
    department: str | None = None
    kind: str = ""
    confidentiality: tuple[str, ...] = ()
    document: str | None = None
    recipients: tuple[UUID, ...] = ()
    registered: datetime | None = None
    consent_document: bool = False

    def bears(self, codes: AbstractSet[str]) -> bool:
        """Whether its kind or one of its confidentiality codes is among these."""
        return self.kind in codes or not codes.isdisjoint(self.confidentiality)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which items; each empty field bounds nothing. Days are those of care, both included."""

    institutions: frozenset[UUID] = frozenset()
    departments: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    documents: frozenset[str] = frozenset()
    first: date | None = None
    last: date | None = None

    @property
    def whole(self) -> bool:
        """Whether nothing is out of it."""
        return self == EVERYTHING

    def covers(self, item: Item) -> bool:
        """Whether the item is in it; what bears no day is in no bounds of days."""
        day = item.event_date
        return (
            (not self.institutions or item.institution in self.institutions)
            and (not self.departments or item.department in self.departments)
            and (not self.kinds or item.kind in self.kinds)
            and (not self.documents or item.document in self.documents)
            and (self.first is None or (day is not None and self.first <= day))
            and (self.last is None or (day is not None and day <= self.last))
        )


EVERYTHING: Final = Scope()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question to the decision; asked per item, at registration and at every read.

    `programme` is the code of the programme that asks, on the path of programmes.
    """

    requester: Requester
    patient: UUID
    item: Item
    act: Act
    path: Path
    purpose: PurposeOfUse
    time: datetime
    programme: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """Permit or deny, by which rule of design section 7, why, and on what legal basis."""

    permitted: bool
    rule: int
    reason: Reason
    basis: str = ""
