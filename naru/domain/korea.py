"""Days in Korea's calendar: a consent begins on a day, and care is given on one."""

from datetime import date, datetime, time, timedelta, timezone
from typing import Final

from naru.domain import dtm

KST: Final = timezone(timedelta(hours=9), "KST")
"""UTC+9 without summer time, since 1988."""


def korean_day(moment: datetime) -> date:
    """The day in Korea at `moment`."""
    try:
        return moment.astimezone(KST).date()
    except OverflowError:  # The last hours of the year 9999.
        return date.max


def midnight(day: date) -> datetime:
    """The first moment of a day in Korea."""
    return datetime.combine(day, time.min, KST)


def korean_day_of(text: str) -> date:
    """The day in Korea on which the DTM `text` begins.

    A DTM of days alone means that day: midnight in UTC is the same day's morning in Korea. Raises
    InvalidDtm.
    """
    return korean_day(dtm.earliest(text))


def age(born: date, on: date) -> int:
    """Full years of life on a day (만 나이); who was born on 29 February turns on 1 March."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
