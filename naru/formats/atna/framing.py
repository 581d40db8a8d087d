"""Where one syslog message ends and the next begins in a stream.

Octet counting (RFC 5425 section 4.3, RFC 6587 section 3.4.1) is what we send and what TLS demands.
A line for each message (RFC 6587 section 3.4.2) is understood too: which of both a peer does is
seen at the first octet of each message, a digit or `<`.
"""

import re
from typing import Final

from naru.formats.atna.errors import FrameRefused

LARGEST: Final = 512 * 1024
"""Octets of one message. RFC 5425 asks for 8,192; an audited query has 64 KiB before base64."""

_COUNT: Final = re.compile(rb"([1-9][0-9]{0,9}) ")
_LONGEST_COUNT: Final = 11
_BETWEEN: Final = b"\n\r\x00"  # Some senders end a counted message with a line end all the same.


def octet_counted(message: bytes) -> bytes:
    """The message as a frame: its length in octets, a space, and itself."""
    return b"%d %b" % (len(message), message)


class FrameReader:
    """Takes a stream in pieces of any size and gives its messages."""

    def __init__(self, largest: int = LARGEST) -> None:
        self._largest = largest
        self._held = bytearray()
        self._searched = 0

    @property
    def is_within(self) -> bool:
        """Whether a message has begun and has not ended."""
        return bool(self._held)

    def feed(self, octets: bytes) -> list[bytes]:
        """The messages that are whole with these octets; raises FrameRefused."""
        self._held += octets
        messages = []
        while (message := self._next()) is not None:
            messages.append(message)
        return messages

    def end(self) -> bytes:
        """What of a message was there when the stream ended: a line without its end, or a part."""
        rest, self._held = bytes(self._held), bytearray()
        counted = _COUNT.match(rest)
        return rest[counted.end() :] if counted else rest

    def _next(self) -> bytes | None:
        self._skip_what_stands_between()
        if not self._held:
            return None
        return self._counted() if self._held[:1].isdigit() else self._line()

    def _skip_what_stands_between(self) -> None:
        blank = 0
        while blank < len(self._held) and self._held[blank] in _BETWEEN:
            blank += 1
        if blank:
            del self._held[:blank]

    def _counted(self) -> bytes | None:
        count = _COUNT.match(self._held)
        if count is None:
            if len(self._held) >= _LONGEST_COUNT or not self._held.isdigit():  # Short here.
                raise FrameRefused("A message's length is no number.")
            return None
        length = int(count[1])
        if length > self._largest:
            raise FrameRefused(f"A message of {length} octets is announced.")
        end = count.end() + length
        if len(self._held) < end:
            return None
        message = bytes(self._held[count.end() : end])
        del self._held[:end]
        return message

    def _line(self) -> bytes | None:
        end = self._held.find(b"\n", self._searched)
        if end < 0:
            self._searched = len(self._held)
            if len(self._held) > self._largest:
                raise FrameRefused("A line is longer than any message.")
            return None
        self._searched = 0
        line = bytes(self._held[:end]).rstrip(b"\r")
        del self._held[: end + 1]
        if len(line) > self._largest:
            raise FrameRefused("A line is longer than any message.")
        return line
