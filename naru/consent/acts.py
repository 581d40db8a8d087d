"""What is said of a patient's record, and what stands after it was said."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from datetime import time as time_of_day
from enum import StrEnum
from typing import Final, TypeVar
from uuid import UUID

from naru.consent.policy import EarliestFromDate
from naru.consent.snapshots import ActId, Exclusion, Snapshot
from naru.domain.arrangements import (
    Arrangements,
    Delivery,
    Emergency,
    Mandate,
    ProgrammeConsent,
    Release,
    SameDisease,
    Sending,
)
from naru.domain.caller import Caller
from naru.domain.consent_paper import NEEDED, Box, Identified, Representative, Wording
from naru.domain.korea import KST, korean_day


class ActKind(StrEnum):
    """What was said. An act that ends what another began names it in `ends`."""

    GRANT = "grant"
    WITHDRAW = "withdraw"
    EXCLUDE = "exclude"
    INCLUDE = "include"
    MANDATE = "mandate"
    MANDATE_END = "mandate-end"
    ABUSE_FLAG = "abuse-flag"
    ABUSE_FLAG_END = "abuse-flag-end"
    DEATH = "death"
    DEATH_END = "death-end"  # It was recorded by mistake.
    EMERGENCY = "emergency"
    EMERGENCY_END = "emergency-end"
    NEVER_IN_EMERGENCY = "never-in-emergency"
    NEVER_IN_EMERGENCY_END = "never-in-emergency-end"
    SHOW_SENSITIVE = "show-sensitive"
    SHOW_SENSITIVE_END = "show-sensitive-end"
    RELEASE = "release"
    RELEASE_END = "release-end"
    DELIVERY = "delivery"
    DELIVERY_OPENED = "delivery-opened"
    DELIVERY_RECALLED = "delivery-recalled"
    SENDING = "sending"
    SENDING_END = "sending-end"
    SAME_DISEASE = "same-disease"
    SAME_DISEASE_END = "same-disease-end"
    PROGRAMME = "programme"
    PROGRAMME_END = "programme-end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """How an act was said: why, where a reason was given, and by whom for the patient.

    `evaluation` tells of a consent whether it is also to evaluation and analysis (평가·분석), and
    `identifying` whether to the processing of identifying numbers. `wording` is what was read, and
    `identified` how it was seen who said it; None for an act that came as a paper of its own.
    """

    reason: str = ""
    representative: Representative | None = None
    evaluation: bool = False
    identifying: bool = False
    wording: Wording | None = None
    identified: Identified | None = None


ONESELF: Final = Said()
"""By the patient, without a reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act, never changed: `actor` brought it, under the wording `text_version`.

    Of the fields below `said` an act has the one of its kind; `ends` is the id of what it ends.
    `from_date` is also the day of a death; `documents` are those of a delivery that were opened.
    """

    id: ActId
    kind: ActKind
    patient: UUID
    actor: Caller
    text_version: str
    time: datetime
    from_date: date | None = None
    until: date | None = None
    exclusion: Exclusion | None = None
    said: Said = ONESELF
    mandate: Mandate | None = None
    emergency: Emergency | None = None
    release: Release | None = None
    delivery: Delivery | None = None
    sending: Sending | None = None
    same_disease: SameDisease | None = None
    programme: ProgrammeConsent | None = None
    ends: UUID | None = None
    documents: frozenset[str] = frozenset()


def within(act: Act, before: Snapshot, earliest: EarliestFromDate) -> Act:
    """The act as it may take effect: a consent reaches no further back than the policy lets it.

    Where the policy lets older periods in, a withdrawal and a consent that stands still bound it.
    """
    if act.kind is not ActKind.GRANT or act.from_date is None:
        return act
    floor = korean_day(act.time)
    if earliest is EarliestFromDate.AS_STATED:
        ended = korean_day(before.withdrawn) if before.withdrawn else None
        floor = ended or before.from_date or date.min
    return replace(act, from_date=max(act.from_date, floor))


def apply(act: Act, before: Snapshot) -> Snapshot:
    """The snapshot after `act`; what time has ended is left out of it."""
    before = replace(before, arrangements=before.arrangements.pruned(act.time))
    after = replace(before, act=act.id)
    match act:
        case Act(kind=ActKind.GRANT, from_date=date() as day):
            if before.consents_on(korean_day(act.time)):
                # Signing again at another desk takes nothing away: the earlier day stays. Of its
                # end the last word holds, since a patient may narrow at any time.
                day = min(day, before.from_date or day)
            after = replace(after, consented=True, from_date=day, until=act.until, withdrawn=None)
            ended = _ended(before, act.time)
            return _arranged(after, replace(after.arrangements, boxes=_boxes(act), ended=ended))
        case Act(kind=ActKind.WITHDRAW):
            after = replace(after, consented=False, from_date=None, until=None, withdrawn=act.time)
            return _arranged(after, replace(after.arrangements, boxes=NEEDED, ended=act.time))
        case Act(kind=ActKind.EXCLUDE, exclusion=Exclusion() as exclusion):
            after = replace(after, exclusions=before.exclusions.including(exclusion))
            # Rule 8: a sending overrides an older exclusion, not one that is made after it.
            sendings = tuple(
                replace(one, despite_exclusions=False) for one in after.arrangements.sendings
            )
            return _arranged(after, replace(after.arrangements, sendings=sendings))
        case Act(kind=ActKind.INCLUDE, exclusion=Exclusion() as exclusion):
            return replace(after, exclusions=before.exclusions.without(exclusion))
    return _arranged(after, _rearranged(act, after.arrangements))


def _arranged(snapshot: Snapshot, arrangements: Arrangements) -> Snapshot:
    return replace(snapshot, arrangements=arrangements)


def _ended(before: Snapshot, time: datetime) -> datetime | None:
    """When the consent of before ended, where it has; also if that is long ago."""
    if before.until is None or before.consents_on(korean_day(time)):
        return before.arrangements.ended
    return datetime.combine(before.until, time_of_day.max, KST)


def _boxes(act: Act) -> frozenset[Box]:
    # Without the two that are needed no consent is taken; of the others one is read by a rule.
    return NEEDED | {Box.EVALUATION} if act.said.evaluation else NEEDED


def _rearranged(act: Act, now: Arrangements) -> Arrangements:
    switch = _SWITCHES.get(act.kind)
    if switch is not None:
        return switch(now)
    if act.kind in _ENDS and act.ends is not None:
        return now.without(act.ends)
    if act.kind is ActKind.DEATH and act.from_date is not None:
        return replace(now, death=act.from_date)
    if act.kind is ActKind.DELIVERY_OPENED and act.ends is not None:
        return replace(now, deliveries=_opened(now.deliveries, act.ends, act.documents))
    begins = _BEGINS.get(act.kind)
    if begins is None or begins(act) is None:
        raise ValueError(f"a {act.kind} lacks what it is about")
    return _begun(act, now)


def _begun(act: Act, now: Arrangements) -> Arrangements:
    """With what the act begins; it has no other than that of its kind."""
    new = act.programme
    before = now.programmes if new is None else now.other_programmes(new.programme)
    return replace(
        now,
        mandates=(*now.mandates, *_of(act.mandate)),
        emergencies=(*now.emergencies, *_of(act.emergency)),
        releases=(*now.releases, *_of(act.release)),
        deliveries=(*now.deliveries, *_of(act.delivery)),
        sendings=(*now.sendings, *_of(act.sending)),
        same_disease=(*now.same_disease, *_of(act.same_disease)),
        programmes=(*before, *_of(new)),
    )


_T = TypeVar("_T")


def _of(begun: _T | None) -> tuple[_T, ...]:
    return () if begun is None else (begun,)


def _opened(
    deliveries: tuple[Delivery, ...], delivery: UUID, documents: frozenset[str]
) -> tuple[Delivery, ...]:
    """The deliveries after some documents of one were opened; one wholly opened is over."""
    after = (
        replace(one, opened=one.opened | documents) if one.id == delivery else one
        for one in deliveries
    )
    return tuple(one for one in after if one.unopened)


_SWITCHES: Final[dict[ActKind, Callable[[Arrangements], Arrangements]]] = {
    ActKind.ABUSE_FLAG: lambda now: replace(now, abuse_flag=True),
    ActKind.ABUSE_FLAG_END: lambda now: replace(now, abuse_flag=False),
    ActKind.DEATH_END: lambda now: replace(now, death=None),
    ActKind.NEVER_IN_EMERGENCY: lambda now: replace(now, never_in_emergency=True),
    ActKind.NEVER_IN_EMERGENCY_END: lambda now: replace(now, never_in_emergency=False),
    ActKind.SHOW_SENSITIVE: lambda now: replace(now, shows_sensitive=True),
    ActKind.SHOW_SENSITIVE_END: lambda now: replace(now, shows_sensitive=False),
}
_BEGINS: Final[dict[ActKind, Callable[[Act], object]]] = {
    ActKind.MANDATE: lambda act: act.mandate,
    ActKind.EMERGENCY: lambda act: act.emergency,
    ActKind.RELEASE: lambda act: act.release,
    ActKind.DELIVERY: lambda act: act.delivery,
    ActKind.SENDING: lambda act: act.sending,
    ActKind.SAME_DISEASE: lambda act: act.same_disease,
    ActKind.PROGRAMME: lambda act: act.programme,
}
_ENDS: Final = frozenset(
    {
        ActKind.MANDATE_END,
        ActKind.EMERGENCY_END,
        ActKind.RELEASE_END,
        ActKind.DELIVERY_RECALLED,
        ActKind.SENDING_END,
        ActKind.SAME_DISEASE_END,
        ActKind.PROGRAMME_END,
    }
)
