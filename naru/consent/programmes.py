"""The approved programmes of research, statistics and evaluation (rule 13): the operator's data.

Each names who approved it and on what it stands: 생명윤리 및 안전에 관한 법률 제10조·제15조·제16조
for research, else the law that it names. An edit of the file holds from the next request on; while
the file cannot be read no programme is approved.
"""

import logging
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Final

import msgspec

from naru.consent.errors import InvalidPolicy

LARGEST: Final = 1024 * 1024
"""Octets of the file; a programme takes less than one thousand."""

MOST: Final = 500

_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_INDEXED: Final = re.compile(r"[^^\s]{1,64}\^\^[0-2](\.(0|[1-9][0-9]*))+")

log = logging.getLogger(__name__)


class ProgrammeKind(StrEnum):
    """For what a programme asks; an evaluation rests on the general consent's own box."""

    RESEARCH = "research"
    STATISTICS = "statistics"
    EVALUATION = "evaluation"


class ProgrammeStatus(StrEnum):
    """Whether it goes on. Only an approved one reads anything."""

    APPROVED = "approved"
    SUSPENDED = "suspended"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """A programme; `records`: it may see single records, not only aggregates.

    An employer's or a commander's has no `records`. `purpose` is the purpose of use by which
    whoever works for it asks at a door, `code^^scheme`; "" for one that nobody asks for there.
    `approval` is the number under which `approver`, an ethics board or a ministry, approved it, on
    the `basis` of a law. `papers` are the kinds of documents that it may see, `code^^scheme`, each
    with its name; empty for every kind.
    """

    code: str
    name: str
    kind: ProgrammeKind
    approval: str
    first: date
    last: date
    records: bool
    purpose: str = ""
    approver: str = ""
    basis: str = ""
    papers: tuple[tuple[str, str], ...] = ()
    status: ProgrammeStatus = ProgrammeStatus.APPROVED

    def goes_on(self, day: date) -> bool:
        """Whether it is approved on that day."""
        return self.status is ProgrammeStatus.APPROVED and self.first <= day <= self.last

    def may_see(self, kind: str) -> bool:
        """Whether documents of that kind are among those it was approved for."""
        return not self.papers or kind in {code for code, _name in self.papers}


class _Row(msgspec.Struct, forbid_unknown_fields=True):
    code: str
    name: str
    kind: ProgrammeKind
    approval: str
    approver: str
    basis: str
    first: date
    last: date
    records: bool
    status: ProgrammeStatus
    purpose: str = ""
    papers: dict[str, str] = {}


class _File(msgspec.Struct, forbid_unknown_fields=True):
    version: str
    programmes: list[_Row]
    note: str = ""


def read(content: bytes) -> tuple[Programme, ...]:
    """The programmes of a file; raises InvalidPolicy, which says what is wrong."""
    if len(content) > LARGEST:
        raise InvalidPolicy("the file of programmes is larger than any such file")
    try:
        file = msgspec.json.decode(content, type=_File)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise InvalidPolicy(f"the file of programmes cannot be read: {error}") from error
    found = tuple(_programme(row) for row in file.programmes)
    for wrong in _wrong(found):
        raise InvalidPolicy(wrong)
    return found


def given(path: Path | None) -> tuple[Programme, ...]:
    """What the operator's file says now; none where it cannot be read, and the log says so."""
    if path is None:
        return ()
    try:
        told = os.stat(path)  # noqa: PTH116  # At each request: half the cost of Path.stat.
    except OSError:
        return _unread(path, 0)
    return _given(path, told.st_mtime_ns, told.st_size)


@lru_cache(maxsize=4)
def _given(path: Path, modified: int, size: int) -> tuple[Programme, ...]:
    del size  # With the moment it tells one edit from the next.
    try:
        return read(path.read_bytes())
    except (InvalidPolicy, OSError) as error:
        log.warning("No programme is approved: %s.", error)
        return _unread(path, modified)


@lru_cache(maxsize=4)
def _unread(path: Path, modified: int) -> tuple[Programme, ...]:
    if not modified:
        log.warning("No programme is approved: %s is not there.", path)
    return ()


def _programme(row: _Row) -> Programme:
    return Programme(
        code=row.code,
        name=row.name.strip(),
        kind=row.kind,
        approval=row.approval.strip(),
        first=row.first,
        last=row.last,
        records=row.records,
        purpose=row.purpose,
        approver=row.approver.strip(),
        basis=row.basis.strip(),
        papers=tuple(row.papers.items()),
        status=row.status,
    )


def _wrong(found: tuple[Programme, ...]) -> Iterator[str]:
    """What a file may not say, in sentences."""
    codes = [one.code for one in found]
    purposes = [one.purpose for one in found if one.purpose]
    if len(found) > MOST:
        yield "there are too many programmes"
    if len(set(codes)) != len(codes) or len(set(purposes)) != len(purposes):
        yield "each programme has a code and a purpose of use of its own"
    for one in found:
        if not _CODE.fullmatch(one.code):
            yield "a programme's code is letters, digits, dots and hyphens"
        if not all((one.name, one.approval, one.approver, one.basis)):
            yield f"{one.code} says its name, its approval, who approved it and on what basis"
        if one.first > one.last:
            yield f"{one.code} ends before it begins"
        if not all(map(_INDEXED.fullmatch, filter(None, (one.purpose, *dict(one.papers))))):
            yield f"{one.code}: a purpose and a kind of documents are written code^^OID"
