"""진료의뢰·회송·응급전원: a referral as its acts tell it.

A referral is never changed, only added to: `referral_course` says what stands after its acts, and
`referral_rules` who may add what in which state.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from naru.domain.referral_states import CLOSED, UNANSWERED, State


class Kind(StrEnum):
    """Which paper begins it: 의뢰, 회송 or 응급전원."""

    REFERRAL = "referral"
    RETURN = "return"
    EMERGENCY_TRANSFER = "emergency-transfer"


class AskedBy(StrEnum):
    """Who wished for it; billing asks for this."""

    PATIENT = "patient"
    CLINICIAN = "clinician"


class Basis(StrEnum):
    """On what the sender sends: the patient's consent to this sending, or what stands for it."""

    CONSENT = "consent"
    REPRESENTATIVE = "representative"
    EMERGENCY = "emergency"  # 의료법 제21조의2제1항 단서: who cannot be asked.


class ActKind(StrEnum):
    """What happened."""

    SENT = "sent"
    RECEIVED = "received"
    ASKED = "asked"
    ANSWERED = "answered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    FORWARDED = "forwarded"
    BOOKED = "booked"
    CANCELLED = "cancelled"
    ARRIVED = "arrived"
    NO_SHOW = "no-show"
    REPLIED = "replied"
    RETURNED = "returned"
    EXPIRED = "expired"
    OPENED = "opened"  # By its code, outside the exchange.
    HELD = "held"  # A letter, where the consent ended before it was opened.
    CALLED_BACK = "called-back"  # By the patient: its paper opens no more.


_WROTE: Final = frozenset({ActKind.SENT, ActKind.FORWARDED})
"""The acts that a paper of the referral itself carries."""

ENDS_SENDING: Final = frozenset(
    {
        ActKind.DECLINED,
        ActKind.FORWARDED,
        ActKind.CANCELLED,
        ActKind.EXPIRED,
        ActKind.CALLED_BACK,
    }
)
"""After these whoever had it is no more one to whom it was sent."""


class Party(StrEnum):
    """What somebody is to a referral."""

    SENDER = "sender"
    RECEIVER = "receiver"
    EXCHANGE = "exchange"  # No person: the clock, or the end of a consent.
    PATIENT = "patient"  # Themself, or whoever speaks for them.
    BEARER = "bearer"  # Whoever holds the letter with the code.


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One thing that happened. `institution` did it; None for the exchange, patient and bearer.

    `reason` is a code of the reasons' data, `words` what somebody wrote. `receiver` and `document`
    are those of a forwarding; a reply has the `document`, a return names its own `referral`.
    """

    id: UUID
    kind: ActKind
    time: datetime
    institution: UUID | None = None
    person: UUID | None = None
    reason: str = ""
    words: str = ""
    receiver: UUID | None = None
    department: str = ""
    document: str = ""
    booking: UUID | None = None
    referral: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """How it began. `receiver` is None outside the exchange, where `outside` names who is meant.

    `number` is for people and says nothing of one; `about` is the referral that a return answers.
    `document` is the uniqueId of the paper.
    """

    id: UUID
    number: str
    kind: Kind
    patient: UUID
    sender: UUID
    receiver: UUID | None
    department: str
    document: str
    asked_by: AskedBy
    time: datetime
    until: datetime
    basis: Basis = Basis.CONSENT
    person: UUID | None = None
    about: UUID | None = None
    booking: UUID | None = None
    outside: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """What stands. `replies` are uniqueIds, `returns` referrals; `question` waits for an answer."""

    sent: Sent
    state: State
    receiver: UUID | None
    department: str
    document: str
    booking: UUID | None = None
    question: str = ""
    replies: tuple[str, ...] = ()
    returns: tuple[UUID, ...] = ()
    acts: tuple[Act, ...] = ()

    @property
    def id(self) -> UUID:
        """Its own."""
        return self.sent.id

    @property
    def number(self) -> str:
        """By which people speak of it."""
        return self.sent.number

    @property
    def kind(self) -> Kind:
        """Which paper began it."""
        return self.sent.kind

    @property
    def patient(self) -> UUID:
        """Of whom it is."""
        return self.sent.patient

    @property
    def sender(self) -> UUID:
        """Who sent it first."""
        return self.sent.sender

    @property
    def until(self) -> datetime:
        """When it expires unless somebody takes it on."""
        return self.sent.until

    @property
    def about(self) -> UUID | None:
        """The referral that a return answers."""
        return self.sent.about

    @property
    def asked_by(self) -> AskedBy:
        """Who wished for it."""
        return self.sent.asked_by

    @property
    def time(self) -> datetime:
        """When it was sent."""
        return self.sent.time

    @property
    def passed_through(self) -> frozenset[UUID]:
        """Who had it and gave it on."""
        return frozenset(
            act.institution
            for act in self.acts
            if act.kind is ActKind.FORWARDED and act.institution
        )

    @property
    def from_whom(self) -> UUID:
        """Whose paper the present one is: the first sender's, or of who gave it on last."""
        given = [one.institution for one in self.acts if one.kind is ActKind.FORWARDED]
        return (given[-1] if given else None) or self.sender

    def paper_of(self, institution: UUID | None) -> tuple[str, UUID]:
        """The paper that an institution reads here, by its uniqueId, and who wrote it.

        Who sent it or gave it on reads what it wrote itself; anybody else the present one.
        """
        own = {one.institution: one.document for one in self.acts if one.kind in _WROTE}
        if institution in own:
            assert institution is not None
            return own[institution], institution
        return self.document, self.from_whom

    @property
    def called_back(self) -> bool:
        """Whether the patient called its paper back."""
        return any(act.kind is ActKind.CALLED_BACK for act in self.acts)

    def is_closed_to(self, institution: UUID | None) -> bool:
        """Whether its paper is closed to the institution to which it was sent."""
        return institution == self.receiver and (self.state in CLOSED or self.called_back)

    def is_over(self, now: datetime) -> bool:
        """Whether its time ran out before anybody took it on."""
        return self.state in UNANSWERED and self.until <= now

    def parties(self, institution: UUID | None) -> frozenset[Party]:
        """What an institution is to it now; nothing, once it has given it on."""
        found = set[Party]()
        if institution is not None and institution == self.sender:
            found.add(Party.SENDER)
        if institution is not None and institution == self.receiver:
            found.add(Party.RECEIVER)
        return frozenset(found)
