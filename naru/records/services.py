"""Writing records: every change is one more version."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection

from naru.domain.records import Content, Held, Interval, Key, Method, Record, Term
from naru.records import models, rows, sealing
from naru.storage.rows import insert

_TURN: Final = int.from_bytes(b"records\0", "big", signed=True)


@dataclass(frozen=True, slots=True)
class Origin:
    """Who writes, for whom, and when."""

    institution: UUID | None
    patient: UUID | None
    time: datetime


def take_turn() -> None:
    """Wait until nobody else changes records, from here to the end of the transaction.

    So conditions hold that were looked at before a write, and versions become visible in the order
    of their ids, on which the stability of pages rests. SQLite has one writer anyway.
    """
    assert connection.in_atomic_block, "records are changed within a transaction"
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TURN])


def write(
    key: Key, method: Method, content: Content, origin: Origin, before: Held | None
) -> Record:
    """Add the next version of a record; whoever calls has taken the turn."""
    number = before.version + 1 if before else 1
    row = models.Version.objects.create(
        type=key.type,
        record=key.id,
        version=number,
        method=rows.METHOD[method],
        patient=origin.patient,
        institution=origin.institution,
        event_date=content.event_date,
        department=content.department or "",
        updated=origin.time,
        sealed=sealing.seal(content.text, key, number),
    )
    if before is not None:
        models.Version.objects.filter(id=before.sequence).update(until=row.id)
    insert(_terms(row.id, key.type, (*content.terms, _last_updated(origin.time))))
    held = Held(
        sequence=row.id,
        key=key,
        version=number,
        updated=origin.time,
        method=method,
        patient=origin.patient,
        institution=origin.institution,
        event_date=content.event_date,
        department=content.department,
    )
    return Record(held, content.text)


def _terms(number: int, kind: str, terms: tuple[Term, ...]) -> Iterator[models.Term]:
    for term in dict.fromkeys(terms):
        if term.interval is None:
            token = sealing.token(kind, term.name, term.text)
            yield models.Term(version_id=number, name=term.name, token=token)
        else:
            low, high = term.interval.low, term.interval.high
            yield models.Term(version_id=number, name=term.name, low=low, high=high)


def _last_updated(moment: datetime) -> Term:
    """The time of the change, to the millisecond that the record tells."""
    low = int(moment.timestamp() * 1000) * 1000
    return Term("_lastUpdated", interval=Interval(low, low + 1000))
