"""From criteria to SQL: which versions stood at a moment and fit."""

from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

from django.db import connection

from naru.domain.records import (
    Comparison,
    Criterion,
    Held,
    Interval,
    Method,
    Range,
)
from naru.records import rows, sealing
from naru.security.keys import looked_up

Parameter = str | int | bytes | UUID

_TERM: Final = "EXISTS (SELECT 1 FROM records_term t WHERE t.version_id = v.id AND t.name = %s"
# FHIR R4 3.1.1.4.5, of a record's interval and the one that is asked for.
_COMPARED: Final = {
    Comparison.EQUAL: ("t.low >= %s AND t.high <= %s", ("low", "high")),
    Comparison.NOT_EQUAL: ("NOT (t.low >= %s AND t.high <= %s)", ("low", "high")),
    Comparison.GREATER: ("t.high > %s", ("high",)),
    Comparison.LESS: ("t.low < %s", ("low",)),
    Comparison.GREATER_OR_EQUAL: ("t.high > %s", ("low",)),
    Comparison.LESS_OR_EQUAL: ("t.low < %s", ("high",)),
    Comparison.STARTS_AFTER: ("t.low >= %s", ("high",)),
    Comparison.ENDS_BEFORE: ("t.high <= %s", ("low",)),
}


def matching(
    kind: str,
    criteria: Sequence[Criterion],
    patients: Sequence[UUID] | None,
    *,
    at: int,
    institution: UUID | None = None,
) -> list[Held]:
    """The records of a type that stood at `at` and fit, in the order of their last change.

    Of one institution's where it is named.

    However many: how many may be seen is known only to whoever decides that.
    """
    conditions = [
        "v.type = %s",
        "v.id <= %s",
        "(v.until IS NULL OR v.until > %s)",
        "v.method <> %s",
    ]
    parameters: list[Parameter] = [kind, at, at, rows.METHOD[Method.DELETE]]
    if patients is not None:
        conditions.append(_one_of("v.patient", len(patients)))
        parameters += [rows.uuid_parameter(one) for one in patients]
    if institution is not None:
        conditions.append("v.institution = %s")
        parameters.append(rows.uuid_parameter(institution))
    for criterion in criteria:
        condition, values = _condition(kind, criterion)
        conditions.append(condition)
        parameters += values
    # Names and operators are this room's own words; every value is a parameter.
    statement = (
        f"SELECT {rows.COLUMNS} FROM records_version v WHERE {' AND '.join(conditions)}"  # noqa: S608  # Our own names; values are parameters.
        " ORDER BY v.id"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [rows.held(row) for row in cursor.fetchall()]


def lowest(name: str, sequences: Sequence[int]) -> dict[int, int]:
    """The earliest moment that each version has under a name."""
    found: dict[int, int] = {}
    for start in range(0, len(sequences), 500):
        part = sequences[start : start + 500]
        statement = (
            "SELECT version_id, MIN(low) FROM records_term WHERE name = %s AND"  # noqa: S608  # Our own names; values are parameters.
            f" {_one_of('version_id', len(part))} AND low IS NOT NULL GROUP BY version_id"
        )
        with connection.cursor() as cursor:
            cursor.execute(statement, [name, *part])
            found.update(cursor.fetchall())
    return found


def _condition(kind: str, criterion: Criterion) -> tuple[str, list[Parameter]]:
    if criterion.missing is not None:
        return f"{'NOT ' if criterion.missing else ''}{_TERM})", [criterion.name]
    if criterion.name == "_id":
        return _one_of("v.record", len(criterion.texts)), [*criterion.texts]
    if criterion.texts:
        tokens = looked_up(sealing.token(kind, criterion.name, text) for text in criterion.texts)
        which = "NOT " if criterion.negated else ""
        return f"{which}{_TERM} AND {_one_of('t.token', len(tokens))})", [criterion.name, *tokens]
    condition, values = _any(criterion.ranges)
    return f"{_TERM} AND {condition})", [criterion.name, *values]


def _any(ranges: Iterable[Range]) -> tuple[str, list[Parameter]]:
    conditions: list[str] = []
    values: list[Parameter] = []
    for one in ranges:
        condition, bounds = _COMPARED[one.comparison]
        conditions.append(f"({condition})")
        values += [_bound(one.interval, bound) for bound in bounds]
    return f"({' OR '.join(conditions)})", values


def _bound(interval: Interval, name: str) -> int:
    return interval.low if name == "low" else interval.high


def _one_of(column: str, number: int) -> str:
    return f"{column} IN ({','.join(['%s'] * number)})" if number else "1=0"
