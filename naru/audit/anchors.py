"""Heads of the chains kept beside the database, so that nobody puts it all back unseen.

A file to which lines are only ever added, each with the heads that moved since the one before, in a
keyed chain of its own. Whoever takes the database back to an earlier moment, heads and all, has to
take this file back as well; a copy of its last line elsewhere then tells.
"""

import hmac
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from naru.audit import stored
from naru.audit.purging import is_purged, vouched_starts
from naru.audit.stored import OWN, RECEIVED, Head, Tables
from naru.audit.verification import Finding, Flaw
from naru.security import keys

FILE: Final = "audit-heads.jsonl"
"""In the data folder."""

_TABLES: Final = {one.record: one for one in (OWN, RECEIVED)}
_NOTHING: Final = "0" * 64


@dataclass(frozen=True, slots=True)
class _Line:
    """One line; `mac` covers what stands before it and the line before."""

    said: str
    mac: str


@dataclass(frozen=True, slots=True)
class _Anchored:
    tables: Tables
    writer: UUID
    seq: int
    hash: bytes


def anchor(file: Path, now: datetime) -> int:
    """Add a line with every head that moved; how many did. Only one process does so at a time."""
    lines = list(_lines(file))
    known = {(one.tables, one.writer): one.seq for one in chain(*map(_heads, lines))}
    moved = [
        [tables.record, str(head.writer), head.seq, head.hash.hex()]
        for tables, head in _standing()
        if head.seq and known.get((tables, head.writer)) != head.seq
    ]
    if moved:
        said = json.dumps({"time": now.isoformat(), "heads": moved})
        mac = _mac(lines[-1].mac if lines else _NOTHING, said)
        _append(file, f"{mac} {said}\n")
    return len(moved)


def verify_anchored(file: Path) -> tuple[Finding, ...]:
    """What the kept heads say that the chains do not; empty where they agree."""
    last: dict[tuple[Tables, UUID], _Anchored] = {}
    before, broken = _NOTHING, []
    for number, line in enumerate(_lines(file), 1):
        if not hmac.compare_digest(line.mac, _mac(before, line.said)):
            broken.append(Finding(Flaw.ANCHOR, None, number))
        else:
            last |= {(one.tables, one.writer): one for one in _heads(line)}
        before = line.mac
    return (*broken, *_gone(last.values()))


def _gone(anchored: Iterable[_Anchored]) -> Iterator[Finding]:
    starts = {tables: vouched_starts(tables) for tables in (OWN, RECEIVED)}
    for one in anchored:
        if is_purged(starts[one.tables], one.writer, one.seq):
            continue
        found = stored.hash_at(one.tables, one.writer, one.seq)
        if found is None:
            yield Finding(Flaw.REMOVED, one.writer, one.seq)
        elif found != one.hash:
            yield Finding(Flaw.CHANGED, one.writer, one.seq)


def _standing() -> Iterator[tuple[Tables, Head]]:
    for tables in _TABLES.values():
        heads = (stored.head(tables, raw) for raw in stored.chains(tables))
        yield from ((tables, head) for head in heads if head is not None)


def _lines(file: Path) -> Iterator[_Line]:
    if not file.exists():
        return
    with file.open(encoding="utf-8", errors="replace") as kept:
        for line in kept:
            mac, _, said = line.rstrip("\n").partition(" ")
            yield _Line(said, mac)


def _heads(line: _Line) -> tuple[_Anchored, ...]:
    try:
        heads: list[list[Any]] = json.loads(line.said)["heads"]
        return tuple(
            _Anchored(_TABLES[table], UUID(writer), seq, bytes.fromhex(hash_))
            for table, writer, seq, hash_ in heads
        )
    except (ValueError, KeyError, TypeError):
        return ()  # Its mac does not hold either, which is told.


def _mac(before: str, said: str) -> str:
    key = keys.ring().derive("audit/anchors")
    return hmac.digest(key, f"{before} {said}".encode(), "sha256").hex()


def _append(file: Path, line: str) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, line.encode())
        os.fsync(handle)
    finally:
        os.close(handle)
