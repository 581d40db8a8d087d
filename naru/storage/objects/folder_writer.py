"""Writing one object into a folder: encrypted as it arrives, durable when committed."""

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from naru.storage.objects.contract import KeyWrap, StoredObject, Written
from naru.storage.objects.errors import WriterClosed, named
from naru.storage.objects.stream import CHUNK_BYTES, KEY_BYTES, ChunkCipher, write_header

IN_MEMORY: Final = 64 * 1024
"""What one closed object may hold in memory; a message of many parts holds many of them."""


class FolderWriter:
    """A sink for one object; see `contract.ObjectWriter`.

    A small object stays in memory until its commit, so that it costs a constant number of system
    calls and an aborted one none. A larger one is in its draft, encrypted, once it is closed.
    """

    def __init__(self, *, drafts: Path, place: Callable[[str], Path], keys: KeyWrap) -> None:
        self._drafts = drafts
        self._place = place
        self._keys = keys
        self._key = os.urandom(KEY_BYTES)
        header = write_header()
        self._cipher = ChunkCipher(self._key, header)
        self._ciphertext = hashlib.sha256()
        self._ciphertext_size = 0
        self._sealed = [header]  # Ciphertext that is not in the draft yet.
        self._pending = bytearray()  # Plaintext of the next chunk.
        self._size = 0
        self._sha1 = hashlib.sha1(usedforsecurity=False)  # XDS calls for it: ITI TF-3 4.2.3.2.10.
        self._sha256 = hashlib.sha256()
        self._path: Path | None = None  # Where an abort finds what was stored so far.
        self._file: int | None = None
        self._written: Written | None = None
        self._ended = False

    def write(self, chunk: bytes | bytearray | memoryview, /) -> int:
        """Take bytes; whole chunks go to the draft, encrypted."""
        if self._ended or self._written is not None:
            raise WriterClosed("An object's writer was used after its end.")
        view = memoryview(chunk).cast("B")
        self._sha1.update(view)
        self._sha256.update(view)
        self._size += len(view)
        self._take(view)
        return len(view)

    def close(self) -> Self:
        """Encrypt the last chunk; nothing is stored yet but, of a larger object, the draft."""
        if self._ended:
            raise WriterClosed("An object's writer was closed after its end.")
        if self._written is None:
            self._seal(memoryview(self._pending), last=True)
            self._pending = bytearray()
            self._written = Written(
                size=self._size, sha1=self._sha1.hexdigest(), sha256=self._sha256.hexdigest()
            )
            if sum(map(len, self._sealed)) > IN_MEMORY:
                self._spill()
        return self

    @property
    def written(self) -> Written:
        """The size and the hashes of what was written."""
        if self._written is None:
            raise WriterClosed("An object's hashes are known when its writer is closed.")
        return self._written

    def commit(self) -> StoredObject:
        """Make the object durable under its address."""
        written = self.close().written
        try:
            self._write_draft()
            digest = self._ciphertext.digest()
            sealed_key = self._keys.wrap(self._key, digest)
            self._publish(self._place(digest.hex()))
        except OSError as error:
            self.abort()
            raise named(error) from error
        return StoredObject(
            address=digest.hex(),
            sealed_key=sealed_key,
            size=written.size,
            sha1=written.sha1,
            sha256=written.sha256,
            ciphertext_size=self._ciphertext_size,
        )

    def abort(self) -> None:
        """Remove the draft, if there is one."""
        self._ended = True
        self._pending = bytearray()
        self._sealed = []
        file, self._file = self._file, None
        path, self._path = self._path, None
        # What cannot be removed now is swept later as a draft or an orphan.
        if file is not None:
            with suppress(OSError):
                os.close(file)
        if path is not None:
            with suppress(OSError):
                path.unlink()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.abort()

    def _take(self, view: memoryview) -> None:
        # A full chunk waits until a byte follows it, since the last chunk is marked as such.
        while len(self._pending) + len(view) > CHUNK_BYTES:
            room = CHUNK_BYTES - len(self._pending)
            if self._pending:
                self._pending += view[:room]
                self._seal(memoryview(self._pending), last=False)
                self._pending = bytearray()
            else:
                self._seal(view[:room], last=False)
            view = view[room:]
            self._spill()
        self._pending += view

    def _seal(self, chunk: memoryview, *, last: bool) -> None:
        self._sealed.append(self._cipher.encrypt(chunk, last=last))

    def _spill(self) -> None:
        try:
            self._write_draft()
        except OSError as error:
            self.abort()
            raise named(error) from error

    def _write_draft(self) -> None:
        block = b"".join(self._sealed)
        self._sealed = []
        self._ciphertext.update(block)
        self._ciphertext_size += len(block)
        if self._file is None:
            draft = self._drafts / os.urandom(16).hex()
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
            self._file = os.open(draft, flags, 0o600)
            self._path = draft
        _write_whole(self._file, block)

    def _publish(self, place: Path) -> None:
        assert self._file is not None
        assert self._path is not None
        os.fsync(self._file)
        file, self._file = self._file, None
        os.close(file)
        self._path.rename(place)
        self._path = place  # Whole but not durable: an abort must still remove it.
        sync_folder(place.parent)
        self._path = None
        self._ended = True


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_whole(file: int, block: bytes) -> None:
    view = memoryview(block)
    while view:
        view = view[os.write(file, view) :]
