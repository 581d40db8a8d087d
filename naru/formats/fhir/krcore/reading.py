"""Looking into resources that anybody wrote: what is not there, or of another shape, is nothing."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from naru.domain.clinical import When, in_korea
from naru.domain.moments import in_utc
from naru.formats.fhir.resource import Resource


def at(value: Any, *path: str) -> Iterator[Any]:
    """All that stands at a path, through lists."""
    if isinstance(value, list):
        for one in value:
            yield from at(one, *path)
    elif not path:
        yield value
    elif isinstance(value, dict) and path[0] in value:
        yield from at(value[path[0]], *path[1:])


def each(value: Any, *path: str) -> list[Resource]:
    """The objects at a path."""
    return [one for one in at(value, *path) if isinstance(one, dict)]


def child(value: Any, *path: str) -> Resource:
    """The first object at a path; an empty one where there is none."""
    return next(iter(each(value, *path)), {})


def word(value: Any, *path: str) -> str:
    """The first text at a path; empty where there is none."""
    return next((one for one in at(value, *path) if isinstance(one, str)), "")


def number(value: Any, *path: str) -> Decimal | None:
    """The first number at a path."""
    for one in at(value, *path):
        if isinstance(one, int | Decimal) and not isinstance(one, bool):
            return Decimal(one)
    return None


def when(text: str) -> When | None:
    """A date or dateTime of FHIR; one of a month or year begins it. None for what is no time."""
    try:
        if "T" in text:
            time = datetime.fromisoformat(text)
            return in_korea(in_utc(time if time.tzinfo else in_korea(time)))
        return date.fromisoformat(f"{text}-01-01"[:10] if len(text) == 4 else f"{text}-01"[:10])  # noqa: PLR2004  # A year.
    except ValueError:
        return None


def day(text: str) -> date | None:
    """The day in Korea of a date or dateTime."""
    found = when(text)
    return found.date() if isinstance(found, datetime) else found
