"""What a peer tells of its exchanges: a line each, in four columns parted by tabs."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

import pytest
from _pytest.mark import ParameterSet

PATIENCE: Final = 300
"""Seconds that a peer may take for all of its exchanges; Java begins slowly on a small machine."""


def together(group: str) -> list[pytest.MarkDecorator]:
    """The marks of a module whose tests all look at one run of a peer."""
    return [
        pytest.mark.peers,
        pytest.mark.xdist_group(group),
        pytest.mark.timeout(2 * PATIENCE),  # The first of them waits for all exchanges.
    ]


@dataclass(frozen=True)
class Exchanges:
    """Every exchange of one peer: its transaction and subject, and how it ended."""

    ended: Mapping[str, str]

    @classmethod
    def run(cls, command: Sequence[str], more: Mapping[str, str] | None = None) -> Self:
        """Let the peer speak, and read what it tells."""
        ran = subprocess.run(
            command,
            env=dict(os.environ) | dict(more or {}),
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=PATIENCE,
        )
        assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-6000:]
        rows = [line.split("\t") for line in ran.stdout.splitlines()]
        told = {f"{row[0]} {row[1]}": "\t".join(row[2:]) for row in rows if len(row) == 4}
        assert len(told) == len(rows), ran.stdout[-3000:]
        return cls(told)

    def must_have_succeeded(self, name: str) -> None:
        """The exchange took place, and the peer found nothing wrong with it."""
        assert self.ended[name].startswith("ok\t"), self.ended[name]

    def must_be(self, listed: Sequence[str]) -> None:
        """No exchange was left out, and none goes unread."""
        assert sorted(self.ended) == sorted(listed)


def each(peer: str, listed: Sequence[str]) -> list[ParameterSet]:
    """A test's parameter for each exchange, which begins with the name of its transaction."""
    return [
        pytest.param(name, marks=pytest.mark.peers(peer=peer, door=name.split()[0]), id=name)
        for name in listed
    ]
