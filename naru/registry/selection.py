"""SQL of the hot reads, written by hand: Django's compiler costs more than the search itself."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Final
from uuid import UUID

import msgspec
from django.db import connection

from naru.domain import dtm
from naru.domain.codes import Code
from naru.domain.stored_query import TimeRange
from naru.domain.xds import AssociationType, AvailabilityStatus, DocumentEntryType
from naru.registry import rows
from naru.registry.identity import Survivors
from naru.registry.values import Indexed

Row = tuple[object, ...]

CHUNK: Final = 1000
"""Ids in one statement; below the limit of parameters of both databases."""

ENTRY: Final = (
    "entry_uuid, unique_id, patient, institution, event_date, practice_setting, type_code,"
    " confidentiality, recipients, status, object_type, repository, mime_type, hash, size,"
    " format_code, registered_at, assembled_from"
)
PACKAGE: Final = (
    "entry_uuid, unique_id, patient, institution, event_date, recipients, status, kind, time,"
    " registered_at"
)
ASSOCIATION: Final = "entry_uuid, type, source, target, status, submission_set_status, sealed, id"

_LEADING: Final = """
WITH RECURSIVE near(uuid) AS (
  VALUES {asked}
  UNION
  SELECT CAST(CASE at.an_end WHEN 0 THEN link.source ELSE link.target END AS TEXT)
  FROM near
  JOIN registry_association link
    ON link.entry_uuid = near.uuid OR (link.source = near.uuid AND link.type = %s)
  CROSS JOIN (SELECT 0 AS an_end UNION ALL SELECT 1) at
)
SELECT near.uuid, link.entry_uuid, link.source, link.target
FROM near
JOIN registry_association link
  ON link.entry_uuid = near.uuid OR (link.source = near.uuid AND link.type = %s)
"""

STATUS: Final = {number: status for status, number in rows.STATUS.items()}
OBJECT_TYPE: Final = {number: kind for kind, number in rows.OBJECT_TYPE.items()}


class Where:
    """Conditions that must all hold, with their parameters."""

    def __init__(self) -> None:
        self.conditions: list[str] = []
        self.parameters: list[str | int] = []

    def one_of(self, column: str, values: Iterable[str | int]) -> "Where":
        """`column` has one of the values; no values at all ask for nothing."""
        given = list(values)
        if given:
            self.conditions.append(f"{column} IN ({','.join(['%s'] * len(given))})")
            self.parameters += given
        return self

    def coded(self, column: str, codes: Iterable[Code]) -> "Where":
        """`column` has one of the codes (ITI TF-2 3.18.4.1.2.3.4)."""
        return self.one_of(column, map(rows.coded, codes))

    def within(self, column: str, times: TimeRange, *, unless: str = "") -> "Where":
        """`start <= column < end`, or else `unless` holds (ITI TF-2 3.18.4.1.2.3.3)."""
        bounds = [
            (f"{column} {operator} %s", int(dtm.earliest(text).timestamp()))
            for operator, text in ((">=", times.start), ("<", times.end))
            if text is not None
        ]
        if bounds:
            inside = " AND ".join(condition for condition, _ in bounds)
            self.conditions.append(f"({unless} OR ({inside}))" if unless else inside)
            self.parameters += [moment for _, moment in bounds]
        return self


def select(
    columns: str, table: str, where: Where, *, order: str = "id", most: int | None = None
) -> list[Row]:
    """The rows that match, in the order in which they were registered; the first `most` of them."""
    matching = " AND ".join(where.conditions) or "1=0"
    # Columns, table and conditions are this room's own words; every value is a parameter.
    statement = f"SELECT {columns} FROM {table} WHERE {matching} ORDER BY {order}"  # noqa: S608  # Our own names; values are parameters.
    parameters = where.parameters
    if most is not None:
        statement, parameters = f"{statement} LIMIT %s", [*parameters, most]
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        found: list[Row] = cursor.fetchall()
        return found


def select_by(columns: str, table: str, column: str, values: Iterable[str]) -> Iterator[Row]:
    """The rows in which `column` has one of the values, in as many statements as they need.

    No values need one as well: the time of an answer does not tell that there was nothing to look
    for, from which an asker would know that otherwise there is something, and withheld.
    """
    for chunk in _chunks(values):
        yield from select(columns, table, Where().one_of(column, chunk))


def leading(uuids: Iterable[str]) -> Iterator[Row]:
    """`(object, own, source, target)` of each association by which the objects lead to others.

    A package leads to its members, an association (`own`) to both its ends, and these on: all of it
    in one statement, however far it leads.
    """
    for chunk in _chunks(uuids):
        asked: list[str | None] = [*chunk] or [None]
        statement = _LEADING.format(asked=", ".join(["(CAST(%s AS TEXT))"] * len(asked)))
        member = AssociationType.HAS_MEMBER
        with connection.cursor() as cursor:
            cursor.execute(statement, [*asked, member, member])
            found: list[Row] = cursor.fetchall()
        yield from found


def _chunks(values: Iterable[str]) -> Iterator[list[str]]:
    """All the values, sorted, or none of them: one chunk at least."""
    given = sorted(set(values))
    for start in range(0, len(given) or 1, CHUNK):
        yield given[start : start + CHUNK]


def with_codes(found: list[Row], column: int, wanted: Sequence[Sequence[Code]]) -> list[Row]:
    """Rows whose list has a code of each group: (a or b) and c (ITI TF-2 3.18.4.1.2.3.5)."""
    if not wanted:
        return found
    groups = [{rows.coded(code) for code in group} for group in wanted]
    return [
        row
        for row in found
        if all(not group.isdisjoint(listed(str(row[column]))) for group in groups)
    ]


def patient_keys(patients: Iterable[UUID]) -> list[str]:
    """UUIDs as parameters that both databases compare with their UUID columns."""
    if connection.vendor == "sqlite":
        return [patient.hex for patient in patients]
    return [str(patient) for patient in patients]


@lru_cache(maxsize=4096)
def _uuid(text: str) -> UUID:
    return UUID(text)


def uuid_of(value: object) -> UUID:
    """A UUID column as it came from the database."""
    return value if isinstance(value, UUID) else _uuid(str(value))


@lru_cache(maxsize=4096)
def listed(text: str) -> tuple[str, ...]:
    """A list that stands in one column."""
    return msgspec.json.decode(text, type=tuple[str, ...])


@lru_cache(maxsize=4096)
def _day(text: str) -> date:
    return date.fromisoformat(text)


def _date_of(value: object) -> date | None:
    return value if value is None or isinstance(value, date) else _day(str(value))


def moment_of(value: object) -> datetime:
    """A time column as it came from the database; SQLite keeps UTC and does not say so."""
    found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def entry(row: Sequence[object], survivors: Survivors) -> Indexed:
    """The light value of a row of ENTRY."""
    return Indexed(
        entry_uuid=str(row[0]),
        unique_id=str(row[1]),
        patient=survivors.of(uuid_of(row[2])),
        under=uuid_of(row[2]),
        institution=None if row[3] is None else uuid_of(row[3]),
        event_date=_date_of(row[4]),
        department=str(row[5]) or None,
        kind=str(row[6]),
        confidentiality=listed(str(row[7])),
        recipients=recipients(str(row[8])),
        status=status_of(row[9]),
        object_type=object_type_of(row[10]),
        repository=str(row[11]) or None,
        mime_type=str(row[12]),
        hash=str(row[13]) or None,
        size=integer(row[14]),
        format=str(row[15]),
        registered=moment_of(row[16]),
        assembled_from=listed(str(row[17])) if row[17] else None,
    )


def package(row: Sequence[object], survivors: Survivors) -> Indexed:
    """The light value of a row of PACKAGE, for the consent decision."""
    return Indexed(
        entry_uuid=str(row[0]),
        unique_id=str(row[1]),
        patient=survivors.of(uuid_of(row[2])),
        under=uuid_of(row[2]),
        institution=None if row[3] is None else uuid_of(row[3]),
        event_date=_date_of(row[4]),
        recipients=recipients(str(row[5])),
        status=status_of(row[6]),
        registered=moment_of(row[9]),
    )


@lru_cache(maxsize=4096)
def recipients(text: str) -> tuple[UUID, ...]:
    """The institutions of a recipients column."""
    return tuple(UUID(hexadecimal) for hexadecimal in listed(text))


def status_of(value: object) -> AvailabilityStatus:
    """A status column."""
    assert isinstance(value, int)
    return STATUS[value]


def object_type_of(value: object) -> DocumentEntryType:
    """An object type column."""
    assert isinstance(value, int)
    return OBJECT_TYPE[value]


def integer(value: object) -> int | None:
    """A column of whole numbers."""
    assert value is None or isinstance(value, int)
    return value
