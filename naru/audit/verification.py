"""Whether the chains are whole, and if not, where they are not.

Found and named: a record changed, removed, put in or moved, a head that the node did not set, a
chain cut short or taken away, and a patient's index that no longer says what the records say. A row
that cannot even be read is a finding, not an error. Not found by the chains alone: all of it put
back to an earlier moment, heads included; that is what heads kept elsewhere are for (anchors.py).
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from naru.audit import stored
from naru.audit.chain import beginning, read_body
from naru.audit.purging import is_purged, vouched_starts
from naru.audit.stored import OWN, RECEIVED, Head, Row, Start, Tables
from naru.storage.columns import keys


class Flaw(StrEnum):
    """What is wrong."""

    CHANGED = "changed"
    REMOVED = "removed"
    INSERTED = "inserted"
    HEAD = "head"
    INDEX = "patient index"
    ANCHOR = "kept heads"
    START = "purge"


@dataclass(frozen=True, slots=True)
class Finding:
    """A flaw at `seq` of the writer's chain; `record` is known unless it was removed.

    `place` is the row's number. `writer` is None where not even that can be read.
    """

    flaw: Flaw
    writer: UUID | None
    seq: int
    record: UUID | None = None
    count: int = 1
    place: int | None = None

    def __str__(self) -> str:
        """In one line, for whoever looks for it."""
        many = f" ({self.count} records)" if self.count > 1 else ""
        row = "" if self.place is None else f", row {self.place}"
        record = "" if self.record is None else f", record {self.record}"
        return f"{self.flaw}: chain {self.writer or '?'}, number {self.seq}{many}{row}{record}"


def verify_chain(writer: UUID | None = None) -> tuple[Finding, ...]:
    """Every flaw of one chain of our own records, or of all; empty where they are whole."""
    if writer is not None:
        return tuple(_verify(OWN, keys([writer])[0], vouched_starts(OWN)))
    astray = (Finding(Flaw.INDEX, None, 0, place=place) for place in stored.astray())
    return (*_verify_all(OWN), *astray)


def verify_received() -> tuple[Finding, ...]:
    """Every flaw of the messages that others sent; empty where they are whole."""
    return tuple(_verify_all(RECEIVED))


def _verify_all(tables: Tables) -> Iterator[Finding]:
    known = stored.starts(tables)
    starts = vouched_starts(tables, known)
    for one in known.values():
        if one.writer not in starts:
            yield Finding(Flaw.START, one.writer, one.seq)
    for raw in stored.chains(tables):
        yield from _verify(tables, raw, starts)


def _verify(tables: Tables, raw: Any, starts: Mapping[UUID, Start]) -> Iterator[Finding]:
    head = stored.head(tables, raw)
    if head is None:
        yield from _headless(tables, raw)
        return
    if not head.sealed:
        yield Finding(Flaw.HEAD, head.writer, head.seq)
    start = starts.get(head.writer)
    seq = start.seq if start else 0
    previous: bytes | None = start.hash if start else beginning(head.writer, head.after)
    for page in stored.pages(tables, raw):
        if tables is OWN:
            yield from _unindexed(page)
        for row in page:
            yield from _follows(row, seq, previous)
            seq, previous = row.seq, row.hash if row.intact else None
    yield from _ends(tables, head, seq, previous)
    yield from _reference(tables, head, starts)


def _headless(tables: Tables, raw: Any) -> Iterator[Finding]:
    """Records of a chain that no thread began, or whose head cannot be read."""
    if stored.stands(tables, raw):
        yield Finding(Flaw.HEAD, stored.uuid_in(raw), 0)
    for page in stored.pages(tables, raw):
        yield from (_finding(row, Flaw.INSERTED) for row in page)


def _follows(row: Row, seq: int, previous: bytes | None) -> Iterator[Finding]:
    """Flaws between the record before, at `seq`, and `row`; `previous` is None if that is bad."""
    missing = row.seq - seq - 1
    if missing > 0:
        yield Finding(Flaw.REMOVED, row.writer, seq + 1, count=missing)
    elif missing < 0:
        yield _finding(row, Flaw.INSERTED)
    if not row.intact or (not missing and previous not in {None, row.previous}):
        yield _finding(row, Flaw.CHANGED)


def _ends(tables: Tables, head: Head, seq: int, previous: bytes | None) -> Iterator[Finding]:
    """Flaws at the end. Records written meanwhile have moved the head with them."""
    if head.seq > seq:
        yield Finding(Flaw.REMOVED, head.writer, seq + 1, count=head.seq - seq)
        return
    now = stored.head(tables, keys([head.writer])[0])
    if now is None or now.seq < seq or (now.seq == seq and previous not in {None, now.hash}):
        yield Finding(Flaw.CHANGED, head.writer, seq)


def _reference(tables: Tables, head: Head, starts: Mapping[UUID, Start]) -> Iterator[Finding]:
    """The record of another chain after which this one began must be there, or be purged."""
    if head.after is None:
        return
    other, seq, hash_ = head.after
    if is_purged(starts, other, seq):
        return
    found = stored.hash_at(tables, other, seq)
    if found is None:
        yield Finding(Flaw.REMOVED, other, seq)
    elif found != hash_:
        yield Finding(Flaw.CHANGED, other, seq)


def _unindexed(page: Collection[Row]) -> Iterator[Finding]:
    indexed = stored.patients_of([row.place for row in page])
    for row in page:
        # A changed record is a finding of its own, and its body may not even be read.
        if row.intact and indexed[row.place] != set(read_body(row.body).patients):
            yield _finding(row, Flaw.INDEX)


def _finding(row: Row, flaw: Flaw) -> Finding:
    return Finding(flaw, row.writer, row.seq, row.record, place=row.place)
