"""What an institution fills in of a schedule, read under limits."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Final
from uuid import UUID

from django.http import QueryDict

from naru.domain.departments import DepartmentSystem, table
from naru.domain.scheduling import Hours, InvalidSchedule, Schedule, ScheduleException

LONGEST: Final = 4000
"""Characters of the days that are otherwise: a year of them."""

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_HOURS: Final = re.compile(r"(\d{1,2}):(\d{2})\s*[-~]\s*(\d{1,2}):(\d{2})")
_DAY: Final = re.compile(r"(\d{4}-\d{2}-\d{2})\s*(.*)")


@dataclass
class ScheduleForm:
    """What was typed, and what is wrong with each field, by its name."""

    given: Mapping[str, str]
    wrong: set[str] = field(default_factory=set)

    def schedule(self, id_: UUID, institution: UUID) -> Schedule | None:
        """The schedule that it says; None where a field is wrong."""
        weekly = tuple(self._hours(day) for day in WEEKDAYS)
        said = {
            "practitioner": self._practitioner(),
            "department": self._department(),
            "slot": timedelta(minutes=self._number("minutes")),
            "capacity": self._number("capacity"),
            "first": self._day("first"),
            "last": self._day("last") if self.given.get("last") else None,
            "exceptions": self._exceptions(),
        }
        if self.wrong:
            return None
        closed = self.given.get("holidays") == "closed"
        try:
            return Schedule(
                id=id_,
                institution=institution,
                weekly=weekly,
                closed_on_holidays=closed,
                **said,  # type: ignore[arg-type]  # Each is of its field's type, or is wrong.
            )
        except InvalidSchedule:
            self.wrong.add("whole")
            return None

    def _practitioner(self) -> str:
        name = " ".join(self.given.get("practitioner", "").split())
        if not name or len(name) > 100 or not name.isprintable():  # noqa: PLR2004  # The column's.
            self.wrong.add("practitioner")
        return name

    def _department(self) -> str:
        code = self.given.get("department", "")
        if code not in dict(departments()):
            self.wrong.add("department")
        return code

    def _number(self, name: str) -> int:
        said = self.given.get(name, "")
        if not said.isascii() or not said.isdecimal() or len(said) > 3:  # noqa: PLR2004  # Below.
            self.wrong.add(name)
            return 0
        return int(said)

    def _day(self, name: str) -> date:
        try:
            return date.fromisoformat(self.given.get(name, ""))
        except ValueError:
            self.wrong.add(name)
            return date.max

    def _hours(self, name: str) -> tuple[Hours, ...]:
        try:
            return _read(self.given.get(name, "")[:LONGEST])
        except ValueError:
            self.wrong.add(name)
            return ()

    def _exceptions(self) -> tuple[ScheduleException, ...]:
        text = self.given.get("exceptions", "")
        found = []
        for line in text[: LONGEST + 1].splitlines():
            if not line.strip():
                continue
            said = _DAY.fullmatch(line.strip())
            try:
                day = date.fromisoformat(said[1] if said else "")
                hours = tuple(map(_span, _HOURS.finditer(said[2] if said else "")))
                reason = _HOURS.sub("", said[2] if said else "").strip(" ,")
            except ValueError:
                self.wrong.add("exceptions")
                continue
            found.append(ScheduleException(day, tuple(hours), reason[:100]))
        if len(text) > LONGEST:
            self.wrong.add("exceptions")
        return tuple(sorted(found, key=lambda one: one.day))


def of_post(given: QueryDict) -> ScheduleForm:
    """The form as it was sent."""
    return ScheduleForm(given={name: str(value) for name, value in given.items()})


def of_schedule(schedule: Schedule) -> ScheduleForm:
    """The form that would say this schedule."""
    days = dict(zip(WEEKDAYS, map(_said, schedule.weekly), strict=True))
    exceptions = "\n".join(
        f"{one.day} {_said(one.hours)} {one.reason}".strip() for one in schedule.exceptions
    )
    return ScheduleForm(
        given={
            "practitioner": schedule.practitioner,
            "department": schedule.department,
            "minutes": f"{schedule.slot // timedelta(minutes=1)}",
            "capacity": f"{schedule.capacity}",
            "first": f"{schedule.first}",
            "last": f"{schedule.last or ''}",
            "holidays": "closed" if schedule.closed_on_holidays else "",
            "exceptions": exceptions,
            **days,
        }
    )


def departments() -> list[tuple[str, str]]:
    """The departments to choose from, each by its code and scheme."""
    scheme = table().schemes[DepartmentSystem.HIRA]
    return [
        (f"{one.codes[DepartmentSystem.HIRA]}^^{scheme}", one.korean)
        for one in table().departments
        if DepartmentSystem.HIRA in one.codes
    ]


def _read(text: str) -> tuple[Hours, ...]:
    """`09:00-12:00, 13:00-17:00`; raises ValueError for what else stands there."""
    if _HOURS.sub("", text).strip(" ,"):
        raise ValueError("not hours")
    return tuple(sorted(map(_span, _HOURS.finditer(text))))


def _span(found: re.Match[str]) -> Hours:
    opens, closes = time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))
    if closes <= opens:
        raise ValueError("ends before it begins")
    return Hours(opens, closes)


def _said(hours: tuple[Hours, ...]) -> str:
    return ", ".join(f"{one.opens:%H:%M}-{one.closes:%H:%M}" for one in hours)
