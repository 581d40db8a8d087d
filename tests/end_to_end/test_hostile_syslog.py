"""The audit record repository (ITI-20) under floods, lies and silence: it stays small and alive."""

import errno
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from naru.formats.atna import octet_counted
from tests.end_to_end.audit_peer import await_listening, await_received
from tests.end_to_end.node import Node, children, fresh_database
from tests.hostile.bait import Bait, laid
from tests.hostile.xml import PAYLOADS
from tests.ports import free_port

MIB = 1024 * 1024
MEMORY = 50 * MIB
SYSLOG = b"<85>1 2026-11-21T09:30:15Z h app 1 IHE+RFC-3881 - "
DOCUMENT = (
    '<?xml version="1.0"?><AuditMessage><EventIdentification EventActionCode="E" '
    'EventDateTime="2026-11-21T09:30:15Z" EventOutcomeIndicator="0"><EventID csd-code="110112" '
    'codeSystemName="DCM" originalText="Query"/><EventTypeCode '
    'csd-code="x" codeSystemName="TEST" originalText="x"/></EventIdentification>'
    "<AuditSourceIdentification "
    'AuditSourceID="TEST"/></AuditMessage>'
)


class Repository:
    """A sandbox that receives by every transport."""

    def __init__(self, folder: Path, database: str) -> None:
        self.tls, self.tcp, self.udp = free_port(), free_port(), free_port()
        ports = (self.tls, self.tcp, self.udp)
        names = ("--audit-port", "--audit-tcp-port", "--audit-udp-port")
        listening = (word for pair in zip(names, map(str, ports), strict=True) for word in pair)
        self.node = Node(data=folder / "arr", database=database, options=("--sandbox", *listening))
        self.node.data.mkdir()

    def memory(self) -> int:
        """What all processes of the node hold."""
        return sum(map(held, descendants(self.node.pids["supervisor"])))

    def settle(self) -> None:
        """Wait until its processes have loaded what they load after the first message."""
        before, now = 0, self.memory()
        for _ in range(30):
            if abs(now - before) < MIB:
                return
            time.sleep(1)
            before, now = now, self.memory()

    def is_alive(self, mark: str) -> None:
        """A message that comes now is kept."""
        with socket.create_connection(("127.0.0.1", self.tcp)) as stream:
            stream.sendall(octet_counted(SYSLOG + mark.encode()))
        await_received(
            self.node, lambda found: any(mark in one["octets"] for one in found[-50_000:])
        )


def descendants(pid: int) -> list[int]:
    return [pid, *(below for child in children(pid) for below in descendants(child))]


def held(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return int(status.partition("VmRSS:")[2].split()[0]) * 1024


@pytest.fixture(scope="module")
def arr(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    with fresh_database() as database:
        made = Repository(tmp_path_factory.mktemp("arr"), database)
        made.node.start()
        await_listening(made.tls, made.tcp)
        made.is_alive("TEST-before-all")
        made.settle()
        yield made
        made.node.stop()


@pytest.fixture
def bait(tmp_path: Path) -> Iterator[Bait]:
    with laid(tmp_path) as found:
        yield found


def test_every_hostile_document_is_kept_as_it_came_and_does_nothing(
    arr: Repository, bait: Bait
) -> None:
    before = arr.memory()
    sent = {name: SYSLOG + one.make(DOCUMENT, bait) for name, one in PAYLOADS.items()}
    short = {name: octets for name, octets in sent.items() if len(octets) < 512 * 1024}
    assert len(short) >= 80
    for octets in sent.values():  # What is too long ends its connection, and that alone.
        with (
            suppress(ConnectionError),
            socket.create_connection(("127.0.0.1", arr.tcp)) as stream,
        ):
            stream.sendall(octet_counted(octets))

    found = await_received(
        arr.node,
        lambda held: set(short.values()) <= {one["octets"].encode("latin-1") for one in held},
    )

    kinds = {one["octets"].encode("latin-1"): one["kind"] for one in found}
    # Of two byte order marks one is the syslog message's own (RFC 5424 section 6.4).
    refused = [name for name in short if PAYLOADS[name].refused and "two byte" not in name]
    assert {name for name in refused if kinds[short[name]] != "broken audit"} == set()
    assert arr.memory() - before < 2 * MEMORY
    arr.is_alive("TEST-after-payloads")


FRAMES = {
    "a giant count": b"99999999999 <85>1",
    "a count of ten digits": b"9999999999 <85>1",
    "a count just too large": b"524289 <85>1",
    "digits without end": b"1" * 100_000,
    "a count of nothing": b"0 <85>1",
    "a count with a sign": b"+5 <85>1",
    "a count that is negative": b"-5 <85>1",
    "other digits": "١٢ <85>1".encode(),
    "a line without end": b"<85>1 " + b"x" * MIB,
    "NULs": bytes(MIB),
    "line ends": b"\n" * MIB,
    "all octets": bytes(range(256)) * 100,
    "HTTP": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
    "a thousand empty messages": b"1 x" * 1_000,
    "a priority too high": octet_counted(b"<999>1 - - - - - -"),
    "structured data that never end": octet_counted(b"<85>1 - - - - - [" + b"a" * 100_000),
    "structured data of many parts": octet_counted(b"<85>1 - - - - - " + b'[a b="c"]' * 20_000),
    "a value of backslashes": octet_counted(b'<85>1 - - - - - [a b="' + b"\\" * 100_001),
    "a message cut off": b"5000 <85>1 - ",
}


def test_no_frame_takes_memory_or_time(arr: Repository) -> None:
    assert least_growth(arr, lambda: every_frame(arr)) < MEMORY
    arr.is_alive("TEST-after-the-frames")


def every_frame(arr: Repository) -> None:
    for octets in FRAMES.values():
        with (
            suppress(ConnectionError),
            socket.create_connection(("127.0.0.1", arr.tcp), timeout=20) as stream,
        ):
            stream.sendall(octets)
            no_more(stream)
            assert stream.recv(1) == b""  # Nothing is ever answered; the end comes by itself.


def no_more(stream: socket.socket) -> None:
    """Say that nothing comes any more, unless the other side was quicker to end the connection."""
    try:
        stream.shutdown(socket.SHUT_WR)
    except OSError as error:
        if error.errno != errno.ENOTCONN:
            raise
        raise ConnectionResetError from error


def least_growth(arr: Repository, act: Callable[[], None]) -> int:
    """By how much the node grows when the act is done again, at the least of three times.

    What the act takes it takes each time; what a node loads of its own meanwhile, but once.
    """
    found = 10 * MEMORY
    for _ in range(3):
        before = arr.memory()
        act()
        found = min(found, arr.memory() - before)
        if found < MEMORY:
            return found
    return found


def test_slow_bytes_and_silence_keep_nobody_out(arr: Repository) -> None:
    with ExitStack() as connections:
        for number in range(100):
            port = arr.tcp if number % 2 else arr.tls
            stream = socket.create_connection(("127.0.0.1", port))
            connections.enter_context(stream)
            stream.sendall(b"5")  # A count, or a handshake, that is never finished.
        arr.is_alive("TEST-beside-the-slow")


def test_a_flood_of_datagrams_is_bounded(arr: Repository) -> None:
    assert least_growth(arr, lambda: flood(arr)) < 2 * MEMORY


def flood(arr: Repository) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
        for number in range(5_000):
            with suppress(OSError):
                datagrams.sendto(
                    SYSLOG + b"TEST-%d " % number + b"x" * 2_000, ("127.0.0.1", arr.udp)
                )
        for octets in (b"", b"\0", bytes(60_000), b"<" * 60_000, b"\xff" * 1_000):
            datagrams.sendto(octets, ("127.0.0.1", arr.udp))
    time.sleep(0.5)
    arr.is_alive("TEST-after-the-flood")
