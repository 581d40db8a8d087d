"""By which channels, when and how often it is tried: `data/delivery.json`."""

import json
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib import resources

from naru.domain.korea import KST


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The whole data file; hours are Korea's."""

    status: str
    order: tuple[str, ...]
    quiet_from: int
    quiet_to: int
    digest_at: int
    tries: int
    report_after: timedelta
    reports: int
    mobile: re.Pattern[str]

    def awake(self, moment: datetime) -> datetime:
        """`moment`, or the end of the quiet hours in which it lies."""
        here = moment.astimezone(KST)
        if self.quiet_to <= here.hour < self.quiet_from:
            return moment
        day = here.date() + timedelta(days=1 if here.hour >= self.quiet_from else 0)
        return _at(day, self.quiet_to)

    def next_digest(self, moment: datetime) -> datetime:
        """When the next digest goes out."""
        here = moment.astimezone(KST)
        today = _at(here.date(), self.digest_at)
        return today if moment < today else _at(here.date() + timedelta(days=1), self.digest_at)


@cache
def policy() -> Policy:
    """What the data file holds."""
    source = resources.files("naru.notifications").joinpath("data/delivery.json")
    data = json.loads(source.read_text("utf-8"))
    return Policy(
        status=data["status"],
        order=tuple(data["order"]),
        quiet_from=data["quiet"]["from"],
        quiet_to=data["quiet"]["to"],
        digest_at=data["digest_at"],
        tries=data["tries"],
        report_after=timedelta(seconds=data["report_after_seconds"]),
        reports=data["reports"],
        mobile=re.compile(data["mobile"]),
    )


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), KST)
