"""Rows to values and back; the SQL of the hot reads is written by hand."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

from django.db import connection

from naru.domain.records import Held, Key, Method
from naru.records.models import Version

COLUMNS: Final = (
    "v.id, v.type, v.record, v.version, v.method, v.patient, v.institution, v.event_date,"
    " v.updated, v.department"
)

METHOD: Final = {
    Method.CREATE: Version.Method.CREATE.value,
    Method.UPDATE: Version.Method.UPDATE.value,
    Method.DELETE: Version.Method.DELETE.value,
}
_METHODS: Final = {number: method for method, number in METHOD.items()}


def held(row: Sequence[object]) -> Held:
    """The light value of a row of COLUMNS."""
    number, kind, record, version, method, patient, institution, day, updated, where = row[:10]
    assert isinstance(number, int)
    assert isinstance(version, int)
    assert isinstance(method, int)
    return Held(
        sequence=number,
        key=Key(str(kind), str(record)),
        version=version,
        updated=_moment(updated),
        method=_METHODS[method],
        patient=_uuid(patient),
        institution=_uuid(institution),
        event_date=_day(day),
        department=str(where) or None,
    )


def uuid_parameter(value: UUID) -> UUID | str:
    """A UUID as a parameter that the database compares with its UUID columns."""
    return value if connection.features.has_native_uuid_field else value.hex


def _uuid(value: object) -> UUID | None:
    # SQLite keeps a UUID as its 32 digits.
    return value if value is None or isinstance(value, UUID) else UUID(str(value))


def _day(value: object) -> date | None:
    return value if value is None or isinstance(value, date) else date.fromisoformat(str(value))


def _moment(value: object) -> datetime:
    # SQLite keeps UTC as text.
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return datetime.fromisoformat(str(value)).replace(tzinfo=UTC)
