"""Finding the boundaries of a multipart message (RFC 2046 section 5.1.1).

A line that begins with the boundary is a boundary or the message is refused: wherever RFC 2046 and
the parsers in use could disagree (a longer word, another line ending, text behind it) nobody
guesses. The first boundary line settles whether the message ends its lines with CRLF or, as some
senders do, with LF alone.
"""

import re
from collections.abc import Iterator
from typing import Final

from naru.formats.mime.errors import MimeReason, MimeRefused
from naru.formats.mime.limits import PADDING, MimeLimits
from naru.formats.mime.source import Source

_BOUNDARY: Final = re.compile(r"[0-9A-Za-z'()+_,./:=?@<>{}|~^!#$%&*\[\]-]{1,70}")
_BLANK_LINE: Final = re.compile(rb"(?:\A|\n)\r?\n")


class BoundaryReader:
    """Walks through a message from boundary to boundary."""

    def __init__(self, boundary: str, source: Source, limits: MimeLimits) -> None:
        if _BOUNDARY.fullmatch(boundary) is None:
            raise MimeRefused(MimeReason.BOUNDARY_MALFORMED, "the boundary is malformed")
        self._line: Final = b"--" + boundary.encode("ascii")
        self._needle: Final = b"\n" + self._line
        self._source: Final = source
        self._limits: Final = limits
        self._buffer = b""
        self._crlf: bool | None = None
        self.closed = False

    def skip_preamble(self) -> None:
        """Stands behind the first boundary line; whatever comes before it means nothing."""
        try:
            near = self._boundary_is_near()
        except MimeRefused as refusal:
            if refusal.reason is MimeReason.TRUNCATED and self._crlf is None:
                raise MimeRefused(
                    MimeReason.BOUNDARY_MISSING, "the boundary of the Content-Type never comes"
                ) from None
            raise
        if not near:
            raise MimeRefused(MimeReason.PREAMBLE_TOO_LARGE, "no boundary near the start")

    def _boundary_is_near(self) -> bool:
        skipped = 0
        for chunk in self.body():
            skipped += len(chunk)
            if skipped > self._limits.preamble:
                return False
        return True

    def header_block(self) -> bytes:
        """The header lines up to the blank line, which is taken."""
        searched = 0
        while (found := _BLANK_LINE.search(self._buffer, max(0, searched - 2))) is None:
            searched = len(self._buffer)
            if searched > self._limits.header_block:
                break
            self._fill("a part has no end of headers")
        if found is None or found.start() > self._limits.header_block:
            raise MimeRefused(MimeReason.HEADERS_TOO_LARGE, "the headers of a part are too large")
        block, self._buffer = self._buffer[: found.start()], self._buffer[found.end() :]
        return block.removesuffix(b"\r")

    def body(self) -> Iterator[bytes]:
        """The octets up to the next boundary line, which is taken."""
        while len(self._buffer) < len(self._line):
            self._fill("the closing boundary never comes")
        if self._buffer.startswith(self._line):
            self._take_boundary_line(len(self._line))
            return
        while (at := self._buffer.find(self._needle)) < 0:
            keep = len(self._needle)  # The line feed's carriage return may be the byte before.
            if len(self._buffer) > keep:
                yield self._buffer[:-keep]
                self._buffer = self._buffer[-keep:]
            self._fill("the closing boundary never comes")
        end = self._end_of_content(at)
        content = self._buffer[:end]
        self._take_boundary_line(at + len(self._needle))
        if content:
            yield content

    def drain_epilogue(self) -> None:
        """Reads to the end; another boundary behind the closing one is refused."""
        self._buffer = b"\n" + self._buffer
        drained = 0
        while True:
            if self._needle in self._buffer:
                raise _ambiguous("a boundary follows the closing one")
            drained += len(self._buffer)
            if drained > self._limits.epilogue:
                raise MimeRefused(MimeReason.EPILOGUE_TOO_LARGE, "too much follows the last part")
            chunk = self._source.read()
            if not chunk:
                return
            kept = self._buffer[-len(self._needle) :]
            drained -= len(kept)
            self._buffer = kept + chunk

    def _end_of_content(self, at: int) -> int:
        # The line end before a boundary belongs to the boundary, RFC 2046 section 5.1.1.
        after_return = at > 0 and self._buffer[at - 1 : at] == b"\r"
        if self._crlf is not None and after_return != self._crlf:
            raise _ambiguous("a boundary follows another line ending than the first one did")
        return at - 1 if after_return else at

    def _take_boundary_line(self, at: int) -> None:
        while (end := self._buffer.find(b"\n", at, at + PADDING)) < 0:
            if len(self._buffer) >= at + PADDING:
                raise _ambiguous("text follows a boundary on its line")
            chunk = self._source.read()
            if not chunk:
                break
            self._buffer += chunk
        line = self._buffer[at:] if end < 0 else self._buffer[at:end]
        self._understand(line, ended=end >= 0)
        self._buffer = b"" if end < 0 else self._buffer[end + 1 :]

    def _understand(self, line: bytes, *, ended: bool) -> None:
        returned = line.endswith(b"\r")
        rest = line.removesuffix(b"\r").rstrip(b" \t")
        self.closed = rest == b"--"
        if rest and not self.closed:
            raise _ambiguous("text follows a boundary on its line")
        if not self.closed and not ended:
            raise MimeRefused(MimeReason.TRUNCATED, "the message ends in a boundary line")
        if self._crlf is not None and ended and returned != self._crlf:
            raise _ambiguous("two boundary lines end differently")
        self._crlf = returned if self._crlf is None else self._crlf

    def _fill(self, sentence: str) -> None:
        chunk = self._source.read()
        if not chunk:
            raise MimeRefused(MimeReason.TRUNCATED, sentence)
        self._buffer += chunk


def _ambiguous(sentence: str) -> MimeRefused:
    return MimeRefused(MimeReason.BOUNDARY_AMBIGUOUS, sentence)
