"""A demo's folder belongs to one demo at a time."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

FILE: Final = "open.lock"
"""Never removed while a demo runs: the lock is on this very file."""


class AlreadyOpen(Exception):
    """Another demo runs in this folder; `address` is its page's, where it was told already."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


class FolderLock:
    """The lock that is held; the address of the page can be left in it for others to read."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = (folder / FILE).open("a+", encoding="utf-8")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.seek(0)
            with self._file:
                raise AlreadyOpen(self._file.read().strip()) from None
        self.tell("")

    def tell(self, address: str) -> None:
        """Leave the address for whoever finds the folder locked."""
        self._file.truncate(0)
        self._file.write(address)
        self._file.flush()

    def close(self) -> None:
        """Let others have the folder."""
        self._file.close()


@contextmanager
def held(folder: Path) -> Iterator[FolderLock]:
    """Hold the folder's lock, or raise AlreadyOpen. A killed process leaves no lock behind."""
    lock = FolderLock(folder)
    try:
        yield lock
    finally:
        lock.close()
