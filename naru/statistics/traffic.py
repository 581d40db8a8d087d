"""Whether institutions work, told by what comes from them and not by what they say of themselves.

How silent is too silent is each institution's own: from the same hours of the week before.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from naru.domain.institution import Institution
from naru.exchange.access import Access, reading
from naru.statistics import queries
from naru.statistics.measures import TrafficRule, traffic_rule
from naru.statistics.services import reportable

TRAFFIC = "traffic"
"""The transaction, as the audit names it."""

_HOUR = timedelta(hours=1)
_WEEK = timedelta(weeks=1)


class Health(StrEnum):
    """What its traffic says of an institution."""

    BUSY = "busy"  # As much as is usual, or more.
    RESTING = "resting"  # Nothing comes, and nothing usually would.
    SILENT = "silent"  # Much should have come, and nothing did.
    UNKNOWN = "unknown"  # It is not known yet what is usual.
    NEVER = "never"  # Nothing ever came, of what is kept.


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """An institution's traffic. `expected` should have come since `last`, by its own weeks."""

    institution: Institution
    health: Health
    last: datetime | None
    """The last hour in which anything came."""
    today: int
    """Requests of the last 24 hours."""
    expected: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulses:
    """Of all that the caller sees and that take part, those to look at first."""

    as_of: datetime | None
    pulses: tuple[Pulse, ...]


_ORDER = (Health.SILENT, Health.UNKNOWN, Health.NEVER, Health.BUSY, Health.RESTING)


def pulses(access: Access) -> Pulses:
    """How it goes with whom the caller sees: the own institution, a hub's members, or all."""
    with reading(access):
        rule, as_of = traffic_rule(), queries.as_of()
        seen = [one for one in reportable(access) if one.approved]
        if as_of is None:
            return Pulses(as_of=None, pulses=())
        spans, today = queries.spans(), queries.since(as_of - timedelta(days=1))
        quiet = [
            one.id for one in seen if one.id in spans and spans[one.id][1] <= as_of - 2 * _HOUR
        ]
        back = timedelta(hours=rule.longest_hours) + rule.weeks * _WEEK
        hours = queries.hours(quiet, as_of - back, as_of)
        found = [
            _pulse(one, spans.get(one.id), hours.get(one.id), today.get(one.id, 0), as_of)
            for one in seen
        ]
        return Pulses(
            as_of=as_of,
            pulses=tuple(sorted(found, key=lambda one: _ORDER.index(one.health))),
        )


def _pulse(
    institution: Institution,
    span: tuple[datetime, datetime] | None,
    hours: Mapping[datetime, int] | None,
    today: int,
    now: datetime,
) -> Pulse:
    """`hours` only of an institution that has been quiet for a while."""
    rule, expected = traffic_rule(), 0.0
    if span is not None and hours is not None:
        expected = expected_since(span[1] + _HOUR, now, hours, rule)
    return Pulse(
        institution=institution,
        health=_health(span, expected, now, rule),
        last=None if span is None else span[1],
        today=today,
        expected=expected,
    )


def _health(
    span: tuple[datetime, datetime] | None, expected: float, now: datetime, rule: TrafficRule
) -> Health:
    if span is None:
        return Health.NEVER
    if expected >= rule.expected:
        return Health.SILENT
    if span[0] > now - rule.known_weeks * _WEEK:
        return Health.UNKNOWN
    return Health.RESTING if span[1] <= now - 2 * _HOUR else Health.BUSY


def expected_since(
    since: datetime, now: datetime, hours: Mapping[datetime, int], rule: TrafficRule
) -> float:
    """How many requests usually come in the hours from one moment to another.

    Usual is the mean of the same hour of the week in the weeks before the silence; of a part of an
    hour its part.
    """
    known = [week for week in range(1, rule.weeks + 1) if _was_known(hours, since, week)]
    if not known:
        return 0.0
    found, hour = 0.0, since
    end = min(now, since + timedelta(hours=rule.longest_hours))
    while hour < end:
        part = min((end - hour) / _HOUR, 1.0)
        skip = 1 + (hour - since) // _WEEK  # Of a silence over weeks, those before it began.
        came = [hours.get(hour - (week + skip - 1) * _WEEK, 0) for week in known]
        found += part * sum(came) / len(came)
        hour += _HOUR
    return found


def _was_known(hours: Mapping[datetime, int], since: datetime, week: int) -> bool:
    return min(hours, default=since) <= since - week * _WEEK
