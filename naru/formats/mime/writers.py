"""Where the octets of a part go."""

import base64
import binascii
from typing import Final, Protocol, TypeVar

from naru.formats.mime.errors import MimeReason, MimeRefused

T_co = TypeVar("T_co", covariant=True)

_QUANTUM: Final = 4  # Characters of base64 that make three octets.


class PartWriter(Protocol[T_co]):
    """Takes a part chunk by chunk.

    `abort` may come at any time, after `close` too, when a later part of the same message is
    refused: it then undoes what `close` gave. It must not fail.
    """

    def write(self, chunk: bytes, /) -> object:
        """Takes the next octets."""

    def close(self) -> T_co:
        """Says that the part is whole; the answer is kept as `Part.stored`."""

    def abort(self) -> None:
        """Leaves nothing behind."""


class MemoryWriter:
    """Keeps a part in memory, up to a limit."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._chunks: list[bytes] = []
        self._length = 0

    def write(self, chunk: bytes, /) -> None:
        """Takes the next octets, or refuses what would go over the limit."""
        self._length += len(chunk)
        if self._length > self._limit:
            raise MimeRefused(
                MimeReason.PART_TOO_LARGE, f"a part is larger than {self._limit} bytes"
            )
        self._chunks.append(chunk)

    def close(self) -> bytes:
        """The whole part."""
        return b"".join(self._chunks)

    def abort(self) -> None:
        """Forgets the part."""
        self._chunks.clear()


class Discard:
    """Takes a part that nothing can refer to."""

    def write(self, chunk: bytes, /) -> None:
        """Forgets the octets."""

    def close(self) -> None:
        """Gives nothing."""

    def abort(self) -> None:
        """Has nothing to undo."""


class Base64Decoder:
    """Decodes Content-Transfer-Encoding base64 as it comes (RFC 2045 section 6.8), strictly."""

    def __init__(self) -> None:
        self._carry = b""
        self._padded = False

    def feed(self, chunk: bytes) -> bytes:
        """The octets that are complete so far."""
        text = self._carry + chunk.translate(None, b"\r\n\t ")
        whole = len(text) - len(text) % _QUANTUM
        self._carry = text[whole:]
        return self._decoded(text[:whole])

    def finish(self) -> None:
        """Refuses a text that ends inside a quantum."""
        if self._carry:
            raise MimeRefused(MimeReason.TRANSFER_ENCODING, "a base64 part is incomplete")

    def _decoded(self, text: bytes) -> bytes:
        if not text:
            return b""
        if self._padded:
            raise MimeRefused(MimeReason.TRANSFER_ENCODING, "a base64 part goes on after its end")
        self._padded = text.endswith(b"=")
        try:
            return base64.b64decode(text, validate=True)
        except binascii.Error:
            raise MimeRefused(MimeReason.TRANSFER_ENCODING, "a base64 part is malformed") from None
