"""What anybody may have: numbers by month and region in which no small number can be read.

Public and of nobody, so that asking leaves no access record.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from naru.audit.records import Outcome
from naru.statistics import months, queries
from naru.statistics.measures import by_transaction, measures
from naru.statistics.services import by_region
from naru.statistics.suppression import told, total

MONTHS: Final = 12
"""Whole months that are told, the last of them the month before this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A number by month, region and measure; `count` is None where it is not told.

    `region` is empty in the line of the whole country, whose `count` holds every region's.
    """

    month: date
    region: str
    measure: str
    count: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenMonth:
    """One month: its numbers as of a moment, and below which number none is told."""

    month: date
    as_of: datetime | None
    small: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Answered requests of the whole country by measure, each for the months in their order."""

    as_of: datetime | None
    months: tuple[date, ...]
    numbers: Mapping[str, tuple[int | None, ...]]


def open_months(today: date) -> tuple[date, ...]:
    """The months that are open, oldest first: each ended, so that no number grows any more."""
    return months.until(months.before(today), MONTHS)


def open_month(month: date) -> OpenMonth:
    """One month of the whole country by region."""
    found, small = by_region(month), measures().small
    cells = [
        Cell(month=month, region=region, measure=one.id, count=count)
        for one in measures().measures
        for region, count in _line({row.code: row.measured[one.id] for row in found.lines}, small)
    ]
    return OpenMonth(month=month, as_of=found.as_of, small=small, cells=tuple(cells))


def series(first: date, last: date) -> Series:
    """The whole country's numbers from one month to another."""
    span = [first]
    while span[-1] < last:
        span.append(months.after(span[-1]))
    counted: dict[tuple[str, date], int] = {}
    for (year, month, transaction, outcome), number in queries.months(
        first, months.after(last)
    ).items():
        for name in by_transaction().get(transaction, ()) if outcome is Outcome.SUCCESS else ():
            key = name, date(year, month, 1)
            counted[key] = counted.get(key, 0) + number
    return Series(
        as_of=queries.as_of(),
        months=tuple(span),
        numbers={
            one.id: tuple(_alone(counted.get((one.id, each), 0)) for each in span)
            for one in measures().measures
        },
    )


def _line(by_code: Mapping[str, int], small: int) -> Iterator[tuple[str, int | None]]:
    shown = told(by_code, small)
    yield "", total(by_code, shown, small)
    for code, number in shown.items():
        yield code or "-", number


def _alone(number: int) -> int | None:
    return None if 0 < number < measures().small else number
