"""Times as people in Korea read them. Inside, every time is UTC."""

from datetime import UTC, date, datetime

from naru.domain.korea import KST, korean_day


def now() -> datetime:
    """The moment at which a page's request is taken up; pages hand it down."""
    return datetime.now(UTC)


def today(time: datetime) -> date:
    """The day in Korea."""
    return korean_day(time)


def clock(time: datetime) -> str:
    """`09:12:04`, in Korea's time."""
    return f"{time.astimezone(KST):%H:%M:%S}"


def moment(time: datetime) -> str:
    """`2026-11-20 09:12:04`, in Korea's time."""
    return f"{time.astimezone(KST):%Y-%m-%d %H:%M:%S}"
