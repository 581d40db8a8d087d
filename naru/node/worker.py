"""A web worker that strangers cannot stop by being slow (docs/adr/0010).

gunicorn's threaded worker gives a thread to each connection from its first byte on, for as long as
that connection likes. Here the poller reads handshake, head and short body; a thread is given to
what is there. Only long bodies are waited for in threads, at most in some of them, and no wait is
without a limit. A connection that is closed lingers in the poller too.
"""

import socket
import ssl
import time
from collections import deque
from functools import partial
from selectors import EVENT_READ, EVENT_WRITE
from typing import Any, Final

from gunicorn.workers.gthread import TConn, ThreadWorker

from naru.node.arrival import MORE_TO_READ, Arrival, HeadTooLong

ARRIVING: Final = 500
"""Connections of one process without a whole request; the oldest goes when one more comes."""

KEPT: Final = 400
"""Connections of one process that wait for their next request; more are closed when answered."""

WAITING_UPLOADS: Final = 100
"""Long bodies that wait for a thread; more are told to come again."""

LINGER_SECONDS: Final = 2.0
LINGER_BYTES: Final = 64 * 1024
"""A closed connection is read on so far, lest its answer be cut off (RFC 9112, section 9.6)."""

DRAIN_SECONDS: Final = 0.1
"""How long a thread waits for the rest of a body that nobody read; then the connection ends."""

_LOOK_SECONDS: Final = 0.25
_TIMEOUT: Final = "408 Request Timeout"
_TOO_LONG: Final = "431 Request Header Fields Too Large"
_BUSY: Final = "503 Service Unavailable"


class PatientWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn publishes no types.
    """gunicorn's threaded worker, whose threads never wait for a request to arrive.

    `uploads` says by port how many threads may wait for long bodies at once.
    """

    uploads: dict[int, int]

    @staticmethod
    def refused(address: str, reason: str) -> None:
        """Told of each peer whose handshake failed, in a thread of its own."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.max_keepalived = KEPT
        self._arriving: dict[TConn, Arrival] = {}
        self._waiting: dict[int, deque[TConn]] = {port: deque() for port in self.uploads}
        self._uploading: dict[TConn, int] = {}
        self._leaving: dict[TConn, tuple[float, int]] = {}
        self._looked = 0.0

    def enqueue_req(self, conn: TConn) -> None:
        """Read the next request of a connection as far as it is here, then wait for the rest."""
        try:
            arrival = Arrival(conn)
        except (OSError, HeadTooLong):
            self.end(conn)
            return
        self._arriving[conn] = arrival
        if len(self._arriving) > ARRIVING:
            self._give_up(next(iter(self._arriving.values())))
        self._advance(arrival)

    def finish_request(self, conn: TConn, fs: Any) -> None:
        """Keep the connection for its next request, or close it without waiting for its peer."""
        port = self._uploading.pop(conn, None)
        if port is not None:
            self._start_uploads(port)
        if fs.cancelled() or fs.exception() or not fs.result():
            self._leave(conn)
        else:
            super().finish_request(conn, fs)

    def murder_pending(self) -> None:
        """Give up what takes too long to arrive or to leave; called at every turn of the loop."""
        now = time.monotonic()
        if now - self._looked < _LOOK_SECONDS and self.alive:
            return
        self._looked = now
        for arrival in list(self._arriving.values()):
            if arrival.deadline < now or not (self.alive or arrival.head_begun):
                self._give_up(arrival)
        for conn, (deadline, _) in list(self._leaving.items()):
            if deadline < now:
                self._forget_leaving(conn)

    def _keepalive_after(self, conn: TConn, keepalive: object) -> bool:
        if not keepalive or conn.sock.broken:
            return False
        # Of a short body everything is here. By the clock, a thread that a busy machine kept
        # waiting would close a connection whose peer was told that it stays.
        until = time.monotonic() + DRAIN_SECONDS if conn in self._uploading else None
        return bool(conn.parser.finish_body(deadline=until))

    def _advance(self, arrival: Arrival) -> None:
        try:
            arrival.advance()
        except MORE_TO_READ:
            self._await(arrival, EVENT_READ)
        except ssl.SSLWantWriteError:
            self._await(arrival, EVENT_WRITE)
        except HeadTooLong:
            self._give_up(arrival, _TOO_LONG)
        except ssl.SSLError as error:
            self._note_refusal(arrival, error)
            self._give_up(arrival, "")
        except OSError:  # It went away.
            self._give_up(arrival, "")
        else:
            self._forget(arrival)
            arrival.hand_over()
            self._submit(arrival)

    def _note_refusal(self, arrival: Arrival, error: ssl.SSLError) -> None:
        # A peer that merely went away was not refused. A thread records it: the poller never waits.
        if arrival.is_shaking and not isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
            address = arrival.conn.client[0]
            self.tpool.submit(self.refused, address, error.reason or "")

    def _await(self, arrival: Arrival, events: int) -> None:
        if arrival.events == events:
            return
        change = self.poller.modify if arrival.events else self.poller.register
        change(arrival.conn.sock, events, partial(self._on_ready, arrival))
        arrival.events = events

    def _on_ready(self, arrival: Arrival, _socket: object) -> None:
        # An event may come of a connection that was given up at the same turn.
        if self._arriving.get(arrival.conn) is arrival:
            self._advance(arrival)

    def _forget(self, arrival: Arrival) -> None:
        self._arriving.pop(arrival.conn, None)
        if arrival.events:
            self.poller.unregister(arrival.conn.sock)
            arrival.events = 0

    def _give_up(self, arrival: Arrival, status: str = _TIMEOUT) -> None:
        self._forget(arrival)
        if status and arrival.head_begun:
            self._refuse(arrival.conn, status)
        else:
            self.end(arrival.conn)

    def _submit(self, arrival: Arrival) -> None:
        conn = arrival.conn
        if not arrival.streams:
            super().enqueue_req(conn)
            return
        port = conn.server[1]
        if len(self._waiting[port]) >= WAITING_UPLOADS:
            self._refuse(conn, _BUSY)
            return
        self._waiting[port].append(conn)
        self._start_uploads(port)

    def _start_uploads(self, port: int) -> None:
        waiting = self._waiting[port]
        running = sum(1 for other in self._uploading.values() if other == port)
        while waiting and running < self.uploads[port]:
            conn = waiting.popleft()
            self._uploading[conn] = port
            running += 1
            super().enqueue_req(conn)

    def _refuse(self, conn: TConn, status: str) -> None:
        """Say why in a line, if the peer takes it at once."""
        answer = f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        try:
            conn.sock.settimeout(0.0)
            conn.sock.plain.send(answer.encode())
        except OSError:
            self.end(conn)
            return
        self._leave(conn)

    def _leave(self, conn: TConn) -> None:
        try:
            conn.sock.settimeout(0.0)
            conn.sock.shutdown(socket.SHUT_WR)
            self.poller.register(conn.sock, EVENT_READ, partial(self._on_leaving, conn))
        except (OSError, ValueError, KeyError):  # It is closed already.
            self.end(conn)
            return
        self._leaving[conn] = (time.monotonic() + LINGER_SECONDS, 0)
        if len(self._leaving) > ARRIVING:
            self._forget_leaving(next(iter(self._leaving)))

    def _on_leaving(self, conn: TConn, _socket: object) -> None:
        if conn not in self._leaving:
            return
        deadline, drained = self._leaving[conn]
        try:
            received = conn.sock.plain.recv(LINGER_BYTES)
        except MORE_TO_READ:
            return
        except OSError:
            received = b""
        drained += len(received)
        if received and drained < LINGER_BYTES:
            self._leaving[conn] = (deadline, drained)
        else:
            self._forget_leaving(conn)

    def _forget_leaving(self, conn: TConn) -> None:
        del self._leaving[conn]
        self.poller.unregister(conn.sock)
        self.end(conn)

    def end(self, conn: TConn) -> None:
        """Close the connection for good."""
        self.nr_conns -= 1
        conn.close()
