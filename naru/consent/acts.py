"""What a patient can say, and what stands after they said it."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from naru.consent.policy import EarliestFromDate
from naru.consent.snapshots import ActId, Exclusion, Snapshot
from naru.domain.caller import Caller
from naru.domain.consent_paper import Identified, Representative, Wording
from naru.domain.korea import korean_day


class ActKind(StrEnum):
    """What a patient said."""

    GRANT = "grant"
    WITHDRAW = "withdraw"
    EXCLUDE = "exclude"
    INCLUDE = "include"


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
    """One act, never changed: `actor` brought it, under the wording `text_version`."""

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


def within(act: Act, before: Snapshot, earliest: EarliestFromDate) -> Act:
    """The act as it may take effect: a consent reaches no further back than the policy lets it.

    Where the policy lets older periods in, a withdrawal and a consent that stands still bound it.
    """
    if act.from_date is None:
        return act
    floor = korean_day(act.time)
    if earliest is EarliestFromDate.AS_STATED:
        ended = korean_day(before.withdrawn) if before.withdrawn else None
        floor = ended or before.from_date or date.min
    return replace(act, from_date=max(act.from_date, floor))


def apply(act: Act, before: Snapshot) -> Snapshot:
    """The snapshot after `act`."""
    after = replace(before, act=act.id)
    match act:
        case Act(kind=ActKind.GRANT, from_date=date() as day):
            if before.consents_on(korean_day(act.time)):
                # Signing again at another desk takes nothing away: the earlier day stays. Of its
                # end the last word holds, since a patient may narrow at any time.
                day = min(day, before.from_date or day)
            return replace(after, consented=True, from_date=day, until=act.until, withdrawn=None)
        case Act(kind=ActKind.WITHDRAW):
            return replace(after, consented=False, from_date=None, until=None, withdrawn=act.time)
        case Act(kind=ActKind.EXCLUDE, exclusion=Exclusion() as exclusion):
            return replace(after, exclusions=before.exclusions.including(exclusion))
        case Act(kind=ActKind.INCLUDE, exclusion=Exclusion() as exclusion):
            return replace(after, exclusions=before.exclusions.without(exclusion))
    raise ValueError(f"a {act.kind} lacks what it is about")
