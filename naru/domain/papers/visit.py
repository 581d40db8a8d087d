"""진료이력: the visit of which a paper tells, and who treated."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from naru.domain.clinical import Department, EncounterKind
from naru.domain.papers.breach import Breach

Day = date


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A visit from `date` on, to `until` where it was a stay; both are days in Korea.

    `insurance` is the code of the insurance (보험유형) of the table `insurance`.
    """

    date: Day
    kind: EncounterKind = EncounterKind.AMBULATORY
    until: Day | None = None
    department: Department | None = None
    doctor: str = ""
    insurance: str = ""
    room: str = ""


def of_time(visit: Visit) -> Iterator[Breach]:
    """A visit that ends before it begins."""
    if visit.until is not None and visit.until < visit.date:
        yield Breach("visit.until", ("visit", "until"))
