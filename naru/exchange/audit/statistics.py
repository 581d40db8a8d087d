"""What an auditor of the state sees: the policy in force, and numbers that name nobody."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from naru.accounts.errors import Refused
from naru.audit import queries as audit
from naru.audit.queries import Tally
from naru.consent import cases
from naru.consent.cases import CaseKind, Counted
from naru.consent.policy import Policy, policy
from naru.domain import roles
from naru.domain.korea import KST, korean_day
from naru.exchange.access import Access, reading

STATISTICS: Final = "audit statistics"
"""The transaction, as the audit names it."""

MONTHS: Final = 12

DAYS: Final = 7
"""Of whose requests it is told what they were."""

MOST_READ: Final = 100_000
"""Records of these days that one look reads; of more, the newest."""


class MayNotRead(Refused):
    """The caller is no auditor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """The numbers. `months` are access records by the first day of each month, oldest first.

    `whole` says whether every record of the last days was read for `tallies`.
    """

    policy: Policy
    day: date
    months: tuple[tuple[date, int], ...]
    tallies: tuple[Tally, ...]
    whole: bool
    cases: Mapping[CaseKind, Counted]


def statistics(access: Access) -> Statistics:
    """The numbers as they are now. Raises MayNotRead."""
    with reading(access):
        if not roles.may(access.caller.role, "read-audit"):
            raise MayNotRead
        day = korean_day(access.time)
        tallies = audit.tally(access.time - timedelta(days=DAYS), MOST_READ)
        return Statistics(
            policy=policy(on=day),
            day=day,
            months=_months(day),
            tallies=tallies,
            whole=sum(one.count for one in tallies) < MOST_READ,
            cases=cases.counted(access.time),
        )


def _months(day: date) -> tuple[tuple[date, int], ...]:
    firsts = [day.replace(day=1)]
    while len(firsts) < MONTHS:
        firsts.append((firsts[-1] - timedelta(days=1)).replace(day=1))
    ends = [day + timedelta(days=1), *firsts]
    found = zip(firsts, ends, strict=False)
    return tuple((first, audit.count(_begins(first), _begins(end))) for first, end in found)[::-1]


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), KST).astimezone(UTC)
