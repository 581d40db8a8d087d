"""Who may add what to a referral in which state: one table, and the questions to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Final
from uuid import UUID

from naru.domain.referral_states import OPEN, TAKEN_ON, UNANSWERED, State
from naru.domain.referrals import Act, ActKind, Party, Referral


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
_BEGUN: Final = (State.IN_PROGRESS, State.COMPLETED, State.NO_SHOW, State.EXPIRED)

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
    _rule(ActKind.REPLIED, _RECEIVER, TAKEN_ON | {State.COMPLETED}, State.COMPLETED, "document"),
    _rule(ActKind.RETURNED, _RECEIVER, TAKEN_ON | {State.COMPLETED}, State.COMPLETED, "referral"),
    _rule(ActKind.EXPIRED, Party.EXCHANGE, UNANSWERED, State.EXPIRED),
    _rule(ActKind.OPENED, Party.BEARER, (State.REQUESTED, State.HELD), State.COMPLETED),
    _rule(ActKind.HELD, Party.EXCHANGE, (State.REQUESTED,), State.HELD),
    # Whom they did not go to yet, they do not go to any more; what was begun goes on.
    _rule(ActKind.CALLED_BACK, Party.PATIENT, UNANSWERED | {State.ACCEPTED}, State.CANCELLED),
    _rule(ActKind.CALLED_BACK, Party.PATIENT, _BEGUN, None),
)
"""Who may add which act in which state: what stands in no row is forbidden."""


class NotAllowed(ValueError):
    """The act may not follow: it is not this institution's to do, or not in this state."""


class Incomplete(NotAllowed):
    """The act lacks what it has to say."""


@cache
def rule_of(kind: ActKind, state: State) -> Rule | None:
    """The one row of an act in a state; None where it is forbidden to everybody."""
    return next((one for one in RULES if one.act is kind and state in one.on), None)


@cache
def by_whom(kind: ActKind) -> frozenset[Party]:
    """Whose act it is, in whatever state."""
    return frozenset(party for one in RULES if one.act is kind for party in one.by)


def require(referral: Referral, act: Act) -> Rule:
    """The row by which the act follows. Raises NotAllowed, Incomplete."""
    if act.kind is ActKind.SENT:
        raise NotAllowed("it was sent before")
    rule = rule_of(act.kind, referral.state)
    if rule is None or not may(referral, act.kind, act.institution, act.time):
        raise NotAllowed("it is not theirs to do, or not now")
    if any(not getattr(act, need) for need in rule.needs):
        raise Incomplete("the act lacks what it has to say")
    if act.time < referral.acts[-1].time:
        raise NotAllowed("what happens later comes later")
    if act.kind is ActKind.FORWARDED and act.receiver in _had_it(referral):
        raise NotAllowed("who has it, had it or sent it is not given it again")
    return rule


def may(referral: Referral, kind: ActKind, institution: UUID | None, now: datetime) -> bool:
    """Whether the institution may do this now; None stands for whoever is of none."""
    rule = rule_of(kind, referral.state)
    if rule is None or not (rule.by & _asking(referral, institution)):
        return False
    if kind is ActKind.HELD and referral.receiver is not None:
        return False  # Within the exchange the decision holds it.
    if kind is ActKind.CALLED_BACK and referral.called_back:
        return False
    # Once its time is over nothing follows but that, said or not.
    return referral.is_over(now) == (kind is ActKind.EXPIRED)


def allowed(referral: Referral, institution: UUID | None, now: datetime) -> tuple[ActKind, ...]:
    """All that the institution may do now, in the table's order."""
    acts = dict.fromkeys(one.act for one in RULES)
    return tuple(one for one in acts if may(referral, one, institution, now))


def _asking(referral: Referral, institution: UUID | None) -> frozenset[Party]:
    if institution is not None:
        return referral.parties(institution)
    bearer = {Party.BEARER} if referral.receiver is None else set[Party]()
    return frozenset({Party.EXCHANGE, Party.PATIENT} | bearer)


def _had_it(referral: Referral) -> frozenset[UUID | None]:
    return referral.passed_through | {referral.sender, referral.receiver}
