"""The ring file: every generation of keys, each wrapped by the root, and which of them is used.

    keys/master.key   the root of a new node; until the first rotation it is also generation 1
    keys/ring.json    from the first rotation on: generations, what outlives them, and the step

A rotation goes through three steps, each told by this file alone and seen by every process:

    announced   the new generation is known everywhere and not used yet
    resealing   it seals; what the old one sealed is sealed again; tokens are looked up under both
    settled     nothing that can be sealed again is left under the old one, which may be retired
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec

from naru.security.errors import KeyRefused, SealBroken
from naru.security.files import replace_private
from naru.security.key_root import FileRoot, Root, open_root, read_key, read_private

FIRST: Final = 1
MASTER: Final = "master.key"
RING: Final = "ring.json"
SETTLE: Final = timedelta(minutes=3)
"""How long a step lasts at least: longer than any request holds a token that it has computed."""

SHORTEST_SETTLE: Final = timedelta(seconds=2)
"""A few times what a process takes until it looks at the ring again."""

_UNKNOWN_SINCE: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Step(StrEnum):
    """How far the newest rotation is."""

    ANNOUNCED = "announced"
    RESEALING = "resealing"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A wrapped secret: a generation, or one derived key that outlives its generation."""

    purpose: str = ""
    """Empty for a generation; else the one purpose that the key is for."""
    number: int
    made: datetime
    wrapped: bytes

    @property
    def aad(self) -> bytes:
        """Its place in the ring, to which the wrapping binds it."""
        return f"naru/ring/{self.purpose}/{self.number}".encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFile:
    """What stands in the ring file; nothing of it is secret without the root."""

    root: str
    entries: tuple[Entry, ...]
    step: Step
    since: datetime
    settle: float
    """Seconds that a step of the newest rotation lasts at least."""

    @property
    def generations(self) -> tuple[int, ...]:
        """The numbers of all generations, oldest first."""
        return tuple(sorted(one.number for one in self.entries if not one.purpose))

    @property
    def sealing(self) -> int:
        """The generation that seals now."""
        return self.generations[-2 if self.step is Step.ANNOUNCED else -1]

    @property
    def looking(self) -> tuple[int, ...]:
        """The generations under which a token may stand, the one that is written first."""
        others = () if self.step is Step.SETTLED else self.generations[-2:]
        return (self.sealing, *(one for one in others if one != self.sealing))

    def made(self, number: int) -> datetime:
        """When a generation was made; the first one's file tells no better than its folder."""
        return next(one.made for one in self.entries if not one.purpose and one.number == number)

    def has_settled(self, now: datetime) -> bool:
        """Whether the step has lasted so long that no process is still in the one before."""
        return now >= self.since + timedelta(seconds=self.settle)


def read(folder: Path) -> KeyFile | None:
    """The ring file; None of a folder whose keys were never rotated. Raises KeyRefused."""
    file = folder / RING
    if not file.exists():
        return None
    try:
        return msgspec.json.decode(read_private(file), type=KeyFile)
    except (msgspec.DecodeError, ValueError, RecursionError):
        raise KeyRefused(f"{file} is no ring of keys; put it back from the backup.") from None


def read_or_first(folder: Path) -> tuple[KeyFile, Root]:
    """The ring and its root; of a folder that has no ring yet, the one that it begins with.

    Raises KeyRefused.
    """
    found = read(folder)
    if found is not None:
        return found, open_root(found.root, folder)
    master = read_key(folder / MASTER)
    root = FileRoot(master)
    made = datetime.fromtimestamp((folder / MASTER).stat().st_mtime, UTC)
    first = KeyFile(
        root=f"file:{MASTER}",
        entries=(wrapped(root, master, FIRST, made),),
        step=Step.SETTLED,
        since=_UNKNOWN_SINCE,
        settle=SETTLE.total_seconds(),
    )
    return first, root


def wrapped(root: Root, secret: bytes, number: int, made: datetime, purpose: str = "") -> Entry:
    """The entry of a secret."""
    bare = Entry(purpose=purpose, number=number, made=made, wrapped=b"")
    return replace(bare, wrapped=root.wrap(secret, bare.aad))


def unwrapped(root: Root, entry: Entry) -> bytes:
    """An entry's secret. Raises KeyRefused."""
    try:
        return root.unwrap(entry.wrapped, entry.aad)
    except SealBroken as broken:
        raise KeyRefused(str(broken)) from broken


def write(folder: Path, ring: KeyFile) -> None:
    """Put the ring in the place of the one before: whole, durable, the owner's alone."""
    replace_private(folder / RING, msgspec.json.encode(ring))


@contextmanager
def changing(folder: Path) -> Iterator[None]:
    """Nobody else on this machine changes the ring meanwhile."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
