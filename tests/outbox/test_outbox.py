import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from naru.outbox import queries
from naru.outbox.errors import LeaseLost
from naru.outbox.models import Entry
from naru.outbox.services import LONGEST_WAIT, MAX_ATTEMPTS, Work, done, fail, put, replay, take
from naru.outbox.worker import Handler, run, run_once

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 11, 20, tzinfo=UTC)
LEASE = timedelta(minutes=1)


def leave(*keys: str, kind: str = "TEST") -> None:
    with transaction.atomic():
        for key in keys:
            put(kind, key.encode(), key=key)


def taken(now: datetime = NOW, limit: int = 100) -> tuple[Work, ...]:
    return take(["TEST"], limit, LEASE, now)


def test_work_is_kept_with_the_change_or_not_at_all() -> None:
    with transaction.atomic():
        put("TEST", b"", key="a")
        transaction.set_rollback(True)
    assert taken() == ()
    with pytest.raises(AssertionError):
        put("TEST", b"", key="a")


def test_work_comes_oldest_first_with_what_was_left() -> None:
    leave("a", "b", "c")
    leave("d", kind="OTHER")
    assert [(work.key, work.payload) for work in taken(limit=2)] == [("a", b"a"), ("b", b"b")]
    assert [work.key for work in taken()] == ["c"]


def test_the_same_key_is_work_only_once_even_after_it_is_done() -> None:
    leave("a", "a")
    (work,) = taken()
    done(work)
    leave("a")
    assert taken(NOW + LEASE) == ()


def test_a_lease_that_ends_gives_the_work_to_another_and_the_first_may_not_finish_it() -> None:
    leave("a")
    (first,) = taken()
    assert taken(NOW + LEASE - timedelta(seconds=1)) == ()
    (second,) = taken(NOW + LEASE)
    assert second.attempts == 2
    with pytest.raises(LeaseLost):
        done(first)
    with pytest.raises(LeaseLost):
        fail(first, "late", NOW)
    done(second)
    with pytest.raises(LeaseLost):
        done(second)


def test_failed_work_waits_longer_each_time_up_to_a_cap_and_then_is_a_dead_letter() -> None:
    leave("a")
    now, waits = NOW, []
    for _ in range(MAX_ATTEMPTS):
        (work,) = taken(now)
        fail(work, "Refused", now)
        until = Entry.objects.get().available_at
        waits.append(until - now)
        now = until
    assert waits == sorted(waits)
    assert waits[0] == timedelta(seconds=1)
    assert waits[-1] == LONGEST_WAIT
    assert taken(now) == ()
    (letter,) = queries.dead()
    assert (letter.key, letter.attempts, letter.reason) == ("a", MAX_ATTEMPTS, "Refused")


def test_work_that_ends_its_worker_each_time_is_a_dead_letter_too() -> None:
    leave("a")
    now = NOW
    for _ in range(MAX_ATTEMPTS):
        assert taken(now)
        now += LEASE
    assert taken(now) == ()
    assert len(queries.dead()) == 1


def test_a_dead_letter_is_replayed_as_new() -> None:
    leave("a")
    Entry.objects.update(state="dead", attempts=MAX_ATTEMPTS)
    (letter,) = queries.dead()
    assert replay([letter.id, 999]) == 1
    (work,) = taken()
    assert (work.key, work.attempts, work.payload) == ("a", 1, b"a")
    assert replay([letter.id]) == 0


def test_a_failing_handler_takes_back_its_own_effect_alone() -> None:
    leave("good", "bad", "fine")

    def do(work: Work) -> None:
        Entry.objects.create(kind="EFFECT", key=work.key, payload=b"")
        if work.key == "bad":
            raise ConnectionError("a sentence that may hold what it should not")

    assert run_once({"TEST": Handler(do)}, lambda: NOW) == 3
    effects = Entry.objects.filter(kind="EFFECT").values_list("key", flat=True)
    assert sorted(effects) == ["fine", "good"]
    assert Entry.objects.get(key="bad").reason == "ConnectionError"
    assert queries.waiting(["TEST"]) == 1


def test_work_outside_a_transaction_runs_in_none() -> None:
    leave("good", "bad")
    inside: list[bool] = []

    def do(work: Work) -> None:
        inside.append(connection.in_atomic_block)
        if work.key == "bad":
            raise ConnectionError

    run_once({"TEST": Handler(do, within=False)}, lambda: NOW)
    assert inside == [False, False]
    assert queries.waiting(["TEST"]) == 1


def test_racing_workers_with_ending_leases_have_each_effect_exactly_once() -> None:
    keys = [f"k{number}" for number in range(120)]
    leave(*keys)
    attempts: Counter[str] = Counter()
    lock, ticks = threading.Lock(), iter(range(1_000_000))

    def clock() -> datetime:
        with lock:  # Each look at the clock is a lease later: every lease has ended.
            return NOW + LEASE * next(ticks) * 2

    def do(work: Work) -> None:
        with lock:
            attempts[work.key] += 1
            failing = attempts[work.key] < 3
        Entry.objects.create(kind="EFFECT", key=work.key, payload=b"")  # A second one would fail.
        if failing:
            raise ConnectionError

    def work_on(_: int) -> None:
        while queries.waiting(["TEST"]):
            run_once({"TEST": Handler(do)}, clock, limit=10)
        connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work_on, range(4)))
    effects = set(Entry.objects.filter(kind="EFFECT").values_list("key", flat=True))
    finished = set(Entry.objects.filter(kind="TEST", state="done").values_list("key", flat=True))
    given_up = {letter.key for letter in queries.dead()}  # Leases may end too often under load.
    assert effects == finished
    assert finished | given_up == set(keys)
    assert finished


def test_the_worker_works_until_it_is_told_to_stop() -> None:
    stop, seen = threading.Event(), threading.Event()
    thread = threading.Thread(
        target=run, args=({"TEST": Handler(lambda _: seen.set())}, stop), daemon=True
    )
    thread.start()
    leave("a")
    assert seen.wait(10)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    assert queries.waiting(["TEST"]) == 0


def test_the_worker_outlives_a_database_that_goes_away() -> None:
    stop, seen = threading.Event(), threading.Event()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE outbox_entry RENAME TO outbox_entry_away")
    thread = threading.Thread(
        target=run, args=({"TEST": Handler(lambda _: seen.set())}, stop), daemon=True
    )
    try:
        thread.start()
        thread.join(0.3)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE outbox_entry_away RENAME TO outbox_entry")
    leave("a")
    assert seen.wait(10)
    stop.set()
    thread.join(10)
    assert queries.waiting(["TEST"]) == 0
