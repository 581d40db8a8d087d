"""Reading records: one, its history, and what fits a question at a moment."""

from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

from django.db import connection

from naru.domain.records import Criteria, Held, Key, Record, Sorting
from naru.records import rows, sealing, selection
from naru.records.models import Version

HISTORY: Final = 1_000
"""Versions that one answer looks through."""


def newest() -> int:
    """The moment as records count it: the newest change. What a search sees stands up to here."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(MAX(id), 0) FROM records_version")
        found = cursor.fetchone()
    return int(found[0])


def current(key: Key) -> Held | None:
    """The newest version of a record, a deletion too."""
    return _one("v.until IS NULL", key)


def version(key: Key, number: int) -> Held | None:
    """One version of a record."""
    return _one("v.version = %s", key, number)


def versions(key: Key) -> list[Held]:
    """The versions of a record, the newest first."""
    return _all("v.type = %s AND v.record = %s", key.type, key.id)


def matching(
    criteria: Criteria,
    patients: Sequence[UUID] | None,
    *,
    at: int,
    institution: UUID | None = None,
) -> list[Held]:
    """What fits and stood at `at`, the oldest change first; `patients` are the resolved ones.

    Of an institution's records alone where one is named.
    """
    return selection.matching(
        criteria.type, criteria.criteria, patients, at=at, institution=institution
    )


def in_order(found: list[Held], sorting: Sequence[Sorting]) -> list[Held]:
    """The records by their terms; those without one come last, equals by their last change."""
    for one in reversed(sorting):
        if one.name == "_lastUpdated":
            found = sorted(found, key=_sequence, reverse=one.descending)
            continue
        lows = selection.lowest(one.name, [each.sequence for each in found])
        with_term = [each for each in found if each.sequence in lows]
        with_term.sort(key=lambda each: lows[each.sequence], reverse=one.descending)
        found = with_term + [each for each in found if each.sequence not in lows]
    return found


def opened(found: Iterable[Held]) -> tuple[Record, ...]:
    """The records with their texts, in the same order."""
    held = list(found)
    sealed: dict[int, bytes] = {}
    for start in range(0, len(held), 500):
        numbers = [one.sequence for one in held[start : start + 500]]
        rows_ = Version.objects.filter(id__in=numbers).values_list("id", "sealed")
        sealed.update((number, bytes(blob)) for number, blob in rows_)
    return tuple(
        Record(
            one, b"" if one.deleted else sealing.unseal(sealed[one.sequence], one.key, one.version)
        )
        for one in held
    )


def _sequence(held: Held) -> int:
    return held.sequence


def _one(condition: str, key: Key, *more: int) -> Held | None:
    found = _all(f"v.type = %s AND v.record = %s AND {condition}", key.type, key.id, *more)
    return found[0] if found else None


def _all(condition: str, *parameters: str | int) -> list[Held]:
    # Conditions are this module's own words; every value is a parameter.
    statement = (
        f"SELECT {rows.COLUMNS} FROM records_version v WHERE {condition}"  # noqa: S608  # Our own names; values are parameters.
        f" ORDER BY v.id DESC LIMIT {HISTORY}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [rows.held(row) for row in cursor.fetchall()]
