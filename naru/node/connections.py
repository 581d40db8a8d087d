"""How the worker processes share what connects, and which of it speaks TLS."""

import mmap
import socket
import struct
import time
from typing import Final

from django.db import close_old_connections
from gunicorn.config import Config
from gunicorn.workers.gthread import TConn

from naru.exchange.audit import node_authentication
from naru.node import peer
from naru.node.worker import PatientWorker

YIELD_SECONDS: Final = 0.02
"""How long a worker that has more connections than another leaves a new one to that other."""

_COUNT: Final = struct.Struct("i")


class Shares:
    """How many connections each worker has: memory that all of them see, a number for each."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._memory = mmap.mmap(-1, workers * _COUNT.size)

    def note(self, place: int, connections: int) -> None:
        """Tell how many connections the worker at `place` has."""
        _COUNT.pack_into(self._memory, place * _COUNT.size, connections)

    def fewest(self) -> int:
        """The smallest number of connections that a worker has."""
        counts: list[int] = [count for (count,) in _COUNT.iter_unpack(self._memory)]
        return min(counts)


class Worker(PatientWorker):
    """A threaded worker that speaks TLS on one of its listeners and names the peer.

    `place` is its place in `shares`, chosen before it is forked.
    """

    tls_port: int | None = None
    tls_config: Config = None
    shares: Shares
    place: int = 0
    _yielding_since: float | None = None

    def accept(self, listener: socket.socket) -> None:
        """Take a new connection, unless another worker has fewer and takes it within a moment.

        Connections are kept, so what one worker takes at once it has for good.
        """
        self.shares.note(self.place, self.nr_conns)
        if self.nr_conns > self.shares.fewest() and not self._has_yielded():
            time.sleep(YIELD_SECONDS / 20)
            return
        self._yielding_since = None
        super().accept(listener)
        self.shares.note(self.place, self.nr_conns)

    def enqueue_req(self, conn: TConn) -> None:
        """Give a connection of the TLS listener its configuration before it is first read."""
        if conn.server[1] == self.tls_port:
            conn.cfg = self.tls_config
        super().enqueue_req(conn)

    @staticmethod
    def refused(address: str, reason: str) -> None:
        """Record a peer that could not authenticate itself (ITI TF-2 3.20.4.1.1.1)."""
        try:
            node_authentication.refused(address, reason)
        finally:
            close_old_connections()

    def handle_request(self, req: object, conn: TConn) -> object:
        """Answer one request with the peer's certificate at hand."""
        with peer.connection(conn.sock.plain):
            return super().handle_request(req, conn)

    def end(self, conn: TConn) -> None:
        """Close the connection, and tell how many are left."""
        super().end(conn)
        self.shares.note(self.place, self.nr_conns)

    def _has_yielded(self) -> bool:
        now = time.monotonic()
        self._yielding_since = self._yielding_since or now
        return now - self._yielding_since > YIELD_SECONDS
