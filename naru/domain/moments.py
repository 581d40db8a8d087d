"""Moments that others tell: none so near to the calendar's ends that a zone has no day for it."""

from datetime import UTC, datetime, timedelta
from typing import Final

_DAY: Final = timedelta(days=1)
_FIRST: Final = datetime.min.replace(tzinfo=UTC) + _DAY
_LAST: Final = datetime.max.replace(tzinfo=UTC) - _DAY


def in_utc(time: datetime) -> datetime:
    """`time`, which has a zone, in UTC; it can be told in every zone.

    Raises ValueError for one of the first or the last day that there is.
    """
    if not _FIRST <= time <= _LAST:
        raise ValueError("the moment is at the calendar's end")
    return time.astimezone(UTC)
