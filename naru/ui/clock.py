"""Times as people in Korea read them. Inside, every time is UTC."""

from datetime import UTC, date, datetime
from typing import Final

from django.utils.translation import gettext as _

from naru.domain.korea import KST, korean_day

_LIFETIME: Final = 120
"""Years."""


def now() -> datetime:
    """The moment at which a page's request is taken up; pages hand it down."""
    return datetime.now(UTC)


def today(time: datetime) -> date:
    """The day in Korea."""
    return korean_day(time)


def day(given: str | None, time: datetime) -> date | None:
    """A day that an address or a form names; None for none, and for one a lifetime or more away.

    Days near a calendar's ends have no day before or after them to lead to.
    """
    try:
        found = date.fromisoformat(given or "")
    except ValueError:
        return None
    return found if abs(found.year - today(time).year) < _LIFETIME else None


def written(day: date) -> str:
    """`2026-11-20`: every day on a page is written like this."""
    return f"{day:%Y-%m-%d}"


def span(first: date, last: date | None) -> str:
    """`2026-11-20 ~ 2026-12-31`; `2026-11-20부터` where no last day is set."""
    if last is None:
        return _("%(day)s부터") % {"day": written(first)}
    return f"{written(first)} ~ {written(last)}"


def month(day: date) -> str:
    """`2026년 11월`, the month of a day."""
    return _("%(year)s년 %(month)s월") % {"year": day.year, "month": day.month}


def clock(time: datetime) -> str:
    """`09:12:04`, in Korea's time."""
    return f"{time.astimezone(KST):%H:%M:%S}"


def moment(time: datetime) -> str:
    """`2026-11-20 09:12:04`, in Korea's time."""
    return f"{time.astimezone(KST):%Y-%m-%d %H:%M:%S}"
