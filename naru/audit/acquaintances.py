"""Which institution has seen anything of which patient, noted with the first record that says so.

The note and the work that follows from it (the patient is told) are in the record's own
transaction; of many that race the table lets one in.
"""

from collections.abc import Iterator, Sequence
from typing import Final
from uuid import UUID

from django.db import connection, transaction

from naru.audit.chain import Prepared
from naru.audit.records import RecordId
from naru.outbox import services as outbox
from naru.storage.columns import keys

FIRST_ACCESS: Final = "audit.first-access"
"""The kind of outbox work that follows; its payload is patient, institution and record."""

REMEMBERED: Final = 100_000
"""Pairs that a process remembers, so that most requests need not ask."""

_MEET: Final = (
    "INSERT INTO audit_acquaintance (patient, institution, record) VALUES (%s, %s, %s)"
    " ON CONFLICT (patient, institution) DO NOTHING"
)
_Pair = tuple[UUID, UUID]
_known: set[_Pair] = set()


def note(records: Sequence[Prepared]) -> None:
    """Note who met whom in these records, inside the transaction that keeps them."""
    # In one order everywhere, so that two that meet the same people never wait for each other.
    met = {pair: record for pair, record in reversed(list(_met(records))) if pair not in _known}
    for pair in sorted(met):
        _meet(pair, met[pair])
    if met:
        pairs = frozenset(met)
        transaction.on_commit(lambda: _remember(pairs))


def read(payload: bytes) -> tuple[UUID, UUID, RecordId]:
    """Patient, institution and record of the work that follows."""
    patient, institution, record = (UUID(bytes=payload[at : at + 16]) for at in (0, 16, 32))
    return patient, institution, RecordId(record)


def _met(records: Sequence[Prepared]) -> Iterator[tuple[_Pair, UUID]]:
    for one in records:
        if one.institution is not None:
            for patient in one.seen:
                yield (patient, one.institution), one.id


def _meet(pair: _Pair, record: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_MEET, keys([*pair, record]))
        if cursor.rowcount:
            payload = b"".join(one.bytes for one in (*pair, record))
            outbox.put(FIRST_ACCESS, payload, key=f"{pair[0]}:{pair[1]}")


def _remember(pairs: frozenset[_Pair]) -> None:
    if len(_known) > REMEMBERED:
        _known.clear()
    _known.update(pairs)
