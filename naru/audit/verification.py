"""Whether the chains are whole, and if not, where they are not.

Found: a record changed, removed or put in, a chain cut short or taken away after another began, and
a patient's index that no longer says what the records say. Not found: a chain cut short together
with its head back to an earlier moment that nothing else names; only heads kept elsewhere show it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from hmac import compare_digest
from typing import Final
from uuid import UUID

from naru.audit.chain import Prepared, beginning, link, read_body
from naru.audit.models import Record, RecordPatient, Writer

PAGE: Final = 500
"""Records read at a time, so that memory does not grow with the chain."""


class Flaw(StrEnum):
    """What is wrong."""

    CHANGED = "changed"
    REMOVED = "removed"
    INSERTED = "inserted"
    INDEX = "patient index"


@dataclass(frozen=True, slots=True)
class Finding:
    """A flaw at `seq` of the writer's chain; `record` is known unless it was removed."""

    flaw: Flaw
    writer: UUID
    seq: int
    record: UUID | None = None
    count: int = 1


@dataclass(frozen=True, slots=True)
class _Row:
    id: int
    writer: UUID
    seq: int
    previous: bytes
    hash: bytes
    prepared: Prepared
    intact: bool

    def finding(self, flaw: Flaw) -> Finding:
        return Finding(flaw, self.writer, self.seq, self.prepared.id)


def verify_chain(writer: UUID | None = None) -> tuple[Finding, ...]:
    """Every flaw of one chain, or of all; empty where they are whole."""
    if writer is not None:
        return tuple(_verify(writer))
    heads = set(Writer.objects.values_list("id", flat=True))
    written = set(Record.objects.values_list("writer", flat=True).distinct())
    return tuple(found for one in sorted(heads | written) for found in _verify(one))


def _verify(writer: UUID) -> Iterator[Finding]:
    head = Writer.objects.filter(id=writer).first()
    if head is None:
        # Records of a chain that no thread began.
        yield from (row.finding(Flaw.INSERTED) for page in _pages(writer) for row in page)
        return
    seq = 0
    previous: bytes | None = beginning(writer, _after(head))
    for page in _pages(writer):
        yield from _unindexed(page)
        for row in page:
            yield from _follows(row, seq, previous)
            seq, previous = row.seq, row.hash if row.intact else None
    yield from _ends(head, seq, previous)
    yield from _reference(head)


def _follows(row: _Row, seq: int, previous: bytes | None) -> Iterator[Finding]:
    """Flaws between the record before, at `seq`, and `row`; `previous` is None if that is bad."""
    missing = row.seq - seq - 1
    if missing > 0:
        yield Finding(Flaw.REMOVED, row.writer, seq + 1, count=missing)
    elif missing < 0:
        yield row.finding(Flaw.INSERTED)
    if not row.intact or (not missing and previous not in {None, row.previous}):
        yield row.finding(Flaw.CHANGED)


def _ends(head: Writer, seq: int, previous: bytes | None) -> Iterator[Finding]:
    """Flaws at the end. Records written meanwhile have moved the head with them."""
    if head.seq > seq:
        yield Finding(Flaw.REMOVED, head.id, seq + 1, count=head.seq - seq)
        return
    now = Writer.objects.filter(id=head.id).values_list("seq", "hash").first()
    if now is None or now[0] < seq or (now[0] == seq and previous not in {None, bytes(now[1])}):
        yield Finding(Flaw.CHANGED, head.id, seq)


def _reference(head: Writer) -> Iterator[Finding]:
    """The record of another chain after which this one began must still be there."""
    after = _after(head)
    if after is None:
        return
    other, seq, hash_ = after
    found = Record.objects.filter(writer=other, seq=seq).values_list("hash", flat=True).first()
    if found is None:
        yield Finding(Flaw.REMOVED, other, seq)
    elif bytes(found) != hash_:
        yield Finding(Flaw.CHANGED, other, seq)


def _unindexed(page: list[_Row]) -> Iterator[Finding]:
    indexed: dict[int, set[UUID]] = {row.id: set() for row in page}
    pairs = RecordPatient.objects.filter(record_id__in=list(indexed))
    for record, patient in pairs.values_list("record_id", "patient"):
        indexed[record].add(patient)
    for row in page:
        # A changed record is a finding of its own, and its body may not even be read.
        if row.intact and indexed[row.id] != set(read_body(row.prepared.body).patients):
            yield row.finding(Flaw.INDEX)


def _after(head: Writer) -> tuple[UUID, int, bytes] | None:
    if head.after_writer is None or head.after_seq is None or head.after_hash is None:
        return None
    return head.after_writer, head.after_seq, bytes(head.after_hash)


def _pages(writer: UUID) -> Iterator[list[_Row]]:
    at = None
    while True:
        rows = Record.objects.filter(writer=writer).order_by("seq")
        if at is not None:
            rows = rows.filter(seq__gt=at)
        page = [_row(row) for row in rows[:PAGE]]
        if not page:
            return
        yield page
        at = page[-1].seq


def _row(row: Record) -> _Row:
    prepared = Prepared(row.record, bytes(row.body), bytes(row.sealed), ())
    previous, hash_ = bytes(row.previous), bytes(row.hash)
    intact = compare_digest(link(row.writer, row.seq, previous, prepared), hash_)
    return _Row(row.id, row.writer, row.seq, previous, hash_, prepared, intact)
