"""How much room there is, and for how many days it will last at the pace of the last weeks."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, cast

from django.conf import settings
from django.db import connection

from naru.accounts.errors import Refused
from naru.directory import certificates
from naru.domain import roles
from naru.domain.korea import korean_day
from naru.domain.operation import Expiry, Runs
from naru.exchange.access import Access, reading
from naru.repository import queries as repository
from naru.statistics import queries
from naru.statistics.models import Room
from naru.statistics.queries import Measured
from naru.statistics.services import reportable

CAPACITY: Final = "capacity"
"""The transaction, as the audit names it."""

DAYS: Final = 30
"""Of which the pace is told."""

SOON: Final = timedelta(days=60)
"""How long before its end an institution's certificate is told."""

LEAST: Final = 3
"""Days between the first and the last measurement, before a pace is told."""


class MayNotLook(Refused):
    """The node is not the caller's to run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """What is taken now, and how it went; `left` days, None where no pace is known or none grows.

    `pace` is in bytes a day.
    """

    now: Measured
    days: tuple[Measured, ...]
    pace: float | None
    left: int | None


def capacity(access: Access) -> Capacity:
    """How much room there is. Raises MayNotLook for all but the operator."""
    with reading(access):
        if not may_look(access):
            raise MayNotLook
        found = measured(access.time)
        days = [one for one in queries.room(found.day, DAYS) if one.day < found.day]
        pace = pace_of([*days, found])
        left = int(found.free / pace) if pace and pace > 0 else None
        return Capacity(now=found, days=tuple(days), pace=pace, left=left)


def may_look(access: Access) -> bool:
    """Whether the node is the caller's to run."""
    return roles.may(access.caller.role, "run-node")


def running_out(access: Access) -> tuple[Expiry, ...]:
    """What ends, the first first: the node's own to the operator, certificates to whose they are.

    An institution's stand here from `SOON` before their end.
    """
    with reading(access):
        seen = {one.id for one in reportable(access)}
        theirs = [
            Expiry(kind=Runs.INSTITUTION, name=one.name, ends=one.not_after)
            for one in certificates.ending(access.time + SOON, on=access.time)
            if one.institution in seen
        ]
        looked = cast("tuple[Expiry, ...]", settings.EXPIRIES())
        own = looked if may_look(access) else ()
        first = datetime.min.replace(tzinfo=UTC)
        return tuple(sorted((*own, *theirs), key=lambda one: one.ends or first))


def keep(now: datetime) -> None:
    """Keep what is taken on this day; of several times the last counts."""
    found = measured(now)
    Room.objects.update_or_create(
        day=found.day,
        defaults={
            "free": found.free,
            "total": found.total,
            "database": found.database,
            "documents": found.documents,
        },
    )


def measured(now: datetime) -> Measured:
    """What the node takes at this moment: of the disk on which its data folder lies."""
    disk = shutil.disk_usage(settings.NARU.data)
    return Measured(
        day=korean_day(now),
        free=disk.free,
        total=disk.total,
        database=_database(),
        documents=repository.size(),
    )


def pace_of(days: Sequence[Measured]) -> float | None:
    """By how many bytes a day the disk fills; None before enough is known."""
    if not days or (days[-1].day - days[0].day).days < LEAST:
        return None
    return (days[0].free - days[-1].free) / (days[-1].day - days[0].day).days


def _database() -> int:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])
    file = Path(str(connection.settings_dict["NAME"]))
    beside = (file, file.with_name(f"{file.name}-wal"))
    return sum(one.stat().st_size for one in beside if one.exists())
