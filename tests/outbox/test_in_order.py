"""Work of one kind that is done in the order in which it was put, however often it has to wait."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from naru.outbox import queries
from naru.outbox.errors import LeaseLost
from naru.outbox.models import Entry
from naru.outbox.services import (
    MAX_ATTEMPTS,
    Work,
    forget,
    give_up,
    put_each,
    put_off,
    take_in_order,
)

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 11, 20, tzinfo=UTC)
LEASE = timedelta(minutes=1)


def leave(*keys: str, kind: str = "TEST") -> None:
    with transaction.atomic():
        put_each(kind, keys)


def taken(now: datetime = NOW, limit: int = 100) -> tuple[Work, ...]:
    return take_in_order("TEST", limit, LEASE, now)


def keys(works: tuple[Work, ...]) -> list[str]:
    return [work.key for work in works]


def test_nobody_overtakes_what_stands_first() -> None:
    leave("a", "b", "c")
    assert keys(taken(limit=2)) == ["a", "b"]
    assert taken() == ()
    assert keys(taken(NOW + LEASE)) == ["a", "b", "c"]


def test_what_is_put_off_keeps_all_behind_it_waiting() -> None:
    leave("a", "b")
    put_off(taken(), NOW + timedelta(seconds=5))
    leave("c")
    assert taken(NOW + timedelta(seconds=4)) == ()
    assert keys(taken(NOW + timedelta(seconds=5))) == ["a", "b", "c"]


def test_work_of_another_kind_waits_for_nobody() -> None:
    leave("a")
    put_off(taken(), NOW + LEASE)
    leave("b", kind="OTHER")
    assert keys(take_in_order("OTHER", 1, LEASE, NOW)) == ["b"]


def test_it_is_never_given_up_for_having_been_tried_often() -> None:
    leave("a")
    for each in range(3 * MAX_ATTEMPTS):
        put_off(taken(NOW + each * LEASE), NOW + (each + 1) * LEASE)
    assert queries.dead() == ()
    assert keys(taken(NOW + timedelta(days=1))) == ["a"]


def test_what_is_done_leaves_nothing_behind() -> None:
    leave("a", "b")
    forget(taken())
    assert not Entry.objects.exists()


def test_a_lease_that_ended_takes_nothing_away() -> None:
    leave("a")
    late = taken()
    again = taken(NOW + LEASE)
    with pytest.raises(LeaseLost):
        forget(late)
    put_off(late, NOW + timedelta(days=9))
    forget(again)


def test_what_can_never_be_done_is_a_dead_letter_and_stops_nobody() -> None:
    leave("a", "b")
    first, second = taken()
    give_up(first, "SealBroken")
    put_off([second], NOW)
    assert [letter.reason for letter in queries.dead()] == ["SealBroken"]
    assert keys(taken()) == ["b"]
