"""What happens now: the last minutes by transaction, and errors by their codes."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from naru.audit import following
from naru.audit.following import Followed
from naru.audit.records import Outcome
from naru.domain import roles
from naru.exchange.access import Access, reading
from naru.statistics.services import reportable

FLOW: Final = "live flow"
ERRORS: Final = "errors by code"
"""The transactions, as the audit names them."""

MINUTES: Final = 15
HOURS: Final = 24
MOST: Final = 20_000
"""Records that one look reads; of more, the newest."""

LONGEST_CODE: Final = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """One transaction: its records by minute, the oldest first, and how many were not answered."""

    transaction: str
    minutes: tuple[int, ...]
    refused: int

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.minutes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """The last minutes up to `until`; `whole` where every record of them was read."""

    until: datetime
    streams: tuple[Stream, ...]
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """An error by the code or kind that stands in the records, and where it occurred."""

    code: str
    count: int
    serious: int
    """How many of them were faults of the node itself (EventOutcomeIndicator 8 and 12)."""
    last: datetime
    transactions: tuple[str, ...]
    institutions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures:
    """The errors of the last day, the most frequent first."""

    since: datetime
    failures: tuple[Failure, ...]
    requests: int
    whole: bool


def flow(access: Access) -> Flow:
    """The last minutes of all, or of those whom the caller sees."""
    with reading(access):
        until = access.time
        since = until - timedelta(minutes=MINUTES)
        found = _records(access, since)
        named: dict[str, list[Followed]] = {}
        for one in found:
            if since < one.time <= until:
                named.setdefault(one.transaction, []).append(one)
        streams = [_stream(name, each, since) for name, each in named.items()]
        streams.sort(key=lambda one: (-one.total, one.transaction))
        return Flow(until=until, streams=tuple(streams), whole=len(found) < MOST)


def failures(access: Access) -> Failures:
    """What went wrong in the last day, of all or of those whom the caller sees."""
    with reading(access):
        since = access.time - timedelta(hours=HOURS)
        found = _records(access, since)
        read = [one for one in found if since < one.time <= access.time]
        by_code: dict[str, list[Followed]] = {}
        for one in read:
            for code in {_code(error) for error in one.errors}:
                by_code.setdefault(code, []).append(one)
        failures = [_failure(code, each) for code, each in by_code.items()]
        failures.sort(key=lambda one: (-one.count, one.code))
        return Failures(
            since=since,
            failures=tuple(failures),
            requests=len(read),
            whole=len(found) < MOST,
        )


def _records(access: Access, since: datetime) -> tuple[Followed, ...]:
    if roles.may(access.caller.role, "run-node"):
        return following.lately(since, MOST)
    return following.lately(since, MOST, [one.id for one in reportable(access)])


def _stream(name: str, found: list[Followed], since: datetime) -> Stream:
    minute = timedelta(minutes=1)
    counted = Counter(min((one.time - since) // minute, MINUTES - 1) for one in found)
    return Stream(
        transaction=name,
        minutes=tuple(counted[at] for at in range(MINUTES)),
        refused=sum(one.outcome is not Outcome.SUCCESS for one in found),
    )


def _failure(code: str, found: list[Followed]) -> Failure:
    return Failure(
        code=code,
        count=len(found),
        serious=sum(one.outcome >= Outcome.SERIOUS_FAILURE for one in found),
        last=max(one.time for one in found),
        transactions=tuple(sorted({one.transaction for one in found})),
        institutions=len({one.institution for one in found if one.institution}),
    )


def _code(error: str) -> str:
    """An error's first words: `12 more requests …` of strangers counted together is one kind."""
    words = error.lstrip("0123456789 ")
    return words[:LONGEST_CODE]
