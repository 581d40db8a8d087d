"""Values of columns in SQL written by hand: as both databases take them and hand them out.

SQLite keeps a UUID as its 32 digits, and moments and days as text without a zone.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections


def keys(uuids: Iterable[UUID]) -> list[UUID | str]:
    """UUIDs as parameters."""
    if connections[DEFAULT_DB_ALIAS].features.has_native_uuid_field:
        return list(uuids)
    return [one.hex for one in uuids]


def places(values: Iterable[object]) -> str:
    """A placeholder for each value, to stand behind `IN`; of no values, what equals nothing."""
    return "(" + (", ".join("%s" for _ in values) or "NULL") + ")"


def uuid_of(stored: UUID | str) -> UUID:
    """A UUID column."""
    return stored if isinstance(stored, UUID) else UUID(stored)


def moment_of(stored: datetime | str) -> datetime:
    """A column of moments, in UTC."""
    found = stored if isinstance(stored, datetime) else datetime.fromisoformat(stored)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def day_of(stored: date | str) -> date:
    """A column of days."""
    return date.fromisoformat(stored) if isinstance(stored, str) else stored
