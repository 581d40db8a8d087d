"""What a patient, a court, an officer or a clinician arranged about a record, until when.

Beside the general consent and its exclusions these are all that a decision knows of a patient
(design, section 7). Each has an id, the same for all who were merged into a person, and is judged
by the question's time.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from naru.domain.consent_paper import NEEDED, Box
from naru.domain.decision import EVERYTHING, Item, Scope
from naru.domain.korea import korean_day


class Relationship(StrEnum):
    """As what somebody speaks for a patient."""

    LEGAL_REPRESENTATIVE = "legal-representative"  # 법정대리인 of a child.
    PARENT = "parent"  # By the minor's own mandate.
    MANDATARY = "mandatary"  # By an adult's mandate (위임).
    COURT_GUARDIAN = "court-guardian"  # 후견인, appointed by a court.


class EmergencyCase(StrEnum):
    """The three cases in which the law asks for no consent (의료법 제21조의2제1항)."""

    UNCONSCIOUS = "unconscious"
    EMERGENCY_PATIENT = "emergency-patient"
    NOBODY_TO_ASK = "nobody-to-ask"


class RelationKind(StrEnum):
    """From what it is known that an institution treats a patient."""

    RECEPTION = "reception"
    ADMISSION = "admission"
    BOOKING = "booking"
    REFERRAL = "referral"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """That an institution treats a patient. `reference` is the visit's or referral's own name."""

    institution: UUID
    kind: RelationKind
    since: datetime
    until: datetime
    reference: str = ""

    def stands(self, time: datetime) -> bool:
        """Whether it does at that moment."""
        return self.since <= time <= self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What a record of a visit says of treatment; `kind` is None for one that does not count.

    `name` is what the institution itself calls the visit; empty where it says none. `appointment`
    is the one that it keeps, by its id here.
    """

    kind: RelationKind | None
    since: datetime | None = None
    until: datetime | None = None
    name: str = ""
    appointment: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate:
    """That somebody speaks for the patient from `first` to `last`, both included; None: no end.

    `representative` is an account's or a person's surrogate id. Whoever `sees_only` says nothing
    in the patient's name.
    """

    id: UUID
    representative: UUID
    relationship: Relationship
    first: date
    last: date | None = None
    scope: Scope = EVERYTHING
    sees_only: bool = False

    def stands(self, time: datetime) -> bool:
        """Whether it does at that moment."""
        day = korean_day(time)
        return self.first <= day and (self.last is None or day <= self.last)

    @property
    def says(self) -> bool:
        """Whether it lets somebody say anything for the patient: only of the whole record."""
        return not self.sees_only and self.scope.whole

    def over(self, time: datetime) -> bool:
        """Whether it will not stand again."""
        return self.last is not None and self.last < korean_day(time)


@dataclass(frozen=True, slots=True, kw_only=True)
class Until:
    """What stands from `since` up to the moment `until`."""

    id: UUID
    since: datetime
    until: datetime

    def stands(self, time: datetime) -> bool:
        """Whether it does at that moment."""
        return self.since <= time < self.until

    def over(self, time: datetime) -> bool:
        """Whether it will not stand again."""
        return self.until <= time


@dataclass(frozen=True, slots=True, kw_only=True)
class Emergency(Until):
    """That a clinician of an institution opened the record of a patient who cannot be asked."""

    institution: UUID
    person: UUID
    case: EmergencyCase
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Release(Until):
    """That a privacy officer released part of a record on a statutory demand.

    `secret`: the law forbids that the patient is told before the day `told_on`; None is no day.
    """

    case: UUID
    clause: str
    recipient: UUID
    scope: Scope
    secret: bool = False
    told_on: date | None = None

    def is_untold(self, day: date) -> bool:
        """Whether it is still kept from the patient on that day in Korea."""
        return self.secret and (self.told_on is None or day < self.told_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What is demanded by statute: `clause` of the law, number of the official `letter`, what.

    `secret`: the law forbids that the patient is told.
    """

    clause: str
    letter: str
    recipient: UUID
    scope: Scope
    secret: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery(Until):
    """That the patient has chosen documents delivered to one recipient, each to be opened once."""

    recipient: UUID
    documents: frozenset[str]
    purpose: str = ""
    opened: frozenset[str] = frozenset()

    @property
    def unopened(self) -> frozenset[str]:
        """What the recipient may still open, and the patient still recall."""
        return self.documents - self.opened


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending(Until):
    """What the patient or guardian ticked, and was warned of, for sendings to one recipient.

    `documents`: those alone; empty for all. `older`: also what dates from before the general
    consent. `despite_exclusions`: they were warned that it goes over what they had kept out.
    """

    sender: UUID
    recipient: UUID
    documents: frozenset[str] = frozenset()
    older: bool = False
    despite_exclusions: bool = False

    def covers(self, item: Item, recipient: UUID | None) -> bool:
        """Whether it is about the item's sending to that recipient."""
        return (
            self.sender == item.institution
            and self.recipient == recipient
            and (not self.documents or item.document in self.documents)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SameDisease(Until):
    """That an institution asked for genetic items to treat the same disease, with safeguards.

    생명윤리 및 안전에 관한 법률 제46조제3항. `disease` is its code.
    """

    institution: UUID
    disease: str
    scope: Scope = EVERYTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeConsent(Until):
    """The patient's consent to one programme of research, statistics or evaluation."""

    programme: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangements:
    """All that stands for one patient beside the general consent and its exclusions.

    `boxes` are those ticked on the general consent. `shows_sensitive`: what policy hides by default
    is to be shown.
    """

    mandates: tuple[Mandate, ...] = ()
    emergencies: tuple[Emergency, ...] = ()
    releases: tuple[Release, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    sendings: tuple[Sending, ...] = ()
    same_disease: tuple[SameDisease, ...] = ()
    programmes: tuple[ProgrammeConsent, ...] = ()
    abuse_flag: bool = False
    never_in_emergency: bool = False
    shows_sensitive: bool = False
    death: date | None = None
    boxes: frozenset[Box] = NEEDED
    ended: datetime | None = None
    """When the general consent last ended, by a withdrawal or its last day; also if it was given
    again since: that revives no sending of before."""

    def pruned(self, time: datetime) -> "Arrangements":
        """Without what will not stand again."""
        return self._keeping(lambda one: not one.over(time))

    def without(self, begun: UUID) -> "Arrangements":
        """Without what that act began."""
        return self._keeping(lambda one: one.id != begun)

    def other_programmes(self, code: str) -> tuple[ProgrammeConsent, ...]:
        """The consents to every programme but that one."""
        return tuple(one for one in self.programmes if one.programme != code)

    def _keeping(self, keep: Callable[[Mandate | Until], bool]) -> "Arrangements":
        return replace(
            self,
            mandates=tuple(filter(keep, self.mandates)),
            emergencies=tuple(filter(keep, self.emergencies)),
            releases=tuple(filter(keep, self.releases)),
            deliveries=tuple(filter(keep, self.deliveries)),
            sendings=tuple(filter(keep, self.sendings)),
            same_disease=tuple(filter(keep, self.same_disease)),
            programmes=tuple(filter(keep, self.programmes)),
        )


NO_ARRANGEMENTS: Final = Arrangements()
