"""Schedule, Slot and Appointment (FHIR R4 12.10, 12.11, 12.12): when somebody can be seen.

A schedule is a weekly pattern and the days on which it is otherwise; its slots follow from it and
are kept nowhere. What is taken of them is said by the appointments alone.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Final
from uuid import UUID

from naru.domain.korea import KST, korean_day

MOST_DAYS: Final = 366
"""How far ahead slots are offered; as far as a visit counts."""

SHORTEST: Final = timedelta(minutes=5)
LONGEST: Final = timedelta(hours=8)
MOST_AT_ONCE: Final = 100
"""The bounds of a slot's length and of how many are seen within one."""

_STAMP: Final = "%Y%m%d%H%M"


class InvalidSchedule(ValueError):
    """A schedule, or the name of a slot, that says nothing sensible; it names no person."""


class AppointmentStatus(StrEnum):
    """What became of an appointment (FHIR R4 appointmentstatus), as far as it is used here."""

    BOOKED = "booked"
    ARRIVED = "arrived"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"
    NOSHOW = "noshow"


OPEN: Final = frozenset({AppointmentStatus.BOOKED})
"""What can still be confirmed, moved or cancelled."""


@dataclass(frozen=True, slots=True, order=True)
class Hours:
    """When a day begins and ends; times of Korea, the end is not included."""

    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class ScheduleException:
    """A day on which it is otherwise than every week; without hours nobody is seen."""

    day: date
    hours: tuple[Hours, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When a practitioner of an institution's department can be seen.

    `weekly` has the hours of each weekday, Monday first. `slot` is how long one takes, `capacity`
    how many are seen within it. `closed_on_holidays`: on public holidays nobody is seen, unless an
    exception says otherwise. `first` and `last` are days in Korea, both included; None is no end.
    """

    id: UUID
    institution: UUID
    department: str
    practitioner: str
    weekly: tuple[tuple[Hours, ...], ...]
    slot: timedelta
    first: date
    capacity: int = 1
    last: date | None = None
    exceptions: tuple[ScheduleException, ...] = ()
    closed_on_holidays: bool = True

    def __post_init__(self) -> None:
        sound = (
            len(self.weekly) == len(_WEEK)
            and SHORTEST <= self.slot <= LONGEST
            and not self.slot % timedelta(minutes=1)
            and 0 < self.capacity <= MOST_AT_ONCE
            and (self.last is None or self.first <= self.last)
            and len({one.day for one in self.exceptions}) == len(self.exceptions)
            and all(map(_apart, (*self.weekly, *(one.hours for one in self.exceptions))))
        )
        if not sound:
            raise InvalidSchedule("the schedule's hours, length or days do not fit together")

    def hours(self, day: date) -> tuple[Hours, ...]:
        """When somebody can be seen on a day; empty on none."""
        if day < self.first or (self.last is not None and self.last < day):
            return ()
        for one in self.exceptions:
            if one.day == day:
                return one.hours
        if self.closed_on_holidays and day in public_holidays():
            return ()
        return self.weekly[day.weekday()]

    def slots(self, since: datetime, until: datetime) -> Iterator["Slot"]:
        """Its slots that begin from `since` on and before `until`, in order."""
        if until <= since:
            return
        day, last = korean_day(since), korean_day(until)
        while day <= last:
            for slot in self._on(day):
                if since <= slot.start < until:
                    yield slot
            day += timedelta(days=1)

    def slot_at(self, start: datetime) -> "Slot | None":
        """The slot that begins at that moment, if one does."""
        return next((one for one in self._on(korean_day(start)) if one.start == start), None)

    def _on(self, day: date) -> Iterator["Slot"]:
        for hours in sorted(self.hours(day)):
            start = datetime.combine(day, hours.opens, KST)
            closes = datetime.combine(day, hours.closes, KST)
            while closes - start >= self.slot:  # A sum could lie behind the calendar's end.
                yield Slot(schedule=self, start=start, end=start + self.slot)
                start += self.slot


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A time at which somebody can be seen."""

    schedule: Schedule
    start: datetime
    end: datetime

    @property
    def name(self) -> "SlotName":
        """What it is called."""
        return SlotName(self.schedule.id, self.start)


@dataclass(frozen=True, slots=True)
class SlotName:
    """A slot by its schedule and its start, in text as FHIR lets an id be (R4 2.24.0.1)."""

    schedule: UUID
    start: datetime

    def __str__(self) -> str:
        return f"{self.schedule}.{self.start.astimezone(KST):{_STAMP}}"

    @classmethod
    def of(cls, text: str) -> "SlotName":
        """Read one; raises InvalidSchedule."""
        schedule, _, start = text.partition(".")
        try:
            named = cls(UUID(schedule), datetime.strptime(start, _STAMP).replace(tzinfo=KST))
        except ValueError:
            raise InvalidSchedule("no slot is called so") from None
        if str(named) != text:
            raise InvalidSchedule("no slot is called so")
        return named


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """That a patient is seen at a time. `confirmed`: they said that they come.

    `booked_by` is the institution at which it was booked, which need not be the one that sees
    the patient; `referral` the one that it answers.
    """

    id: UUID
    institution: UUID
    department: str
    practitioner: str
    schedule: UUID
    patient: UUID
    start: datetime
    end: datetime
    status: AppointmentStatus
    confirmed: bool
    booked_by: UUID | None = None
    referral: UUID | None = None

    @property
    def slot(self) -> SlotName:
        """Which slot it takes."""
        return SlotName(self.schedule, self.start)


def left(slot: Slot, taken: Iterable[tuple[datetime, datetime]]) -> int:
    """How many can still be seen within a slot, beside those whose times reach into it.

    After a change of the pattern an earlier appointment may lie across two slots: it counts in
    both.
    """
    reaching = sum(start < slot.end and slot.start < end for start, end in taken)
    return max(0, slot.schedule.capacity - reaching)


@cache
def public_holidays() -> Mapping[date, str]:
    """공휴일 with their names, as far as the data know them."""
    file = resources.files("naru.domain") / "data" / "public_holidays.json"
    return {
        date.fromisoformat(one["day"]): one["name"]
        for one in json.loads(file.read_text("utf-8"))["holidays"]
    }


_WEEK: Final = ("월", "화", "수", "목", "금", "토", "일")


def _apart(hours: Collection[Hours]) -> bool:
    """Whether each begins before it ends, and after the one before."""
    edges = [edge for one in sorted(hours) for edge in (one.opens, one.closes)]
    return all(one.opens < one.closes for one in hours) and edges == sorted(edges)
