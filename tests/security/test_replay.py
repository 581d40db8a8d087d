"""What was used once stays used: for every thread and process, and until it would end anyway."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from django.db import connection, transaction

from naru.security import replay
from naru.security.models import Used

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
_names = count()


def fresh() -> str:
    return f"name {next(_names)}"


def use(*once: str, **bound: bytes) -> None:
    replay.use(once, bound, until=LATER, now=NOW)


@pytest.fixture(autouse=True)
def _database(transactional_db: None) -> None:
    """Real commits."""


def test_what_is_used_once_is_refused_the_second_time() -> None:
    use("a", "b")
    for again in (("a",), ("b",), ("c", "b")):
        with pytest.raises(replay.Replayed):
            use(*again)
    use("c")  # It was not marked when b was refused.


def test_what_is_bound_is_used_again_with_the_same_value_only() -> None:
    use(x=b"1" * 32)
    use(x=b"1" * 32)
    use("once", x=b"1" * 32)
    with pytest.raises(replay.Replayed):
        use("twice", x=b"2" * 32)
    use("twice", x=b"1" * 32)


def test_of_many_at_once_one_is_let_through() -> None:
    def attempt(_: int) -> bool:
        try:
            use("raced", owner=b"1" * 32)
        except replay.Replayed:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(attempt, range(64))) == 1


def test_what_has_ended_is_swept_away() -> None:
    for _ in range(10):
        Used.objects.create(name=fresh().encode(), value=b"", ends=NOW - timedelta(seconds=1))
    use(next(name for name in map(str, count()) if hashlib.sha256(name.encode()).digest()[0] == 0))
    assert Used.objects.count() == 1


def test_a_commit_is_waited_for_again_after_a_mark() -> None:
    use(fresh())
    with pytest.raises(replay.Replayed):
        use("same", "same")
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous")
            assert cursor.fetchone()[0] == 2  # FULL.
        else:
            cursor.execute("SHOW synchronous_commit")
            assert cursor.fetchone()[0] == "on"


def test_a_mark_within_a_caller_s_transaction_goes_with_it() -> None:
    with transaction.atomic():
        use("undone")
        transaction.set_rollback(True)
    use("undone")
