"""A disk that fills up: what is refused is refused cleanly, and all goes on once there is room."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest

from naru.formats.soap import FaultCode
from tests.end_to_end import people
from tests.end_to_end.node import Node, fresh_database
from tests.end_to_end.test_crash import Load, begun_load, check_whole
from tests.end_to_end.wire import Answer, Caller

DISK: Final = 96 * 1024 * 1024
RESUMES: Final = 10.0
"""Seconds after there is room again."""
CODES: Final = {"XDSRepositoryOutOfResources", "XDSRegistryOutOfResources"}
KIB: Final = 1024
SIZES: Final = (10, 13_000, 300_000)
ROOMS: Final = (0, 4 * KIB, 16 * KIB, 64 * KIB, 200 * KIB, 500 * KIB)
"""What is left: nothing; less than a page; than a transaction; than a document; than a few."""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small file system of its own, where root may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("no small disk: only root may mount one")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.fixture
def node(disk: Path, codes: Path) -> Iterator[Node]:
    with fresh_database() as database:
        options = ("--sandbox", "--codes", str(codes))
        yield Node(data=disk / "data", database=database, options=options)


class Ballast:
    """A file that leaves so much of the disk free."""

    def __init__(self, disk: Path) -> None:
        self._disk, self._file = disk, disk / "ballast"

    def leave(self, free: int) -> None:
        self._file.unlink(missing_ok=True)
        with self._file.open("wb") as file:
            while (more := self._free() - free) > 0:
                with suppress(OSError):  # The node took some of it in the meantime.
                    os.posix_fallocate(file.fileno(), file.seek(0, os.SEEK_END), more)

    def _free(self) -> int:
        found = os.statvfs(self._disk)
        return found.f_bavail * found.f_frsize

    def lift(self) -> None:
        self._file.unlink(missing_ok=True)


def send(load: Load, content: bytes) -> str:
    """Hand over a document; answer why it was refused, if it was."""
    entry = people.entry(load.patient, content, "application/octet-stream")
    load.unanswered[entry.unique_id] = content
    answer = Caller(load.node.port).provide(people.submission(load.patient, entry), content)
    told = refusal(answer)
    if not told:
        load.acknowledged[entry.unique_id] = content
    return told


def refusal(answer: Answer) -> str:
    """The fault's sentence or the standard's code."""
    if answer.status == 200:
        return " ".join(answer.errors)
    assert answer.status == 500
    assert answer.fault is not None
    assert answer.fault.code is FaultCode.RECEIVER
    return answer.fault.reason


def test_a_full_disk_refuses_cleanly_and_all_goes_on_once_there_is_room(
    node: Node, disk: Path
) -> None:
    load, ballast = begun_load(node), Ballast(disk)
    assert send(load, b"before") == ""
    refused = []
    for free in ROOMS:
        ballast.leave(free)
        refused += [told for size in SIZES if (told := send(load, os.urandom(size)))]
        ballast.lift()
        begun = time.monotonic()
        while send(load, b"again"):
            assert time.monotonic() - begun < RESUMES
            time.sleep(0.1)
    # The smallest room takes nothing at all, and whatever is refused is told why.
    assert len(refused) >= len(SIZES)
    assert {told for told in refused if not told.endswith("Try again later.")} <= CODES
    check_whole(load)
    node.stop()
