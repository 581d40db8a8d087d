"""Nobody edits a byte of what the audit keeps without `naru audit verify` naming where."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from naru.audit import services
from naru.audit.received_rows import keep_received
from naru.audit.services import Finding, record_now, record_within, verify_chain, verify_received
from naru.storage.columns import keys, uuid_of
from tests.audit.test_audit import a_record
from tests.audit.test_received import message

pytestmark = pytest.mark.django_db(transaction=True)

RECORDS = ("record", "writer", "seq", "id", "previous", "hash", "body", "sealed", "institution")
HEADS = ("id", "seq", "hash", "mac", "after_writer", "after_seq", "after_hash")
INDEX = ("patient", "record_id")


def rows(sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall() if cursor.description else []


@contextmanager
def unguarded() -> Iterator[None]:
    """As somebody who can write to the database would, past every constraint between tables."""
    if connection.vendor == "sqlite":
        with connection.constraint_checks_disabled():
            yield
        return
    rows("SET session_replication_role = replica")
    try:
        yield
    finally:
        rows("SET session_replication_role = origin")


def change(table: str, column: str, old: Any, new: Any, **where: Any) -> None:
    found = " AND ".join(f"{name} = %s" for name in where)
    with unguarded(), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {column} = %s WHERE {found} AND {column} = %s",
            (new, *where.values(), old),
        )
        assert cursor.rowcount == 1


def edited(value: Any, chance: random.Random) -> Any:
    """The value with one of its bytes changed."""
    if isinstance(value, int):
        return value ^ (1 << chance.randrange(40))
    if isinstance(value, UUID):
        return UUID(int=value.int ^ (1 << chance.randrange(128)))
    if isinstance(value, str):
        at = chance.randrange(len(value))
        others = [one for one in "0123456789abcdefABCDEF-x" if one != value[at]]
        return value[:at] + chance.choice(others) + value[at + 1 :]
    stored = bytearray(value)
    stored[chance.randrange(len(stored))] ^= 1 << chance.randrange(8)
    return bytes(stored)


def some_records(number: int) -> None:
    """Three chains, the later ones begun after others; some records of two patients."""
    for at in range(number):
        patients = [uuid4() for _ in range(at % 3)]
        if at % 5:
            record_now(a_record(*patients, query=f"TEST {at}"))
        else:
            with transaction.atomic():
                record_within(a_record(*patients))
        if at == number // 2:
            services.stop()


def cells() -> Iterator[tuple[str, str, Any, dict[str, Any]]]:
    """Every value that the audit keeps: its table, column, and the row in which it stands."""
    yield from _cells("audit_record", RECORDS, ("id",))
    yield from _cells("audit_writer", HEADS, ("id",))
    yield from _cells("audit_record_patient", INDEX, INDEX)


def _cells(
    table: str, columns: tuple[str, ...], identity: tuple[str, ...]
) -> Iterator[tuple[str, str, Any, dict[str, Any]]]:
    for row in rows(f"SELECT {', '.join(columns)} FROM {table}"):
        told = dict(zip(columns, row, strict=True))
        for column, value in told.items():
            if value is not None:
                stored = bytes(value) if isinstance(value, memoryview) else value
                yield table, column, stored, {name: told[name] for name in identity}


def named_by(table: str, where: dict[str, Any]) -> tuple[set[int], set[UUID]]:
    """The rows and chains any of which a finding has to name."""
    if table == "audit_writer":
        return set(), {uuid_of(where["id"])}
    place = where.get("id", where.get("record_id"))
    chain = rows("SELECT writer, seq FROM audit_record WHERE id = %s", place)
    return {place}, {uuid_of(chain[0][0])}


def names(finding: Finding, places: set[int], chains: set[UUID], seq: int | None) -> bool:
    """By the row itself, or by its number in its chain where the row went elsewhere."""
    if places:
        return finding.place in places or (finding.writer in chains and finding.seq == seq)
    return finding.writer in chains


def edits_are_named(number: int, seed: int) -> None:
    chance = random.Random(seed)
    everything = list(cells())
    assert verify_chain() == ()
    done = 0
    while done < number:
        table, column, value, where = chance.choice(everything)
        places, chains = named_by(table, where)
        at = rows("SELECT seq FROM audit_record WHERE id = %s", *places) if places else [(None,)]
        new = edited(value, chance)
        try:
            change(table, column, value, new, **where)
        except IntegrityError:
            continue  # Another row stands there, so that nobody can write this.
        done += 1
        findings = verify_chain()
        assert any(names(one, places, chains, at[0][0]) for one in findings), (
            (table, column, value, new),
            findings,
        )
        change(table, column, new, value, **where | ({column: new} if column in where else {}))
    assert verify_chain() == ()


def test_each_edited_byte_of_the_audit_chain_is_named() -> None:
    some_records(12)
    edits_are_named(300, seed=7)


@pytest.mark.long
def test_ten_thousand_edited_bytes_of_the_audit_chain_are_each_named() -> None:
    some_records(40)
    edits_are_named(10_000, seed=8)


def test_every_column_of_a_received_message_is_held_by_its_chain() -> None:
    writer = uuid4()
    keep_received(writer, [message("a"), message("b"), message("c")])
    assert verify_received() == ()
    columns = ("received", "writer", "seq", "id", "previous", "hash", "body", "sealed", "event")
    chance = random.Random(3)
    for _ in range(4):
        for table, column, value, where in list(_cells("audit_received", columns, ("id",))):
            if value in {"", b""}:
                continue
            new = edited(value, chance)
            try:
                change(table, column, value, new, **where)
            except IntegrityError:
                continue  # As above.
            assert verify_received(), (column, value, new)
            change(table, column, new, value, **({column: new} if column in where else where))
    assert verify_received() == ()


def test_rows_taken_away_put_in_and_exchanged_are_named() -> None:
    some_records(12)
    stored = rows("SELECT id, writer, seq, record FROM audit_record ORDER BY writer, seq")
    for place, writer, seq, _ in stored:
        columns = ", ".join(("id", *(one for one in RECORDS if one != "id")))
        (kept,) = rows(f"SELECT {columns} FROM audit_record WHERE id = %s", place)
        index = rows("SELECT patient FROM audit_record_patient WHERE record_id = %s", place)
        rows("DELETE FROM audit_record_patient WHERE record_id = %s", place)
        rows("DELETE FROM audit_record WHERE id = %s", place)
        assert (uuid_of(writer), seq) in {(one.writer, one.seq) for one in verify_chain()}
        marks = ", ".join(["%s"] * len(kept))
        rows(f"INSERT INTO audit_record ({columns}) VALUES ({marks})", *kept)
        for (patient,) in index:
            rows("INSERT INTO audit_record_patient VALUES (%s, %s)", patient, place)
    assert verify_chain() == ()
    (one, other) = [each for each in stored if each[1] == stored[0][1]][:2]
    with unguarded():
        rows("UPDATE audit_record SET id = -1 WHERE id = %s", one[0])
    named = {uuid_of(each.record) for each in verify_chain() if each.record}
    assert uuid_of(one[3]) in named
    assert uuid_of(other[3]) not in named


def test_a_tail_cut_off_by_whoever_knows_the_database_alone_is_named() -> None:
    for _ in range(10):
        record_now(a_record())
    (chain,) = {row[0] for row in rows("SELECT writer FROM audit_record")}
    rows("DELETE FROM audit_record WHERE seq > 6")
    rows("UPDATE audit_writer SET seq = 6")
    rows("UPDATE audit_writer SET hash = (SELECT hash FROM audit_record WHERE seq = 6)")

    assert [(one.flaw, one.writer) for one in verify_chain()] == [("head", uuid_of(chain))]
    assert keys([uuid_of(chain)])[0] == chain


def test_a_database_taken_back_with_its_heads_is_found_by_the_heads_kept_beside_it(
    tmp_path: Path,
) -> None:
    heads, copy = tmp_path / "heads", "seq, hash, mac"
    now = datetime(2026, 11, 20, tzinfo=UTC)
    for _ in range(6):
        record_now(a_record())
    services.anchor(heads, now)
    (earlier,) = rows(f"SELECT {copy} FROM audit_writer")
    for _ in range(4):
        record_now(a_record())
    assert services.anchor(heads, now) == 1
    assert services.anchor(heads, now) == 0
    assert services.verify_anchored(heads) == ()

    rows("DELETE FROM audit_record WHERE seq > 6")
    rows("UPDATE audit_writer SET seq = %s, hash = %s, mac = %s", *earlier)

    assert verify_chain() == ()
    assert [(one.flaw, one.seq) for one in services.verify_anchored(heads)] == [("removed", 10)]


def test_each_edited_byte_of_the_kept_heads_is_named(tmp_path: Path) -> None:
    heads, chance = tmp_path / "heads", random.Random(4)
    for day in range(1, 4):
        record_now(a_record())
        services.anchor(heads, datetime(2026, 11, day, tzinfo=UTC))
    kept = heads.read_bytes()
    ends = [at for at, byte in enumerate(kept) if byte == ord("\n")]
    for _ in range(200):
        at = chance.randrange(len(kept))
        if at in ends:
            continue
        heads.write_bytes(kept[:at] + bytes([kept[at] ^ 1 << chance.randrange(7)]) + kept[at + 1 :])
        line = sum(end < at for end in ends) + 1
        found = services.verify_anchored(heads)
        assert any(one.flaw == "kept heads" and one.seq >= line for one in found), at
