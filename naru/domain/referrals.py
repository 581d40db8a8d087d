"""진료의뢰·회송·응급전원: a referral as its acts tell it, and who may do what in which state.

A referral is never changed, only added to: `fold` says what stands after its acts, and `RULES` is
the one table of who may add what. States are those of FHIR's Task (`Task.status`), with a few of
our own where it has one word for two things (`Task.businessStatus`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Final
from uuid import UUID


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


class State(StrEnum):
    """Where it stands: a `Task.status`, or one of our own business states."""

    REQUESTED = "requested"
    RECEIVED = "received"
    ASKED = "asked"  # The receiver asked, and waits for the sender.
    FORWARDED = "forwarded"  # Another institution has it now and has not opened it.
    ACCEPTED = "accepted"
    IN_PROGRESS = "in-progress"  # The patient came.
    COMPLETED = "completed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    NO_SHOW = "no-show"

    @property
    def task(self) -> str:
        """The `Task.status` of FHIR (R4 value set task-status)."""
        return _TASK.get(self, self.value)


_TASK: Final = {
    State.ASKED: "received",
    State.FORWARDED: "requested",
    State.EXPIRED: "cancelled",
    State.NO_SHOW: "failed",
}

_CLOSED: Final = frozenset({State.REJECTED, State.CANCELLED, State.EXPIRED})
"""Whoever had it has nothing more to do with it."""

UNANSWERED: Final = frozenset({State.REQUESTED, State.RECEIVED, State.ASKED, State.FORWARDED})
"""Nobody took it on yet: it expires."""

TAKEN_ON: Final = frozenset({State.ACCEPTED, State.IN_PROGRESS})

OPEN: Final = UNANSWERED | TAKEN_ON
"""Somebody still has to do something."""


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


_WROTE: Final = frozenset({ActKind.SENT, ActKind.FORWARDED})
"""The acts that a paper of the referral itself carries."""

ENDS_SENDING: Final = frozenset(
    {ActKind.DECLINED, ActKind.FORWARDED, ActKind.CANCELLED, ActKind.EXPIRED}
)
"""After these whoever had it is no more one to whom it was sent."""


class Party(StrEnum):
    """What somebody is to a referral."""

    SENDER = "sender"
    RECEIVER = "receiver"
    EXCHANGE = "exchange"  # No person: the clock.
    BEARER = "bearer"  # Whoever holds the letter with the code.


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One thing that happened. `institution` did it; None for the exchange and a letter's bearer.

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

    def is_closed_to(self, institution: UUID | None) -> bool:
        """Whether it is over for the institution to which it was sent, and its paper with it."""
        return institution == self.receiver and self.state in _CLOSED

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row of the table; `to` is None where the state stays, `needs` what the act must say."""

    act: ActKind
    by: frozenset[Party]
    on: frozenset[State]
    to: State | None
    needs: tuple[str, ...] = ()


def _rule(
    act: ActKind,
    by: Party | frozenset[Party],
    on: Iterable[State],
    to: State | None,
    *needs: str,
) -> Rule:
    parties = by if isinstance(by, frozenset) else frozenset({by})
    return Rule(act=act, by=parties, on=frozenset(on), to=to, needs=needs)


_SENDER, _RECEIVER = Party.SENDER, Party.RECEIVER
_BOTH: Final = frozenset({_SENDER, _RECEIVER})
_UNOPENED: Final = (State.REQUESTED, State.FORWARDED)
_OPENED: Final = (State.RECEIVED,)
_TAKEN: Final = (State.ACCEPTED, State.IN_PROGRESS)

RULES: Final = (
    # Act                  who           in which state                to                 needs
    _rule(ActKind.RECEIVED, _RECEIVER, _UNOPENED, State.RECEIVED),
    _rule(ActKind.ASKED, _RECEIVER, _OPENED, State.ASKED, "words"),
    _rule(ActKind.ANSWERED, _SENDER, (State.ASKED,), State.RECEIVED, "words"),
    _rule(ActKind.ACCEPTED, _RECEIVER, UNANSWERED, State.ACCEPTED),
    _rule(ActKind.DECLINED, _RECEIVER, UNANSWERED, State.REJECTED, "reason"),
    _rule(ActKind.FORWARDED, _RECEIVER, UNANSWERED, State.FORWARDED, "receiver", "document"),
    _rule(ActKind.BOOKED, _BOTH, OPEN - {State.IN_PROGRESS}, None, "booking"),
    _rule(ActKind.CANCELLED, _SENDER, UNANSWERED | {State.ACCEPTED}, State.CANCELLED, "reason"),
    _rule(ActKind.ARRIVED, _RECEIVER, (State.ACCEPTED,), State.IN_PROGRESS),
    _rule(ActKind.NO_SHOW, _RECEIVER, (State.ACCEPTED,), State.NO_SHOW),
    _rule(ActKind.REPLIED, _RECEIVER, (*_TAKEN, State.COMPLETED), State.COMPLETED, "document"),
    _rule(ActKind.RETURNED, _RECEIVER, (*_TAKEN, State.COMPLETED), State.COMPLETED, "referral"),
    _rule(ActKind.EXPIRED, Party.EXCHANGE, UNANSWERED, State.EXPIRED),
    _rule(ActKind.OPENED, Party.BEARER, (State.REQUESTED,), State.COMPLETED),
)
"""Who may add which act in which state: what stands in no row is forbidden."""


class NotAllowed(ValueError):
    """The act may not follow: it is not this institution's to do, or not in this state."""


class Incomplete(NotAllowed):
    """The act lacks what it has to say."""


@cache
def rule_of(kind: ActKind) -> Rule:
    """The one row of an act. Raises KeyError for what begins a referral."""
    try:
        return next(one for one in RULES if one.act is kind)
    except StopIteration:
        raise KeyError(kind) from None


def begun(sent: Sent) -> Referral:
    """The referral as it was sent. Raises NotAllowed for one to oneself, or over before it began.

    A return answers a referral or stands for itself; nothing else answers one.
    """
    if sent.receiver == sent.sender:
        raise NotAllowed("nobody refers to themself")
    if sent.until <= sent.time:
        raise NotAllowed("it would be over before it began")
    if sent.about is not None and sent.kind is not Kind.RETURN:
        raise NotAllowed("only a return answers a referral")
    if (sent.receiver is None) != bool(sent.outside):
        raise NotAllowed("either a receiver within the exchange or one outside is meant")
    if not sent.document:
        raise Incomplete("a referral has a document")
    first = Act(
        id=sent.id,
        kind=ActKind.SENT,
        time=sent.time,
        institution=sent.sender,
        person=sent.person,
        receiver=sent.receiver,
        department=sent.department,
        document=sent.document,
        booking=sent.booking,
    )
    return Referral(
        sent=sent,
        state=State.REQUESTED,
        receiver=sent.receiver,
        department=sent.department,
        document=sent.document,
        booking=sent.booking,
        acts=(first,),
    )


def fold(sent: Sent, acts: Iterable[Act]) -> Referral:
    """What stands after these acts. Raises NotAllowed where one of them never may have been."""
    referral = begun(sent)
    for act in acts:
        referral = after(referral, act)
    return referral


def after(referral: Referral, act: Act) -> Referral:
    """What stands after one more act. Raises NotAllowed, Incomplete."""
    require(referral, act)
    rule = rule_of(act.kind)
    changed = replace(referral, state=rule.to or referral.state, acts=(*referral.acts, act))
    match act.kind:
        case ActKind.ASKED:
            return replace(changed, question=act.words)
        case ActKind.FORWARDED:
            return replace(
                changed,
                receiver=act.receiver,
                department=act.department,
                document=act.document,
                booking=act.booking,
                question="",
            )
        case ActKind.BOOKED:
            return replace(changed, booking=act.booking)
        case ActKind.REPLIED:
            return replace(changed, replies=(*changed.replies, act.document))
        case ActKind.RETURNED if act.referral is not None:
            return replace(changed, returns=(*changed.returns, act.referral))
        case _:
            return replace(changed, question="")


def require(referral: Referral, act: Act) -> None:
    """Returns where the act may follow. Raises NotAllowed, Incomplete."""
    if act.kind is ActKind.SENT:
        raise NotAllowed("it was sent before")
    if not may(referral, act.kind, act.institution, act.time):
        raise NotAllowed("it is not theirs to do, or not now")
    if any(not getattr(act, need) for need in rule_of(act.kind).needs):
        raise Incomplete("the act lacks what it has to say")
    if act.time < referral.acts[-1].time:
        raise NotAllowed("what happens later comes later")
    if act.kind is ActKind.FORWARDED and act.receiver in _had_it(referral):
        raise NotAllowed("who has it, had it or sent it is not given it again")


def may(referral: Referral, kind: ActKind, institution: UUID | None, now: datetime) -> bool:
    """Whether the institution may do this now; None stands for the clock and a letter's bearer."""
    if kind is ActKind.SENT:
        return False
    rule = rule_of(kind)
    if referral.state not in rule.on or not (rule.by & _asking(referral, institution)):
        return False
    # Once its time is over nothing follows but that, said or not.
    return referral.is_over(now) == (kind is ActKind.EXPIRED)


def allowed(referral: Referral, institution: UUID | None, now: datetime) -> tuple[ActKind, ...]:
    """All that the institution may do now, in the table's order."""
    return tuple(one.act for one in RULES if may(referral, one.act, institution, now))


def _asking(referral: Referral, institution: UUID | None) -> frozenset[Party]:
    if institution is not None:
        return referral.parties(institution)
    bearer = {Party.BEARER} if referral.receiver is None else set[Party]()
    return frozenset({Party.EXCHANGE} | bearer)


def _had_it(referral: Referral) -> frozenset[UUID | None]:
    return referral.passed_through | {referral.sender, referral.receiver}
