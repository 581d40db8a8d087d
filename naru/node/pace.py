"""A connection that cannot hold its thread: whoever is silent, or slower than a slow line, is left.

Only time spent waiting for the peer counts; however long we compute ourselves, nobody is blamed.
"""

import errno
import time
from socket import socket
from typing import Any, Final

SILENCE_SECONDS: Final = 10.0
"""The longest wait for one byte more of a request, or for room for one byte more of an answer."""

GRACE_SECONDS: Final = 20.0
"""So much waiting in one request is forgiven before its rate is looked at."""

SLOWEST_RATE: Final = 8 * 1024
"""Bytes in a second of waiting: a tenth of a poor mobile line; 100 MB then take 3.5 hours."""

_PIECE: Final = 64 * 1024  # Of an answer: what a line of the slowest rate takes within the silence.


class TooSlow(ConnectionResetError):
    """The peer kept us waiting too long; for the web server it is a connection that broke."""

    def __init__(self) -> None:
        super().__init__(errno.ECONNRESET, "The peer was too slow.")


class Paced:
    """A socket for the web server's threads: where it blocks, it blocks within the limits."""

    __slots__ = ("_moved", "_waited", "broken", "plain")

    def __init__(self, plain: socket) -> None:
        self.plain = plain
        self.broken = False
        self.begin()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.plain, name)

    def begin(self) -> None:
        """Count from here: another request begins."""
        self._waited = 0.0
        self._moved = 0

    def setblocking(self, flag: bool) -> None:  # noqa: FBT001  # The name and shape of a socket's.
        """Block, but not for longer than the silence; or not at all."""
        self.plain.settimeout(SILENCE_SECONDS if flag else 0.0)

    def recv(self, size: int) -> bytes:
        """Up to `size` bytes. Raises TooSlow."""
        begun = time.monotonic()
        try:
            received = self.plain.recv(size)
        except TimeoutError:
            raise self._too_slow() from None
        self._note(len(received), begun)
        return received

    def send(self, content: bytes | memoryview) -> int:
        """Send some of it. Raises TooSlow."""
        begun = time.monotonic()
        try:
            sent = self.plain.send(content)
        except TimeoutError:
            raise self._too_slow() from None
        self._note(sent, begun)
        return sent

    def sendall(self, content: bytes) -> None:
        """Send all of it, as long as the peer takes it. Raises TooSlow."""
        view = memoryview(content)
        while view:
            view = view[self.send(view[:_PIECE]) :]

    def _note(self, moved: int, begun: float) -> None:
        self._moved += moved
        self._waited += time.monotonic() - begun
        if self._waited > GRACE_SECONDS and self._moved < self._waited * SLOWEST_RATE:
            raise self._too_slow()

    def _too_slow(self) -> TooSlow:
        self.broken = True
        return TooSlow()
