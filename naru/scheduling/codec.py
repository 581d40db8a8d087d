"""The hours of a schedule as the table keeps them."""

import json
from collections.abc import Sequence
from datetime import date, time, timedelta

from naru.domain.scheduling import Hours, Schedule, ScheduleException
from naru.scheduling import models


def row(schedule: Schedule) -> dict[str, object]:
    """The columns of a schedule."""
    return {
        "institution": schedule.institution,
        "department": schedule.department,
        "practitioner": schedule.practitioner,
        "weekly": json.dumps([_said(day) for day in schedule.weekly]),
        "exceptions": json.dumps(
            [[f"{one.day}", _said(one.hours), one.reason] for one in schedule.exceptions]
        ),
        "minutes": schedule.slot // timedelta(minutes=1),
        "capacity": schedule.capacity,
        "closed_on_holidays": schedule.closed_on_holidays,
        "first": schedule.first,
        "last": schedule.last,
    }


def value(kept: models.Schedule) -> Schedule:
    """The schedule of a row."""
    return Schedule(
        id=kept.schedule,
        institution=kept.institution,
        department=kept.department,
        practitioner=kept.practitioner,
        weekly=tuple(_hours(day) for day in json.loads(kept.weekly)),
        exceptions=tuple(
            ScheduleException(date.fromisoformat(day), _hours(hours), reason)
            for day, hours, reason in json.loads(kept.exceptions)
        ),
        slot=timedelta(minutes=kept.minutes),
        capacity=kept.capacity,
        closed_on_holidays=kept.closed_on_holidays,
        first=kept.first,
        last=kept.last,
    )


def _said(hours: Sequence[Hours]) -> list[list[str]]:
    return [[f"{one.opens:%H:%M}", f"{one.closes:%H:%M}"] for one in hours]


def _hours(said: Sequence[Sequence[str]]) -> tuple[Hours, ...]:
    return tuple(
        Hours(time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in said
    )
