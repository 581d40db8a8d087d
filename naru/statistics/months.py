"""Months of Korea's calendar, as the statistics go by them."""

import re
from datetime import date, timedelta
from typing import Final

_WRITTEN: Final = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
_DAY: Final = re.compile(r"20\d\d-\d\d-\d\d")


class NotAMonth(ValueError):
    """What was asked is no month, written as 2026-11."""


def read_month(text: str) -> date:
    """The first day of a month that is written as `2026-11`. Raises NotAMonth."""
    found = _WRITTEN.fullmatch(text)
    if not found:
        raise NotAMonth
    return date(int(found[1]), int(found[2]), 1)


def written(first: date) -> str:
    """`2026-11`."""
    return f"{first:%Y-%m}"


def after(first: date) -> date:
    """The first day of the next month."""
    return (first.replace(day=1) + timedelta(days=32)).replace(day=1)


def before(first: date) -> date:
    """The first day of the month before."""
    return (first.replace(day=1) - timedelta(days=1)).replace(day=1)


def until(last: date, number: int) -> tuple[date, ...]:
    """The `number` months that end with the one of a day, oldest first."""
    found = [last.replace(day=1)]
    while len(found) < number:
        found.append(before(found[-1]))
    return tuple(reversed(found))


def read_day(text: str) -> date:
    """A day that is written as `2026-11-20`. Raises ValueError."""
    if not _DAY.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text)
