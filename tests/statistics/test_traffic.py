"""Silence is told by an institution's own usual hours."""

from datetime import datetime, timedelta

import pytest

from naru.exchange import identify
from naru.exchange.access import Access
from naru.statistics.counting import count_all
from naru.statistics.measures import traffic_rule
from naru.statistics.models import Traffic
from naru.statistics.traffic import Health, expected_since, pulses
from tests.exchange.hospitals import Hospital
from tests.statistics.histories import NOON

HOUR = timedelta(hours=1)
WEEK = timedelta(weeks=1)


def mornings(now: datetime, weeks: int, number: int) -> dict[datetime, int]:
    """Each working day's hours of the weeks before, and nothing of this day."""
    midnight = now.replace(hour=0)
    days = [midnight - timedelta(days=back) for back in range(1, 7 * weeks + 1)]
    return {day + hour * HOUR: number for day in days if day.weekday() < 5 for hour in range(9)}


def test_what_should_have_come_is_the_mean_of_the_same_hours_of_the_weeks_before() -> None:
    rule = traffic_rule()
    hours = mornings(NOON, 4, 6)

    assert expected_since(NOON.replace(hour=0), NOON, hours, rule) == pytest.approx(18)
    half = NOON - 2.5 * HOUR
    assert expected_since(NOON.replace(hour=0), half, hours, rule) == pytest.approx(3)
    night = NOON.replace(hour=12)
    assert expected_since(night, night + 5 * HOUR, hours, rule) == 0
    assert expected_since(NOON, NOON + HOUR, {}, rule) == 0


def test_a_silence_over_weeks_is_measured_by_the_weeks_before_it_began() -> None:
    rule = traffic_rule()
    hours = mornings(NOON, 4, 6)

    assert expected_since(NOON.replace(hour=0), NOON + WEEK, hours, rule) > 5 * 9 * 6 - 1


@pytest.mark.django_db(transaction=True)
def test_health_by_traffic() -> None:
    busy, silent, resting, fresh, never, new = (Hospital() for _ in range(6))
    usual = mornings(NOON, 4, 6)
    for one, hours in (
        (busy, usual | {NOON - HOUR: 1}),
        (silent, usual),
        (resting, {hour + 12 * HOUR: 6 for hour in usual if hour + 12 * HOUR < NOON - 3 * HOUR}),
        (fresh, {NOON - 30 * HOUR: 40}),
    ):
        rows = [Traffic(institution=one.id, hour=hour, requests=n) for hour, n in hours.items()]
        Traffic.objects.bulk_create(rows)
    count_all(NOON)

    told = {
        one.institution.id: one
        for one in pulses(Access(transaction="T", caller=identify.operator(), time=NOON)).pulses
    }

    assert told[busy.id].health is Health.BUSY
    assert told[silent.id].health is Health.SILENT
    assert told[silent.id].expected == pytest.approx(18)
    assert told[resting.id].health is Health.RESTING
    assert told[fresh.id].health is Health.UNKNOWN
    assert told[never.id].health is Health.NEVER
    assert told[new.id].last is None
    assert told[busy.id].today == 6 * 6 + 1
