"""A rotation of the keys, step by step, beside everything else that the node does.

`announce` makes a generation; `go_on`, called again and again by a worker, does a little each time
until nothing is left under the one before; `retire` then destroys that one. What has been done is
told by the rows themselves, so a process that dies loses nothing and several do no harm.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from naru.security import key_file
from naru.security.errors import RotationRefused
from naru.security.fields import SealedField, columns
from naru.security.files import create_once
from naru.security.key_file import KeyFile, Step, changing, unwrapped, wrapped
from naru.security.key_root import KEY_BYTES, Root, is_file, open_root, root_file
from naru.security.keys import derived, lasting_of, open_ring
from naru.security.resealing import Pass, users_of

MOST_GENERATIONS: Final = 65_000
"""A generation's number is written in two bytes."""

_ROOT: Final = "root-"
"""With what the names of root files begin that a rotation makes."""


def announce(folder: Path, now: datetime, settle: timedelta = key_file.SETTLE) -> int:
    """Make the next generation, known to all and used by none yet; gives back its number.

    A root in a file is replaced with it, so that copies of the ring that lie about open nothing.
    Raises RotationRefused while another rotation goes on, and KeyRefused; nothing is changed then.
    """
    with changing(folder):
        ring, root = key_file.read_or_first(folder)
        if ring.step is not Step.SETTLED:
            raise RotationRefused(f"the rotation to generation {ring.generations[-1]} goes on")
        number = ring.generations[-1] + 1
        if number > MOST_GENERATIONS:
            raise RotationRefused("there is no number left for another generation")
        ring = _with_what_lasts(ring, root, now)
        new = wrapped(root, os.urandom(KEY_BYTES), number, now)
        ring = replace(
            ring,
            entries=(*ring.entries, new),
            step=Step.ANNOUNCED,
            since=now,
            settle=settle.total_seconds(),
        )
        _replace_root(folder, ring, root, f"file:{_ROOT}{number}.key" if is_file(ring.root) else "")
    return number


def change_root(folder: Path, uri: str, now: datetime) -> None:
    """Wrap the ring under another root, as a KMS; no key that seals anything changes.

    A file that was the root is removed. Raises KeyRefused with nothing changed.
    """
    with changing(folder):
        ring, root = key_file.read_or_first(folder)
        _replace_root(folder, _with_what_lasts(ring, root, now), root, uri)


def _with_what_lasts(ring: KeyFile, root: Root, now: datetime) -> KeyFile:
    """The ring with entries for all that derives from the first generation and outlives it."""
    if any(one.purpose for one in ring.entries):
        return ring
    first = unwrapped(root, ring.entries[0])
    lasting = (
        wrapped(root, secret, number, now, purpose)
        for (purpose, number), secret in lasting_of(first).items()
    )
    return replace(ring, entries=(*ring.entries, *lasting))


def _replace_root(folder: Path, ring: KeyFile, root: Root, uri: str) -> None:
    """Write the ring under the root `uri`, made if it is a file; without one, under its own."""
    if not uri or uri == ring.root:
        key_file.write(folder, ring)
        return
    if is_file(uri):
        create_once(root_file(uri, folder), os.urandom(KEY_BYTES))
    other = open_root(uri, folder)
    entries = tuple(
        wrapped(other, unwrapped(root, one), one.number, one.made, one.purpose)
        for one in ring.entries
    )
    key_file.write(folder, replace(ring, root=uri, entries=entries))
    for file in (folder / key_file.MASTER, *folder.glob(f"{_ROOT}*.key")):
        if f"file:{file.name}" != uri:
            file.unlink(missing_ok=True)


class Rotation:
    """One process's part in the rotations of a keys folder."""

    def __init__(self, folder: Path, clock: Callable[[], datetime]) -> None:
        self._folder = folder
        self._clock = clock
        self._pass: Pass | None = None
        self._began: datetime | None = None

    def go_on(self) -> bool:
        """Do one small part; whether there is more to do at once."""
        ring = key_file.read(self._folder)
        if ring is None or ring.step is Step.SETTLED:
            self._pass = None
            return False
        if ring.step is Step.ANNOUNCED:
            return self._move(ring, Step.RESEALING) if ring.has_settled(self._clock()) else False
        return self._reseal(ring)

    def _reseal(self, ring: KeyFile) -> bool:
        if self._pass is None:
            self._began = self._clock()
            self._pass = Pass(ring.sealing, open_ring(self._folder))
        try:
            more = self._pass.part()
        except BaseException:
            self._pass = None  # A walk that was broken off has not seen everything.
            raise
        if more:
            return True
        found, self._pass = self._pass.found, None
        # Whoever began to write before the step was known to all has ended before this pass began.
        assert self._began is not None
        if found or not ring.has_settled(self._began):
            return bool(found)
        return self._move(ring, Step.SETTLED)

    def _move(self, seen: KeyFile, step: Step) -> bool:
        with changing(self._folder):
            if key_file.read(self._folder) == seen:
                key_file.write(self._folder, replace(seen, step=step, since=self._clock()))
        return step is Step.RESEALING


@dataclass(frozen=True, slots=True)
class Generation:
    """What an operator may know of a generation."""

    number: int
    made: datetime
    state: str


def generations(ring: KeyFile) -> tuple[Generation, ...]:
    """All of them, the oldest first."""
    return tuple(
        Generation(number, ring.made(number), _state(ring, number)) for number in ring.generations
    )


def _state(ring: KeyFile, number: int) -> str:
    if number == ring.sealing:
        return "seals"
    return "announced" if number > ring.sealing else "opens"


def retire(folder: Path, number: int, now: datetime) -> None:
    """Destroy a generation. Raises RotationRefused, saying why, while anything needs it."""
    with changing(folder):
        ring, root = key_file.read_or_first(folder)
        if number not in ring.generations:
            raise RotationRefused(f"there is no generation {number}")
        if number in (ring.sealing, *ring.looking) or ring.step is not Step.SETTLED:
            raise RotationRefused(f"generation {number} is in use; `naru keys status` says how far")
        if not ring.has_settled(now):
            raise RotationRefused("a request may still hold what it sealed; try again shortly")
        users = users_of(number)
        if users:
            told = ", ".join(f"{column} ({rows})" for column, rows in users.items())
            raise RotationRefused(f"generation {number} still opens: {told}")
        gone = next(one for one in ring.entries if not one.purpose and one.number == number)
        secret = unwrapped(root, gone)
        held = {(one.purpose, one.number) for one in ring.entries}
        outliving = (
            wrapped(root, derived(secret, purpose, number), number, now, purpose)
            for purpose in _kept_purposes()
            if (purpose, number) not in held
        )
        entries = (*(one for one in ring.entries if one is not gone), *outliving)
        ring = replace(ring, entries=entries)
        # A new root, so that a copy of the ring file alone does not bring the generation back.
        again = f"file:{_ROOT}{ring.sealing}-without-{number}.key" if is_file(ring.root) else ""
        _replace_root(folder, ring, root, again)


def _kept_purposes() -> set[str]:
    return {f"seal/{one.purpose}" for one in columns(SealedField) if one.kept}
