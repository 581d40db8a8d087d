"""The numbers equal the audit log, record by record, whoever counts and however often."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from naru.audit import following
from naru.audit import services as audit
from naru.audit.records import Outcome
from naru.statistics import counting, months, queries
from naru.statistics.counting import NOBODY, Overtaken, count_all
from naru.statistics.models import Through, Traffic
from tests.statistics.histories import NOON, drawn, in_the_log, record

pytestmark = pytest.mark.django_db(transaction=True)

FIRST, UNTIL = date(2026, 7, 1), date(2026, 12, 1)


def told() -> Counter[tuple[str, object, str, Outcome]]:
    found = Counter[tuple[str, object, str, Outcome]]()
    for month in months.until(date(2026, 11, 1), 5):
        for line in queries.lines(month, months.after(month)):
            who = None if line.institution == NOBODY else line.institution
            found[months.written(month), who, line.transaction, line.outcome] += line.requests
    return found


@pytest.mark.parametrize("seed", range(3))
def test_a_drawn_history_is_told_as_the_log_has_it(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "BATCH", 17)
    institutions = [uuid4() for _ in range(3)]
    drawn(seed, institutions, NOON, 60)
    count_all(NOON)
    audit.stop()  # Another thread goes on, with a chain of its own.
    drawn(seed + 100, institutions, NOON + timedelta(days=20), 60)

    assert count_all(NOON + timedelta(days=21)) == 60
    assert count_all(NOON + timedelta(days=22)) == 0
    assert told() == in_the_log()
    assert queries.as_of() == NOON + timedelta(days=22)


def test_a_month_begins_at_midnight_in_korea() -> None:
    record(datetime(2026, 9, 30, 14, 59, 59, tzinfo=UTC))
    record(datetime(2026, 9, 30, 15, 0, 0, tzinfo=UTC))
    count_all(NOON)

    assert [one.requests for one in queries.lines(date(2026, 9, 1), date(2026, 10, 1))] == [1]
    assert [one.requests for one in queries.lines(date(2026, 10, 1), date(2026, 11, 1))] == [1]


def test_who_counts_what_another_counted_meanwhile_keeps_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for _ in range(4):
        record(NOON)
    stale = following.heads()
    count_all(NOON)
    before = queries.lines(FIRST, UNTIL)
    monkeypatch.setattr(counting, "_counted_so_far", dict)

    with pytest.raises(Overtaken):
        count_all(NOON)
    assert stale == following.heads()
    assert queries.lines(FIRST, UNTIL) == before

    record(NOON)
    (writer,) = stale
    late = dict.fromkeys([writer], 1)
    monkeypatch.setattr(counting, "_counted_so_far", lambda: late)
    with pytest.raises(Overtaken):
        count_all(NOON)
    assert queries.lines(FIRST, UNTIL) == before


def test_hours_that_nothing_is_told_from_are_forgotten() -> None:
    who = uuid4()
    record(NOON - timedelta(weeks=7), who)
    record(NOON, who)
    count_all(NOON)

    assert counting.forget_old_hours(NOON) == 1
    assert [one.hour for one in Traffic.objects.all()] == [NOON]
    assert sum(one.requests for one in queries.lines(FIRST, UNTIL)) == 2


def test_documents_are_counted_once_for_each_record() -> None:
    record(NOON, documents=3)
    record(NOON, documents=2)
    count_all(NOON)

    (line,) = queries.lines(FIRST, UNTIL)
    assert (line.requests, line.documents) == (2, 5)
    assert Through.objects.count() == 1
