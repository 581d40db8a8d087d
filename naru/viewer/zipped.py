"""Many files as one ZIP (APPNOTE.TXT 6.3) that is written while it is sent.

Nothing is pressed together, so that its size is known before its first octet: a browser can show
how far it is.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from naru.domain.korea import KST

_NAMELESS: Final = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')
_LONGEST: Final = 60
"""Characters of a file's name, of three octets each: file systems hold 255 octets."""

_LOCAL, _DESCRIPTOR, _CENTRAL, _END = 30, 16, 46, 22
"""Octets of the records around each file and at the end, without names (4.3.7, 9, 12, 16)."""


@dataclass(frozen=True, slots=True)
class File:
    """A file: its name, and its octets as they come."""

    name: str
    chunks: Iterable[bytes]


def file_name(*parts: str, ending: str) -> str:
    """A name that every file system takes, of words that others wrote."""
    words = " ".join(cleaned for part in parts if (cleaned := _NAMELESS.sub(" ", part).strip()))
    return f"{words[:_LONGEST].strip(' .') or 'document'}.{ending}"


def size(files: Sequence[tuple[str, int]]) -> int:
    """The octets of the whole, by name and size of each file."""
    names = [len(name.encode()) for name, _size in files]
    around = len(files) * (_LOCAL + _DESCRIPTOR + _CENTRAL) + 2 * sum(names) + _END
    return around + sum(octets for _name, octets in files)


def zipped(files: Iterable[File], *, at: datetime) -> Iterator[bytes]:
    """The ZIP, part for part; whoever stops early closes it."""
    out = _Out()
    made = at.astimezone(KST)
    moment = (made.year, made.month, made.day, made.hour, made.minute, made.second)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as whole:
        for one in files:
            with whole.open(zipfile.ZipInfo(one.name, moment), "w") as inside:
                for chunk in one.chunks:
                    inside.write(chunk)
                    yield out.taken()
            yield out.taken()
    yield out.taken()


class _Out(io.RawIOBase):
    """Takes what is written until it is sent; there is no way back in it."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, octets: object, /) -> int:
        part = bytes(octets)  # type: ignore[call-overload]  # Whatever zipfile hands: a buffer.
        self._parts.append(part)
        return len(part)

    def taken(self) -> bytes:
        """What was written since it was last taken."""
        found, self._parts = b"".join(self._parts), []
        return found
