"""The bytes of a message: read in chunks, never past its length, never past the limit."""

from typing import Final, Protocol

from naru.formats.mime.errors import MimeReason, MimeRefused
from naru.formats.mime.limits import CHUNK


class Readable(Protocol):
    """Anything with `read`, such as `wsgi.input`."""

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes; none at the end."""


class Source:
    """A stream with a known or unknown length."""

    def __init__(self, stream: Readable, length: int | None, limit: int) -> None:
        if length is not None and length > limit:
            raise _too_large(limit)
        self._stream: Final = stream
        self._remaining = length
        self._limit: Final = limit
        self._taken = 0

    def read(self) -> bytes:
        """The next bytes, or none at the end of the message."""
        size = CHUNK if self._remaining is None else min(CHUNK, self._remaining)
        chunk = self._stream.read(size) if size else b""
        self._taken += len(chunk)
        if self._taken > self._limit:
            raise _too_large(self._limit)
        if self._remaining is not None:
            if size and not chunk:
                raise MimeRefused(MimeReason.TRUNCATED, "the message is shorter than announced")
            self._remaining -= len(chunk)
        return chunk

    def read_all(self) -> bytes:
        """The whole message in memory."""
        chunks = []
        while chunk := self.read():
            chunks.append(chunk)
        return b"".join(chunks)


def _too_large(limit: int) -> MimeRefused:
    return MimeRefused(MimeReason.MESSAGE_TOO_LARGE, f"the message is larger than {limit} bytes")
