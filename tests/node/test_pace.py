"""How long a thread waits for a peer that is slow, silent, or reads nothing."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from naru.node import pace
from naru.node.pace import Paced, TooSlow


@pytest.fixture(autouse=True)
def limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "SILENCE_SECONDS", 0.3)
    monkeypatch.setattr(pace, "GRACE_SECONDS", 0.5)
    monkeypatch.setattr(pace, "SLOWEST_RATE", 1000)


@pytest.fixture
def ends() -> Iterator[tuple[Paced, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        paced = Paced(ours)
        paced.setblocking(True)  # noqa: FBT003  # The name and shape of a socket's.
        yield paced, theirs


def trickle(sock: socket.socket, piece: bytes, stop: threading.Event) -> None:
    while not stop.wait(0.05):
        sock.sendall(piece)


def receive_from(ends: tuple[Paced, socket.socket], piece: bytes, seconds: float) -> None:
    paced, theirs = ends
    stop = threading.Event()
    sender = threading.Thread(target=trickle, args=(theirs, piece, stop))
    sender.start()
    deadline = time.monotonic() + seconds
    try:
        while time.monotonic() < deadline:
            paced.recv(65536)
    finally:
        stop.set()
        sender.join()


def test_silence_ends_the_connection(ends: tuple[Paced, socket.socket]) -> None:
    begun = time.monotonic()
    with pytest.raises(TooSlow):
        ends[0].recv(1)
    assert 0.2 < time.monotonic() - begun < 10
    assert ends[0].broken


def test_a_trickle_ends_once_the_grace_is_used_up(ends: tuple[Paced, socket.socket]) -> None:
    begun = time.monotonic()
    with pytest.raises(TooSlow):
        receive_from(ends, b"x", 10)
    assert 0.4 < time.monotonic() - begun < 10


def test_a_slow_but_steady_line_is_waited_for(ends: tuple[Paced, socket.socket]) -> None:
    receive_from(ends, b"x" * 200, 1.2)
    assert not ends[0].broken


def test_who_reads_nothing_is_left(ends: tuple[Paced, socket.socket]) -> None:
    with pytest.raises(TooSlow):
        ends[0].sendall(b"x" * 10_000_000)


def test_an_answer_arrives_whole(ends: tuple[Paced, socket.socket]) -> None:
    paced, theirs = ends
    got = bytearray()

    def read() -> None:
        while len(got) < 3_000_000:
            got.extend(theirs.recv(65536))

    reader = threading.Thread(target=read)
    reader.start()
    content = bytes(range(250)) * 12_000
    paced.sendall(content)
    reader.join()
    assert bytes(got) == content


def test_our_own_time_is_not_counted(ends: tuple[Paced, socket.socket]) -> None:
    for _ in range(3):
        time.sleep(0.3)
        ends[1].sendall(b"x")
        ends[0].recv(1)
