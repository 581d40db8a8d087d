"""Files that are there whole or not at all, also after the power went."""

import os
import sys
from pathlib import Path
from typing import IO

from naru.link.errors import ConfigurationWrong


def write_whole(file: Path, octets: bytes) -> None:
    """The file holds all octets, or is as it was; durable on return."""
    half = file.with_name(f".{file.name}.half")
    with half.open("wb") as target:
        target.write(octets)
        target.flush()
        os.fsync(target.fileno())
    half.replace(file)
    sync_folder(file.parent)


def move(file: Path, target: Path) -> None:
    """Rename within one file system; durable on return."""
    file.replace(target)
    sync_folder(target.parent)
    sync_folder(file.parent)


def sync_folder(folder: Path) -> None:
    """Make names durable; Windows does so by itself and opens no folder."""
    if sys.platform != "win32":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def lock(file: Path) -> IO[bytes]:
    """Held until closed, or until the process ends in whatever way; a second agent is refused."""
    held = file.open("ab")
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(held.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        held.close()
        raise ConfigurationWrong(f"another agent works in {file.parent}") from None
    return held
