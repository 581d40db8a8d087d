"""Reading one object from a folder, a chunk at a time."""

import os
from pathlib import Path
from typing import Self

from naru.storage.objects.errors import ObjectCorrupt, ObjectMissing, named
from naru.storage.objects.stream import HEADER_BYTES, TAG_BYTES, ChunkCipher, read_header


class FolderReader:
    """The authenticated plaintext; see `contract.ObjectReader`."""

    _first: bytes | None
    _remaining: int

    def __init__(self, path: Path, key: bytes) -> None:
        try:
            self._file = path.open("rb", buffering=0)
        except FileNotFoundError:
            raise ObjectMissing(f"There is no object {path.name}.") from None
        except OSError as error:
            raise named(error) from error
        try:
            self._begin(key)
        except BaseException:
            self._file.close()
            raise

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        if self._first is not None:
            first, self._first = self._first, None
            return first
        if not self._remaining:
            self.close()
            raise StopIteration
        try:
            return self._decrypt_next()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._first = None
        self._remaining = 0
        self._file.close()

    def _begin(self, key: bytes) -> None:
        self._remaining = os.fstat(self._file.fileno()).st_size
        header = self._read(HEADER_BYTES)
        self._sealed_bytes = read_header(header) + TAG_BYTES
        self._cipher = ChunkCipher(key, header)
        self._first = self._decrypt_next()

    def _decrypt_next(self) -> bytes:
        """The size says which chunk is the last; its tag, whether the writer meant it to be."""
        sealed = self._read(self._sealed_bytes)
        if len(sealed) < TAG_BYTES:
            raise ObjectCorrupt("A stored object ends inside a chunk.")
        return self._cipher.decrypt(sealed, last=not self._remaining)

    def _read(self, most: int) -> bytes:
        size = min(most, self._remaining)
        try:
            block = self._file.read(size)
            # A raw read may stop short without being at the end.
            while len(block) < size and (more := self._file.read(size - len(block))):
                block += more
        except OSError as error:
            raise named(error) from error
        if len(block) < size:
            raise ObjectCorrupt("A stored object became shorter while it was read.")
        self._remaining -= size
        return block
