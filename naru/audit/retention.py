"""How long records of access are kept at least, and from which day back they may go."""

import json
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from importlib import resources

from naru.domain.korea import KST


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """What the data file says of the law."""

    status: str
    basis: str
    least_years: int


@cache
def law() -> Retention:
    """The data file."""
    told = json.loads(resources.files("naru.audit").joinpath("data/retention.json").read_text())
    return Retention(status=told["status"], basis=told["basis"], least_years=told["least_years"])


def first_kept(years: int, today: date) -> datetime:
    """The beginning of the day from which on everything is kept."""
    day = min(today.day, 28) if today.month == 2 else today.day  # noqa: PLR2004  # 29 February.
    return datetime.combine(date(today.year - years, today.month, day), time(), KST)
