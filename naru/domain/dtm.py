"""HL7 DTM: a time to the precision that was written, kept as sent, meaning an interval."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Final

from naru.domain.moments import in_utc

_DTM: Final = re.compile(r"\d{4}(\d{2}(\d{2}(\d{2}(\d{2}(\d{2})?)?)?)?)?", re.ASCII)

_STEP: Final = (timedelta(days=1), timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1))
"""How long the interval is of a DTM that says a day, an hour, a minute or a second."""


class InvalidDtm(ValueError):
    """The text is no DTM of `YYYY[MM[DD[hh[mm[ss]]]]]` in UTC (ITI TF-3 Table 4.2.3.1.7-2)."""


def interval(text: str) -> tuple[datetime, datetime]:
    """The half-open interval [start, end) in UTC that the DTM `text` means.

    Raises InvalidDtm for a zone suffix, a fraction or an impossible date.
    """
    if _DTM.fullmatch(text) is None:
        raise InvalidDtm("a time must be YYYY[MM[DD[hh[mm[ss]]]]] in UTC")
    parts = [int(text[:4]), *(int(text[i : i + 2]) for i in range(4, len(text), 2))]
    try:
        start = datetime(*(parts + [1] * (3 - len(parts)))[:7], tzinfo=UTC)  # type: ignore[misc, arg-type]  # At most six ints.
    except ValueError as error:
        raise InvalidDtm("a time must be a date that exists") from error
    return start, _end(start, len(parts))


def _end(start: datetime, precision: int) -> datetime:
    try:
        if precision == 1:
            return in_utc(start.replace(year=start.year + 1))
        if precision == 2:  # noqa: PLR2004  # A year and a month were written.
            return in_utc((start + timedelta(days=32)).replace(day=1))
        return in_utc(start + _STEP[precision - 3])
    except (ValueError, OverflowError) as error:
        raise InvalidDtm("a time must end before the calendar's last day") from error


def earliest(text: str) -> datetime:
    """The first instant that the DTM `text` covers."""
    return interval(text)[0]


def event_date(text: str) -> date:
    """The calendar day in UTC on which the DTM `text` begins."""
    return interval(text)[0].date()


def from_datetime(moment: datetime) -> str:
    """`moment` as a DTM to the second, in UTC."""
    return moment.astimezone(UTC).strftime("%Y%m%d%H%M%S")
