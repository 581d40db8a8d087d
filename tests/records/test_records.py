"""Records in their tables: comparisons against a small model, moments, and what stands sealed."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from naru.domain.records import (
    Comparison,
    Content,
    Criteria,
    Criterion,
    Held,
    Interval,
    Key,
    Method,
    Range,
    Record,
    Sorting,
    Term,
)
from naru.records import queries, services
from naru.records.services import Origin
from naru.security.errors import SealBroken

NOW = datetime(2026, 11, 20, 1, 2, 3, 456789, tzinfo=UTC)
_numbers = count(1)
pytestmark = pytest.mark.django_db


def write(
    *terms: Term,
    key: Key | None = None,
    patient: UUID | None = None,
    method: Method = Method.CREATE,
    before: Held | None = None,
    text: bytes = b"{}",
) -> Record:
    with transaction.atomic():
        services.take_turn()
        key = key or Key("Observation", str(next(_numbers)))
        content = Content(text=text, terms=terms)
        return services.write(key, method, content, Origin(None, patient, NOW), before)


def found(*criteria: Criterion, patient: UUID, at: int | None = None) -> list[str]:
    asked = Criteria(type="Observation", criteria=criteria)
    moment = queries.newest() if at is None else at
    return [one.key.id for one in queries.matching(asked, [patient], at=moment)]


MODEL: dict[Comparison, Callable[[Interval, Interval], bool]] = {
    Comparison.EQUAL: lambda own, asked: asked.low <= own.low and own.high <= asked.high,
    Comparison.NOT_EQUAL: lambda own, asked: not (asked.low <= own.low and own.high <= asked.high),
    Comparison.GREATER: lambda own, asked: own.high > asked.high,
    Comparison.LESS: lambda own, asked: own.low < asked.low,
    Comparison.GREATER_OR_EQUAL: lambda own, asked: own.high > asked.low,
    Comparison.LESS_OR_EQUAL: lambda own, asked: own.low < asked.high,
    Comparison.STARTS_AFTER: lambda own, asked: own.low >= asked.high,
    Comparison.ENDS_BEFORE: lambda own, asked: own.high <= asked.low,
}
INTERVALS = st.tuples(st.integers(0, 6), st.integers(1, 3)).map(
    lambda pair: Interval(pair[0], pair[0] + pair[1])
)


@given(
    own=st.lists(INTERVALS, min_size=1, max_size=4),
    asked=INTERVALS,
    comparison=st.sampled_from(list(Comparison)),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_dates_are_compared_as_fhir_says(
    own: list[Interval], asked: Interval, comparison: Comparison
) -> None:
    patient = uuid4()
    ids = [write(Term("date", interval=one), patient=patient).held.key.id for one in own]
    criterion = Criterion("date", ranges=(Range(comparison, asked),))

    assert found(criterion, patient=patient) == [
        id_ for id_, one in zip(ids, own, strict=True) if MODEL[comparison](one, asked)
    ]


def test_a_moment_stays_as_it_was() -> None:
    patient = uuid4()
    first = write(Term("code", "=a"), patient=patient)
    second = write(Term("code", "=a"), patient=patient)
    then = queries.newest()
    write(Term("code", "=b"), key=first.held.key, patient=patient, before=first.held)
    write(key=second.held.key, patient=patient, method=Method.DELETE, before=second.held)
    third = write(Term("code", "=a"), patient=patient)
    asked = Criterion("code", ("=a",))

    assert found(asked, patient=patient, at=then) == [first.held.key.id, second.held.key.id]
    assert found(asked, patient=patient) == [third.held.key.id]


def test_order_is_by_term_then_by_last_change_and_those_without_come_last() -> None:
    patient = uuid4()
    without = write(patient=patient)
    late = write(Term("date", interval=Interval(9, 10)), patient=patient)
    early = write(Term("date", interval=Interval(1, 2)), patient=patient)
    asked = Criteria(type="Observation")
    rows = queries.matching(asked, [patient], at=queries.newest())

    for sorting, expected in (
        (Sorting("date"), [early, late, without]),
        (Sorting("date", descending=True), [late, early, without]),
        (Sorting("_lastUpdated", descending=True), [early, late, without]),
    ):
        ordered = queries.in_order(rows, [sorting])
        assert [one.key for one in ordered] == [one.held.key for one in expected]


def test_nothing_that_a_record_says_stands_in_the_clear() -> None:
    patient = uuid4()
    kept = write(Term("code", "=SECRET"), patient=patient, text=b'{"SECRET":1}')
    for table in ("records_version", "records_term"):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {table}")
            for value in (one for row in cursor.fetchall() for one in row):
                stored = bytes(value) if isinstance(value, memoryview) else value
                assert "SECRET" not in str(stored)
    assert queries.opened([kept.held])[0].text == b'{"SECRET":1}'


def test_a_text_is_bound_to_its_record_and_version() -> None:
    one, other = write(text=b"one"), write(text=b"other")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE records_version SET sealed = (SELECT sealed FROM records_version WHERE id = %s)"
            " WHERE id = %s",
            [one.held.sequence, other.held.sequence],
        )
    with pytest.raises(SealBroken):
        queries.opened([other.held])
