"""The programs that stand outside of a demo's node: where each is, and whether it answers."""

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

FILE: Final = "outside.json"
PATIENCE: Final = 0.5
"""Seconds for a connection on loopback."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """A program; `key` names what it is, `name` whose, where there are several."""

    key: str
    name: str
    address: str

    def answers(self) -> bool:
        """Whether it takes connections at this moment."""
        where = urlsplit(self.address)
        try:
            with socket.create_connection((where.hostname or "", where.port or 0), PATIENCE):
                return True
        except OSError:
            return False


def write(programs: Sequence[Outside], data: Path) -> None:
    """Keep where they are in the demo's data folder."""
    (data / FILE).write_bytes(msgspec.json.encode(programs))


def read(data: Path) -> Sequence[Outside]:
    """Those of this data folder; none before a demo started there."""
    try:
        return msgspec.json.decode((data / FILE).read_bytes(), type=tuple[Outside, ...])
    except OSError:
        return ()
