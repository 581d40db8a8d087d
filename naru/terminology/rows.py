"""Rows of concepts in SQL written by hand: the hot way to a code."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Final

from django.db import connection

from naru.domain.terminology import Concept, Designation, numbered
from naru.storage.columns import places
from naru.terminology.days import validity

CONCEPT: Final = "c.system, c.code, c.display, c.english, c.parent, c.replaced_by, c.since, c.until"
"""The columns that `concept_of` reads."""

VALID: Final = "c.since <= %s AND c.until > %s"
"""Valid on a day, which is given twice."""

SEEN: Final = "c.since < '9999-12-31'"
"""No row of a release that is still being loaded."""

AT_ONCE: Final = 500
"""Codes of one statement: a database takes only so many values."""


def concept_of(row: Sequence[Any], designations: tuple[Designation, ...] = ()) -> Concept:
    """The value of `CONCEPT`."""
    system, code, display, english, parent, replaced_by, since, until = row
    return Concept(
        system=numbered()[system].name,
        code=code,
        display=display,
        english=english,
        parent=parent,
        replaced_by=replaced_by,
        validity=validity(since, until),
        designations=designations,
    )


def concepts(
    where: str, values: Iterable[int | str | date], *, most: int | None = None
) -> list[Concept]:
    """Concepts by a condition on `c`, in the order of their codes."""
    statement = f"SELECT {CONCEPT} FROM terminology_concept c WHERE {where} ORDER BY c.code"  # noqa: S608  # Our own words; values are parameters.
    limit = "" if most is None else f" LIMIT {most:d}"
    with connection.cursor() as cursor:
        cursor.execute(statement + limit, list(values))
        return [concept_of(row) for row in cursor.fetchall()]


def with_codes(system: int, codes: Iterable[str], on: date | None = None) -> Iterator[Concept]:
    """The concepts of a system with these codes, on a day or on any."""
    asked = list(dict.fromkeys(codes))
    valid, days = (SEEN, []) if on is None else (VALID, [on, on])
    for start in range(0, len(asked), AT_ONCE):
        some = asked[start : start + AT_ONCE]
        yield from concepts(
            f"c.system = %s AND c.code IN {places(some)} AND {valid}", [system, *some, *days]
        )
