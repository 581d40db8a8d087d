"""Slots follow from the weekly pattern and the days on which it is otherwise."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from naru.domain.korea import KST, midnight
from naru.domain.scheduling import (
    Hours,
    InvalidSchedule,
    Schedule,
    ScheduleException,
    SlotName,
    left,
    public_holidays,
)

MONDAY = date(2026, 11, 23)
MORNING = Hours(time(9), time(12))
AFTERNOON = Hours(time(13, 30), time(17))
SCHEDULE = Schedule(
    id=UUID(int=1),
    institution=UUID(int=2),
    department="01^^TEST",
    practitioner="박심장",
    weekly=((MORNING, AFTERNOON), (MORNING,), (), (MORNING,), (MORNING,), (), ()),
    slot=timedelta(minutes=30),
    first=date(2026, 11, 1),
)
minutes = st.integers(0, 24 * 60 - 1)


@st.composite
def days(draw: st.DrawFn) -> tuple[Hours, ...]:
    edges = sorted(draw(st.sets(minutes, max_size=6)))
    pairs = zip(edges[::2], edges[1::2], strict=False)
    return tuple(Hours(*(time(*divmod(one, 60)) for one in pair)) for pair in pairs)


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    closed = draw(st.dictionaries(st.integers(0, 13), days(), max_size=4))
    return replace(
        SCHEDULE,
        weekly=tuple(draw(days()) for _ in range(7)),
        slot=timedelta(minutes=draw(st.integers(5, 120))),
        capacity=draw(st.integers(1, 3)),
        exceptions=tuple(
            ScheduleException(MONDAY + timedelta(days=each), hours)
            for each, hours in closed.items()
        ),
    )


def starts(schedule: Schedule, day: date, days: int = 1) -> list[str]:
    since = midnight(day)
    found = schedule.slots(since, since + timedelta(days=days))
    return [f"{one.start.astimezone(KST):%m-%d %H:%M}" for one in found]


def test_a_day_has_the_slots_of_its_weekday_and_a_day_without_hours_none() -> None:
    assert starts(SCHEDULE, MONDAY)[:7] == [
        *(f"11-23 {one}" for one in ("09:00", "09:30", "10:00", "10:30", "11:00", "11:30")),
        "11-23 13:30",
    ]
    assert len(starts(SCHEDULE, MONDAY)) == 13
    assert starts(SCHEDULE, MONDAY + timedelta(days=2)) == []


def test_an_exception_stands_before_the_week_and_before_a_holiday() -> None:
    christmas = date(2026, 12, 25)
    assert christmas in public_holidays()
    assert starts(SCHEDULE, christmas) == []
    assert starts(replace(SCHEDULE, closed_on_holidays=False), christmas)
    short = ScheduleException(christmas, (Hours(time(9), time(10)),))
    assert len(starts(replace(SCHEDULE, exceptions=(short,)), christmas)) == 2
    away = ScheduleException(MONDAY, reason="학회")
    assert starts(replace(SCHEDULE, exceptions=(away,)), MONDAY) == []


def test_nobody_is_seen_before_the_first_and_after_the_last_day() -> None:
    bounded = replace(SCHEDULE, first=MONDAY, last=MONDAY)
    assert {one[:5] for one in starts(bounded, MONDAY - timedelta(days=7), 21)} == {"11-23"}


@given(schedules(), st.integers(0, 13 * 24 * 60), st.integers(0, 5 * 24 * 60))
def test_slots_lie_within_the_hours_apart_in_order_and_are_found_by_name(
    schedule: Schedule, after: int, long: int
) -> None:
    since = midnight(MONDAY) + timedelta(minutes=after)
    until = since + timedelta(minutes=long)
    found = list(schedule.slots(since, until))

    for one in found:
        assert since <= one.start < until
        assert one.end - one.start == schedule.slot
        day = one.start.astimezone(KST)
        ends = one.end.astimezone(KST)
        assert any(
            hours.opens <= day.time() and ends.time() <= hours.closes
            for hours in schedule.hours(day.date())
        )
        assert schedule.slot_at(one.start) == one
        assert SlotName.of(str(one.name)) == one.name
    for before, later in pairwise(found):
        assert before.end <= later.start


@given(schedules(), st.lists(st.tuples(st.integers(0, 600), st.integers(1, 120)), max_size=6))
def test_what_is_left_is_the_capacity_without_those_who_reach_into_the_slot(
    schedule: Schedule, taken: list[tuple[int, int]]
) -> None:
    nine = midnight(MONDAY) + timedelta(hours=8)
    times = [
        (nine + timedelta(minutes=start), nine + timedelta(minutes=start + long))
        for start, long in taken
    ]
    for slot in schedule.slots(midnight(MONDAY), midnight(MONDAY) + timedelta(days=1)):
        minute = timedelta(minutes=1)
        within = {slot.start + minute * each for each in range(schedule.slot // minute)}
        across = sum(
            bool(within & {start + minute * each for each in range((end - start) // minute)})
            for start, end in times
        )
        assert left(slot, times) == max(0, schedule.capacity - across)


@pytest.mark.parametrize(
    "wrong",
    [
        {"slot": timedelta(minutes=4)},
        {"slot": timedelta(minutes=30, seconds=1)},
        {"capacity": 0},
        {"last": date(2026, 10, 31)},
        {"weekly": ((),) * 6},
        {"weekly": ((Hours(time(9), time(9)),), *((),) * 6)},
        {"weekly": ((MORNING, Hours(time(11), time(13))), *((),) * 6)},
        {"exceptions": (ScheduleException(MONDAY), ScheduleException(MONDAY))},
    ],
)
def test_a_schedule_that_says_nothing_sensible_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidSchedule):
        replace(SCHEDULE, **wrong)  # type: ignore[arg-type]  # Each is of its field's type.


@pytest.mark.parametrize(
    "text", ["", "x", f"{UUID(int=1)}", f"{UUID(int=1)}.2026", f"{UUID(int=1)}.202611239", "é.1"]
)
def test_what_names_no_slot_is_refused(text: str) -> None:
    with pytest.raises(InvalidSchedule):
        SlotName.of(text)


def test_a_name_says_the_moment_in_korea() -> None:
    start = datetime(2026, 11, 23, 9, 0, tzinfo=KST)
    assert str(SlotName(UUID(int=1), start)) == f"{UUID(int=1)}.202611230900"
