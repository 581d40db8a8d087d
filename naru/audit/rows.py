"""Linking prepared records into a writer's chain, inside the transaction that is open.

The head is read from its row each time: a transaction that was rolled back, or whose commit was
lost on the way, leaves the next one nothing wrong to stand on. Raw SQL, since every request waits
for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import connection

from naru.audit import acquaintances, forwarding
from naru.audit.chain import Prepared, beginning, link, seal_head
from naru.audit.models import Record, Writer
from naru.audit.places import next_places
from naru.audit.records import RecordId

_HEAD: Final = "SELECT seq, hash FROM audit_writer WHERE id = %s"
MOVE_HEAD: Final = "UPDATE audit_writer SET seq = %s, hash = %s, mac = %s WHERE id = %s"
INSERT_RECORD: Final = (
    "INSERT INTO audit_record (id, record, writer, seq, previous, hash, body, sealed, institution)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
INSERT_PATIENT: Final = "INSERT INTO audit_record_patient (patient, record_id) VALUES (%s, %s)"


@dataclass(frozen=True, slots=True)
class _Head:
    seq: int
    hash: bytes


def append(writer: UUID, records: Sequence[Prepared]) -> None:
    """Add `records` to the end of the writer's chain, which only the calling thread writes."""
    head = _head(writer) or _begin(writer)
    rows, patients = [], []
    seq, previous, chain = head.seq, head.hash, _key(writer)
    places = next_places("audit_record", len(records))
    for place, prepared in zip(places, records, strict=True):
        seq += 1
        hash_ = link(writer, seq, place, previous, prepared)
        under = None if prepared.under is None else _key(prepared.under)
        kept = prepared.body, prepared.sealed, under
        rows.append((place, _key(prepared.id), chain, seq, previous, hash_, *kept))
        patients += [(_key(patient), place) for patient in prepared.patients]
        previous = hash_
    with connection.cursor() as cursor:
        cursor.executemany(INSERT_RECORD, rows)
        if patients:
            cursor.executemany(INSERT_PATIENT, patients)
        cursor.execute(MOVE_HEAD, (seq, previous, seal_head(writer, seq, previous), chain))
    acquaintances.note(records)
    forwarding.leave([RecordId(prepared.id) for prepared in records])


def _head(writer: UUID) -> _Head | None:
    with connection.cursor() as cursor:
        cursor.execute(_HEAD, (_key(writer),))
        row = cursor.fetchone()
    return None if row is None else _Head(row[0], bytes(row[1]))


def _begin(writer: UUID) -> _Head:
    newest = Record.objects.order_by("-id").values_list("writer", "seq", "hash").first()
    after = None if newest is None else (newest[0], newest[1], bytes(newest[2]))
    head = _Head(0, beginning(writer, after))
    other, seq, hash_ = after or (None, None, None)
    Writer.objects.create(
        id=writer,
        seq=0,
        hash=head.hash,
        mac=seal_head(writer, 0, head.hash),
        after_writer=other,
        after_seq=seq,
        after_hash=hash_,
    )
    return head


def _key(value: UUID) -> UUID | str:
    return value if connection.features.has_native_uuid_field else value.hex
