"""The rows of the chains as they stand, whatever somebody made of them.

Read without Django's models: a value that no column should hold is told as None, not raised.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any, Final
from uuid import UUID

import msgspec
from django.db import connection

from naru.audit.chain import NO_HASH, Prepared, link, read_body, seal_head
from naru.audit.received import read_received_body
from naru.audit.records import found_under
from naru.storage.columns import keys, moment_of, places

PAGE: Final = 500
"""Records read at a time, so that memory does not grow with the chain."""

NOBODY: Final = UUID(int=0)
"""An institution that is none: it equals no id that we gave."""

_BEFORE_ALL: Final = -(1 << 63)


@dataclass(frozen=True, slots=True)
class Tables:
    """Where chains of one kind are kept; `identity` is the column of a record's own id."""

    record: str
    identity: str
    writer: str
    repeated: str = ""

    @property
    def columns(self) -> str:
        """What is read of a record; what stands last repeats its body."""
        return f"id, {self.identity}, seq, previous, hash, body, sealed{self.repeated}"


OWN: Final = Tables("audit_record", "record", "audit_writer", ", institution")
RECEIVED: Final = Tables(
    "audit_received", "received", "audit_received_writer", ", time, event, type"
)


@dataclass(frozen=True, slots=True)
class Row:
    """A record in its chain; `intact` if its bytes are those that were hashed."""

    place: int
    writer: UUID | None
    seq: int
    previous: bytes
    hash: bytes
    record: UUID | None
    body: bytes
    intact: bool


@dataclass(frozen=True, slots=True)
class Head:
    """A chain's head; `sealed` if the node set it, `after` is what its first record follows."""

    writer: UUID
    seq: int
    hash: bytes
    sealed: bool
    after: tuple[UUID, int, bytes] | None


@dataclass(frozen=True, slots=True)
class Start:
    """Where a chain begins since its older part was purged, as the access record `record` says."""

    writer: UUID
    seq: int
    hash: bytes
    record: UUID
    mac: bytes


def starts(tables: Tables) -> dict[UUID, Start]:
    """Where chains begin that were purged; what cannot be read as one is left out."""
    rows = _rows(
        "SELECT writer, seq, hash, record, mac FROM audit_start WHERE chain = %s", (tables.record,)
    )
    found = {}
    for raw, seq, hash_, record, mac in rows:
        parts = uuid_in(raw), _whole(seq), _bytes(hash_), uuid_in(record), _bytes(mac)
        writer, number, digest, said, seal = parts
        if writer and number and digest and said and seal:
            found[writer] = Start(writer, number, digest, said, seal)
    return found


def body_of(record: UUID) -> bytes | None:
    """The clear part of one of our own records; None where there is none."""
    rows = _rows("SELECT body FROM audit_record WHERE record = %s", (keys([record])[0],))
    return next((_bytes(raw) for (raw,) in rows), None)


def chains(tables: Tables) -> list[Any]:
    """What stands as a chain's id, in the records or among the heads."""
    heads = _rows(f"SELECT id FROM {tables.writer}")  # noqa: S608  # Our own table.
    written = _rows(f"SELECT DISTINCT writer FROM {tables.record}")  # noqa: S608  # Same.
    return sorted({raw for (raw,) in (*heads, *written)}, key=str)


def head(tables: Tables, raw: Any) -> Head | None:
    """The head of a chain; None where there is none, or none that can be read."""
    columns = "id, seq, hash, mac, after_writer, after_seq, after_hash"
    rows = _rows(f"SELECT {columns} FROM {tables.writer} WHERE id = %s", (raw,))  # noqa: S608  # Our own table.
    if not rows:
        return None
    writer, seq, hash_ = uuid_in(rows[0][0]), _whole(rows[0][1]), _bytes(rows[0][2])
    if writer is None or seq is None or hash_ is None:
        return None
    other, after_seq, after_hash = uuid_in(rows[0][4]), _whole(rows[0][5]), _bytes(rows[0][6])
    after = None
    if other is not None and after_seq is not None and after_hash is not None:
        after = other, after_seq, after_hash
    half = after is None and any(one is not None for one in rows[0][4:7])
    sealed = compare_digest(seal_head(writer, seq, hash_), _bytes(rows[0][3]) or b"")
    return Head(writer, seq, hash_, sealed and not half, after)


def stands(tables: Tables, raw: Any) -> bool:
    """Whether a chain has any head, be it unreadable."""
    return bool(_rows(f"SELECT 1 FROM {tables.writer} WHERE id = %s", (raw,)))  # noqa: S608  # Our own table.


def hash_at(tables: Tables, writer: UUID, seq: int) -> bytes | None:
    """The hash of the record at `seq` of a chain; None where there is none."""
    sql = f"SELECT hash FROM {tables.record} WHERE writer = %s AND seq = %s"  # noqa: S608  # Our own table.
    rows = _rows(sql, (keys([writer])[0], seq))
    return next((_bytes(raw) or b"" for (raw,) in rows), None)


def pages(tables: Tables, raw: Any) -> Iterator[list[Row]]:
    """The records of a chain in their order."""
    select = (
        f"SELECT {tables.columns} FROM {tables.record}"  # noqa: S608  # Our own tables.
        f" WHERE writer = %s AND seq > %s ORDER BY seq LIMIT {PAGE}"
    )
    last: Any = _BEFORE_ALL
    while rows := _rows(select, (raw, last)):
        yield [_row(tables, raw, row) for row in rows]
        last = rows[-1][2]


def patients_of(records: Collection[int]) -> dict[int, set[UUID | None]]:
    """What the index says of these records, by their places."""
    found: dict[int, set[UUID | None]] = {place: set() for place in records}
    sql = "SELECT record_id, patient FROM audit_record_patient WHERE record_id IN "
    for place, patient in _rows(sql + places(found), tuple(found)):
        found[place].add(uuid_in(patient))
    return found


def astray() -> list[int]:
    """Places to which the index leads and where no record is."""
    rows = _rows(
        "SELECT DISTINCT record_id FROM audit_record_patient"
        " WHERE record_id NOT IN (SELECT id FROM audit_record)"
    )
    return [place for (place,) in rows]


def uuid_in(raw: Any) -> UUID | None:
    """A UUID in the one form in which it is stored; None for anything else."""
    if isinstance(raw, UUID):
        return raw
    try:
        found = UUID(raw)
    except (ValueError, TypeError, AttributeError):
        return None
    return found if found.hex == raw else None


def _row(tables: Tables, raw: Any, stored: tuple[Any, ...]) -> Row:
    writer, record = uuid_in(raw), uuid_in(stored[1])
    place, seq = _whole(stored[0]), _whole(stored[2])
    previous, hash_, body, sealed = map(_bytes, stored[3:7])
    prepared = None
    if record is not None and body is not None and sealed is not None:
        prepared = Prepared(record, body, sealed, ())
    computed = _linked(writer, seq, place, previous, prepared)
    return Row(
        place=place or 0,
        writer=writer,
        seq=seq or 0,
        previous=previous or NO_HASH,
        hash=hash_ or NO_HASH,
        record=record,
        body=body or b"",
        intact=computed is not None
        and compare_digest(computed, hash_ or b"")
        and _repeats(tables, body or b"", stored[7:]),
    )


def _linked(
    writer: UUID | None,
    seq: int | None,
    place: int | None,
    previous: bytes | None,
    prepared: Prepared | None,
) -> bytes | None:
    """What the row's hash must be; None of a row that nobody wrote so."""
    if writer is None or prepared is None or previous is None or len(previous) != len(NO_HASH):
        return None
    if seq is None or place is None or min(seq, place) < 0:
        return None
    return link(writer, seq, place, previous, prepared)


def _repeats(tables: Tables, body: bytes, told: tuple[Any, ...]) -> bool:
    """Whether the columns by which a row is found say what its body says."""
    try:
        if tables is OWN:
            clear = read_body(body)
            under = found_under(clear.role, clear.institution)
            return under == (None if told[0] is None else uuid_in(told[0]) or NOBODY)
        read = read_received_body(body)
        return (read.time, read.event, read.type) == (moment_of(told[0]), *told[1:])
    except (msgspec.MsgspecError, ValueError, TypeError):
        return False


def _rows(sql: str, parameters: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _whole(raw: Any) -> int | None:
    return raw if isinstance(raw, int) else None


def _bytes(raw: Any) -> bytes | None:
    return bytes(raw) if isinstance(raw, bytes | bytearray | memoryview) else None
