"""What every object store promises, whatever keeps the bytes.

An object is written once and never changed. It is encrypted under a random key of its own, so that
destroying the key erases the object wherever copies of its ciphertext lie, and it is addressed by
the SHA-256 of its ciphertext, so that anyone can check it without a key. Two writings of the same
document are two objects with nothing in common: nothing is shared across patients.

Promised
* When `commit` returns, the object survives kill -9 and a power cut.
* An address exists only with all its bytes behind it; an abandoned writing leaves none.
* A reader yields only bytes that were authenticated, in order; an object that was cut, extended,
  reordered or changed raises `ObjectCorrupt` instead of, or after, the bytes before the damage.
* The first bytes are authenticated before `open_reader` returns.
* Plaintext is never on disk, drafts included; memory use does not grow with the object's size.
* No room is `StorageFull`, a failing medium is `StorageFailed`; neither leaves anything half.

Not promised
* That an object is known to anybody: a writer that commits and then fails to record the address
  leaves an orphan, which `sweep` removes.
* That sizes are hidden: the ciphertext's size tells the plaintext's.
* That the whole was authenticated when the first chunk of a long object is yielded.
* That a deleted object's ciphertext has left the medium; the erasure is the key's.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Protocol, Self


class KeyWrap(Protocol):
    """Seals objects' own keys under the node's key; `aad` binds a key to its object's address."""

    def wrap(self, key: bytes, aad: bytes) -> bytes:
        """The key, sealed."""

    def unwrap(self, sealed_key: bytes, aad: bytes) -> bytes:
        """The key again, or an error of the key ring's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The plaintext that was written: what XDS calls `size` and `hash`."""

    size: int
    sha1: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredObject:
    """All that a room has to keep in order to read an object again. Digests are lower-case hex."""

    address: str
    """The SHA-256 of the ciphertext."""
    sealed_key: bytes
    """The object's own key, wrapped under the node's; to lose it is to erase the object."""
    size: int
    sha1: str
    sha256: str
    ciphertext_size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What a sweep removed."""

    orphans: int
    drafts: int


class ObjectWriter(Protocol):
    """A sink for one object. Not for use by two threads at once.

    As a context manager it aborts on leaving unless it was committed.
    """

    def write(self, chunk: bytes | bytearray | memoryview, /) -> int:
        """Take bytes of any length; the caller may reuse the buffer at once. Returns the length."""

    def close(self) -> Self:
        """End the writing: `written` is known, nothing is stored yet. May be repeated.

        The writer is returned, so that whoever fed it can hand it on to be committed or aborted.
        """

    @property
    def written(self) -> Written:
        """The size and the hashes; raises `WriterClosed` before `close`."""

    def commit(self) -> StoredObject:
        """Store durably what was written; closes first. Only once."""

    def abort(self) -> None:
        """Forget what was written. Nothing after a commit; may be repeated; never fails."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


class ObjectReader(Iterator[bytes], Protocol):
    """The authenticated plaintext in order. Closes itself at the end; else the caller closes."""

    def close(self) -> None:
        """Let go of the medium. May be repeated."""


class ObjectStore(Protocol):
    """A place for objects; safe to share between threads and across a fork."""

    def open_writer(self) -> ObjectWriter:
        """A sink for a new object."""

    def open_reader(self, address: str, sealed_key: bytes) -> ObjectReader:
        """The object's plaintext.

        Raises `ObjectMissing` or `ObjectCorrupt`, and what the key ring raises for a key that is
        not this object's.
        """

    def read_all(self, address: str, sealed_key: bytes) -> bytes:
        """The whole plaintext of an object known to be small, authenticated to its end."""

    def verify(self, address: str) -> None:
        """Check the ciphertext against its address; needs no key."""

    def delete(self, address: str) -> None:
        """Remove the ciphertext, durably; no error where there is none."""

    def sweep(self, *, older_than: datetime, is_known: Callable[[str], bool]) -> Swept:
        """Remove what was written before `older_than` and is not known, and forgotten drafts.

        `older_than` must lie further back than any request takes from commit to record.
        """
