"""The load: one process that keeps a number of connections busy, each with one request at a time.

Run as `python -m bench.driver`, with a pickled `Job` on standard input; prints a `Load` as JSON.
Request bytes are built beforehand; a number and a patient are put into them in place. One thread
waits for whichever connection is answered first, so that the driver takes little of the processors
that it shares with the server.
"""

import gc
import json
import pickle
import selectors
import socket
import ssl
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench.messages import NUMBER, Template
from bench.processes import cpu_seconds

WARM_SECONDS = 1.0
RECEIVE = 1 << 17


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What to send where, for how long."""

    template: Template
    host: str
    port: int
    tls: Path | None
    """The folder of `client.pem`, `client.key` and `ca.pem`; None for plain HTTP."""
    connections: int
    seconds: float
    number: int
    """The first of the numbers that are put into the requests."""
    trees: dict[str, int]
    """Processes whose processor time is read before and after, with their children."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What came of it."""

    answered: int
    errors: int
    seconds: float
    milliseconds: list[float]
    driver_cpu: float
    cpu: dict[str, float]
    next_number: int
    first_error: str


@dataclass(slots=True)
class Connection:
    """One connection with a request under way."""

    sock: socket.socket
    sent: float = 0.0
    received: bytearray = field(default_factory=bytearray)
    length: int = -1


class Driver:
    """Keeps every connection busy until the time is over."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._message = bytearray(job.template.request(f"{job.host}:{job.port}"))
        self._number = job.number
        self._places = _places(self._message, NUMBER.encode())
        choices = job.template.choices
        self._choices = choices
        self._choice_places = _places(self._message, choices[0]) if choices else []
        self._selector = selectors.DefaultSelector()
        self._latencies: list[float] = []
        self.errors = 0
        self.first_error = ""
        for _ in range(job.connections):
            sock = _connected(job)
            self._selector.register(sock, selectors.EVENT_READ, Connection(sock))

    def run(self) -> Load:
        """Warm up, then count."""
        self._keep_busy(WARM_SECONDS)
        self._latencies.clear()
        self.errors = 0
        before = {name: cpu_seconds([pid]) for name, pid in self._job.trees.items()}
        gc.disable()
        own, began = time.process_time(), time.perf_counter()
        self._keep_busy(self._job.seconds)
        seconds, own = time.perf_counter() - began, time.process_time() - own
        after = {name: cpu_seconds([pid]) for name, pid in self._job.trees.items()}
        return Load(
            answered=len(self._latencies) - self.errors,
            errors=self.errors,
            seconds=seconds,
            milliseconds=[latency * 1000 for latency in self._latencies],
            driver_cpu=own,
            cpu={name: _spent(before[name], after[name]) for name in before},
            next_number=self._number,
            first_error=self.first_error,
        )

    def _keep_busy(self, seconds: float) -> None:
        """Send on every connection until the time is over, then wait for what is under way."""
        end = time.perf_counter() + seconds
        connections = [key.data for key in self._selector.get_map().values()]
        for connection in connections:
            self._send(connection)
        busy = len(connections)
        while busy:
            for key, _ in self._selector.select():
                connection = key.data
                if not self._receive(connection):
                    continue
                now = time.perf_counter()
                self._latencies.append(now - connection.sent)
                self._judge(connection)
                if now < end:
                    self._send(connection)
                else:
                    busy -= 1

    def _send(self, connection: Connection) -> None:
        number = b"%013d" % self._number
        for place in self._places:
            self._message[place : place + 13] = number
        if self._choices:
            choice = self._choices[self._number * 7919 % len(self._choices)]
            for place in self._choice_places:
                self._message[place : place + len(choice)] = choice
        self._number += 1
        connection.received.clear()
        connection.length = -1
        connection.sent = time.perf_counter()
        connection.sock.sendall(self._message)

    def _receive(self, connection: Connection) -> bool:
        """Whether the answer is whole."""
        received = connection.sock.recv(RECEIVE)
        if not received:
            raise ConnectionError("the server closed a connection that it was to keep")
        connection.received += received
        while isinstance(connection.sock, ssl.SSLSocket) and connection.sock.pending():
            connection.received += connection.sock.recv(RECEIVE)
        if connection.length < 0:
            connection.length = _whole_length(connection.received)
        return 0 <= connection.length <= len(connection.received)

    def _judge(self, connection: Connection) -> None:
        if not self._job.template.is_answered_by(connection.received):
            self.errors += 1
            self.first_error = self.first_error or bytes(connection.received[:2000]).decode(
                errors="replace"
            )


def _whole_length(received: bytearray) -> int:
    """The length of the answer with its head; -1 while the head is not whole."""
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return -1
    head = bytes(received[:end]).lower()
    at = head.index(b"content-length:") + 15
    return end + 4 + int(head[at:].split(b"\r\n", 1)[0])


def _connected(job: Job) -> socket.socket:
    sock = socket.create_connection((job.host, job.port))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if job.tls is None:
        return sock
    context = ssl.create_default_context(cafile=job.tls / "ca.pem")
    context.load_cert_chain(job.tls / "client.pem", job.tls / "client.key")
    return context.wrap_socket(sock, server_hostname="localhost")


def _places(message: bytearray, text: bytes) -> list[int]:
    places, at = [], message.find(text)
    while at >= 0:
        places.append(at)
        at = message.find(text, at + 1)
    return places


def _spent(before: dict[int, float], after: dict[int, float]) -> float:
    return sum(seconds - before.get(pid, 0.0) for pid, seconds in after.items())


def main() -> None:
    """Do one job."""
    job: Job = pickle.load(sys.stdin.buffer)
    print(json.dumps(asdict(Driver(job).run())))


if __name__ == "__main__":
    main()
