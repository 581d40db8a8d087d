"""FHIR's date, dateTime and instant as the interval that they mean (FHIR R4 datatypes)."""

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from email.utils import format_datetime
from typing import Final

_MOMENT: Final = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)"
    r"(?:T(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.(?P<fraction>\d{1,20}))?)?"
    r"(?P<zone>Z|[+-]\d\d:\d\d)?)?)?)?",
    re.ASCII,
)
_FURTHEST_ZONE: Final = timedelta(hours=14)
_FIRST: Final = datetime.min.replace(tzinfo=UTC)
_LAST: Final = datetime.max.replace(tzinfo=UTC)


class NotAMoment(ValueError):
    """The text is no date, dateTime or instant."""


@dataclass(frozen=True, slots=True)
class Interval:
    """From `low` up to, not with, `high`; both in UTC."""

    low: datetime
    high: datetime


def interval(text: str, *, zone: tzinfo = UTC) -> Interval:
    """What a date of any precision means; one without a zone is told in `zone`.

    Minutes without seconds are taken, as searches may write them (FHIR R4 3.1.1.4.7).
    Raises NotAMoment.
    """
    found = _MOMENT.fullmatch(text)
    if found is None:
        raise NotAMoment
    try:
        low = _low(found, zone)
    except ValueError:
        raise NotAMoment from None
    return Interval(_utc(low, timedelta()), _utc(low, _width(found, low)))


def _utc(moment: datetime, after: timedelta) -> datetime:
    """The moment in UTC; beyond the calendar's ends stand the ends, as in `9999-12-31`."""
    try:
        return (moment + after).astimezone(UTC)
    except OverflowError:
        return _LAST if moment.year > 1 else _FIRST


def _low(found: re.Match[str], zone: tzinfo) -> datetime:
    second = int(found["second"] or 0)
    return datetime(
        int(found["year"]),
        int(found["month"] or 1),
        int(found["day"] or 1),
        int(found["hour"] or 0),
        int(found["minute"] or 0),
        min(second, 59) if second <= 60 else second,  # noqa: PLR2004  # A leap second.
        int((found["fraction"] or "0")[:6].ljust(6, "0")),
        tzinfo=_zone(found["zone"]) or zone,
    )


def _zone(text: str | None) -> tzinfo | None:
    if text is None:
        return None
    if text == "Z":
        return UTC
    away = timedelta(hours=int(text[1:3]), minutes=int(text[4:6]))
    if away > _FURTHEST_ZONE or int(text[4:6]) > 59:  # noqa: PLR2004  # Minutes.
        raise ValueError(text)
    offset = datetime.fromisoformat(f"2000-01-01T00:00:00{text}").tzinfo
    assert offset is not None
    return offset


def _width(found: re.Match[str], low: datetime) -> timedelta:
    if found["fraction"]:
        return timedelta(seconds=10.0 ** -min(6, len(found["fraction"])))
    if found["second"]:
        return timedelta(seconds=1)
    if found["minute"]:
        return timedelta(minutes=1)
    if found["day"]:
        return timedelta(days=1)
    if found["month"]:
        return timedelta(days=calendar.monthrange(low.year, low.month)[1])
    return timedelta(days=366 if calendar.isleap(low.year) else 365)


def instant(moment: datetime) -> str:
    """The moment as FHIR's instant, in UTC with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def http_date(moment: datetime) -> str:
    """The moment as HTTP writes it (RFC 9110 5.6.7)."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)
