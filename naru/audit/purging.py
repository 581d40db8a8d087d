"""Records older than their retention are taken away, and the chains stay verifiable.

Of each chain only its beginning goes, up to the last record before the day; its head stays as it
is. What stands for the part that went is a record in a chain itself (of whoever purged): the number
and hash of the last record of the part, and how many went. `audit_start` repeats it under the
node's key, so that the chain is verified from there.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from itertools import islice
from typing import Any, Final
from uuid import UUID

import msgspec
from django.db import connection

from naru.audit import stored
from naru.audit.chain import beginning, read_body, seal_start
from naru.audit.received import read_received_body
from naru.audit.records import AuditedObject, RecordId
from naru.audit.stored import OWN, RECEIVED, Head, Row, Start, Tables
from naru.storage.columns import keys, places

PURGED: Final = "purged chain"
"""The kind of an audited object that is the part of a chain that went."""

BATCH: Final = 5_000
"""Records in one transaction, so that requests do not wait long for it."""

_INDEXES: Final = {
    OWN: ("audit_record_patient", "record_id"),
    RECEIVED: ("audit_received_token", "message_id"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The beginning of a chain that went, up to the record `seq` with this hash."""

    tables: Tables
    writer: UUID
    seq: int
    hash: bytes
    count: int

    def said(self) -> AuditedObject:
        """The part as its record names it."""
        words = (self.tables.record, str(self.writer), str(self.seq), self.hash.hex())
        return AuditedObject(PURGED, " ".join(words))


def purge(before: datetime) -> tuple[Part, ...]:
    """Take away some of the oldest records before that moment, in the caller's transaction.

    Answers the parts that went and, with no count, those of earlier purges, so that the record of
    it says of every chain where it begins; nothing where no part went.
    """
    assert connection.in_atomic_block, "purge needs the caller's transaction"
    left, parts, earlier = BATCH, list[Part](), list[Part]()
    # Before anything goes: what vouches for an earlier purge may be old itself.
    starts = {tables: vouched_starts(tables) for tables in (OWN, RECEIVED)}
    for tables, known in starts.items():
        for raw in stored.chains(tables):
            start = known.get(stored.uuid_in(raw) or stored.NOBODY)
            part = _purge_chain(tables, raw, start, before, left) if left else None
            if part is not None:
                parts.append(part)
                left -= part.count
            elif start is not None:
                earlier.append(_told(tables, start))
    return (*parts, *earlier) if parts else ()


def vouch(parts: Sequence[Part], record: RecordId) -> None:
    """Keep under the node's key where the chains begin now, as `record` says it."""
    for one in parts:
        mac = seal_start(one.tables.record, one.writer, one.seq, one.hash, record)
        _keep(one.tables, Start(one.writer, one.seq, one.hash, record, mac))


def vouched_starts(tables: Tables, known: Mapping[UUID, Start] | None = None) -> dict[UUID, Start]:
    """Where purged chains begin: only what the node sealed and a record of ours says."""
    known = stored.starts(tables) if known is None else known
    return {key: one for key, one in known.items() if _is_vouched(tables, one)}


def is_purged(starts: Mapping[UUID, Start], writer: UUID, seq: int) -> bool:
    """Whether the record at `seq` of a chain went by a purge."""
    start = starts.get(writer)
    return start is not None and seq <= start.seq


def _is_vouched(tables: Tables, one: Start) -> bool:
    sealed = seal_start(tables.record, one.writer, one.seq, one.hash, one.record)
    body = stored.body_of(one.record)
    if not compare_digest(sealed, one.mac) or body is None:
        return False
    try:
        return _told(tables, one).said() in read_body(body).objects
    except (msgspec.MsgspecError, ValueError):
        return False


def _told(tables: Tables, one: Start) -> Part:
    return Part(tables=tables, writer=one.writer, seq=one.seq, hash=one.hash, count=0)


def _purge_chain(
    tables: Tables, raw: Any, start: Start | None, before: datetime, most: int
) -> Part | None:
    head = stored.head(tables, raw)
    if head is None:
        return None
    old = list(islice(_old(tables, raw, start or _beginning(head), before), most))
    if not old:
        return None
    index, column = _INDEXES[tables]
    _delete(index, column, [row.place for row in old])
    _delete(tables.record, "id", [row.place for row in old])
    last = old[-1]
    return Part(tables=tables, writer=head.writer, seq=last.seq, hash=last.hash, count=len(old))


def _beginning(head: Head) -> Start:
    return Start(head.writer, 0, beginning(head.writer, head.after), stored.NOBODY, b"")


def _old(tables: Tables, raw: Any, start: Start, before: datetime) -> Iterator[Row]:
    """The first records of a chain, up to the first that is not old, or not as it was kept.

    What somebody edited is not taken away: it is evidence.
    """
    seq, previous = start.seq, start.hash
    for page in stored.pages(tables, raw):
        for row in page:
            follows = row.intact and (row.seq, row.previous) == (seq + 1, previous)
            if not follows or _time(tables, row.body) >= before:
                return
            seq, previous = row.seq, row.hash
            yield row


def _time(tables: Tables, body: bytes) -> datetime:
    return (read_body(body) if tables is OWN else read_received_body(body)).time


def _delete(table: str, column: str, values: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        for at in range(0, len(values), stored.PAGE):
            some = values[at : at + stored.PAGE]
            cursor.execute(f"DELETE FROM {table} WHERE {column} IN {places(some)}", some)  # noqa: S608  # Our own tables.


def _keep(tables: Tables, one: Start) -> None:
    writer, record = keys([one.writer, one.record])
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM audit_start WHERE chain = %s AND writer = %s", (tables.record, writer)
        )
        cursor.execute(
            "INSERT INTO audit_start (chain, writer, seq, hash, record, mac)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            (tables.record, writer, one.seq, one.hash, record, one.mac),
        )
