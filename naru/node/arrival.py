"""A request on its way in: handshake, head and a short body, read without a thread that waits."""

import re
import ssl
import time
from typing import Final

from gunicorn import http, sock
from gunicorn.workers.gthread import TConn

from naru.node.pace import Paced

SILENT_SECONDS: Final = 10.0
"""How long a new connection may say nothing: browsers open some before they need them."""

HEAD_SECONDS: Final = 5.0
"""From a request's first byte, or its handshake's, to the end of its head."""

BODY_SECONDS: Final = 10.0
"""From the end of the head to the end of a short body."""

HEAD_BYTES: Final = 32 * 1024
"""More than any client sends before the empty line; longer heads are refused."""

SHORT_BODY: Final = 32 * 1024
"""A body up to here is read before a thread is asked for; nearly every message is shorter."""

_READ: Final = 16 * 1024
_HEAD_END: Final = b"\r\n\r\n"
_LENGTH: Final = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,15})[ \t]*\r\n", re.IGNORECASE)
_STREAMED: Final = re.compile(rb"\r\n(?:transfer-encoding|expect):", re.IGNORECASE)


class HeadTooLong(Exception):
    """The head does not end within HEAD_BYTES."""


class Arrival:
    """What has come of one request. `deadline` is when the connection is given up."""

    def __init__(self, conn: TConn) -> None:
        self.conn = conn
        self.content = bytearray()
        self.events = 0  # What the poller waits for.
        self.streams = False  # The thread has to wait for more of the body.
        self._whole: int | None = None  # Bytes of head and short body, once the head is here.
        self._begun = False
        self.deadline = time.monotonic() + SILENT_SECONDS
        self.is_shaking = not conn.initialized and conn.cfg.is_ssl
        if conn.initialized:
            self._take(conn.parser.unreader.take_buffered())
        else:
            self._prepare()

    @property
    def head_begun(self) -> bool:
        """Whether something of the request itself has come."""
        return bool(self.content)

    def advance(self) -> bool:
        """Read what is here; True when a thread can take over.

        Raises HeadTooLong, what a non-blocking socket raises where more has to come, and OSError
        where nothing more will.
        """
        if self.is_shaking:
            self._begin()
            self.conn.sock.do_handshake()
            self.is_shaking = False
        while not self._is_here():
            received = self.conn.sock.plain.recv(_READ)
            if not received and self._whole is None:
                raise ConnectionResetError
            if not received:
                break  # Less body than was promised: the door says so.
            self._take(received)
        return True

    def hand_over(self) -> None:
        """Give the bytes to the parser, which reads on from the socket where they end."""
        self.conn.sock.begin()
        self.conn.parser.unreader.unread(bytes(self.content))

    def _prepare(self) -> None:
        conn = self.conn
        conn.initialized = True
        if self.is_shaking:
            conn.sock = sock.ssl_wrap_socket(conn.sock, conn.cfg)
        conn.sock = Paced(conn.sock)
        conn.sock.settimeout(0.0)
        conn.parser = http.get_parser(conn.cfg, conn.sock, conn.client)

    def _take(self, received: bytes) -> None:
        if not received:
            return
        self._begin()
        searched = max(0, len(self.content) - len(_HEAD_END))
        self.content += received
        if self._whole is None:
            self._look_for_end(self.content.find(_HEAD_END, searched))

    def _begin(self) -> None:
        if not self._begun:
            self._begun = True
            self.deadline = time.monotonic() + HEAD_SECONDS

    def _look_for_end(self, end: int) -> None:
        if end < 0:
            if len(self.content) > HEAD_BYTES:
                raise HeadTooLong
            return
        head = bytes(self.content[: end + 2])
        length = _LENGTH.search(head)
        body = int(length[1]) if length else 0
        self.streams = body > SHORT_BODY or _STREAMED.search(head) is not None
        self._whole = end + len(_HEAD_END) + (0 if self.streams else body)
        self.deadline = time.monotonic() + BODY_SECONDS

    def _is_here(self) -> bool:
        return self._whole is not None and len(self.content) >= self._whole


MORE_TO_READ: Final = (BlockingIOError, ssl.SSLWantReadError)
