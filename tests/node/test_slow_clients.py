"""Slow strangers hold no thread: others are answered meanwhile, and they themselves are let go."""

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.node.test_serve import get, serving

MANY = 200
AT_ONCE = 3.0
"""Seconds in which a good client is answered, however many slow ones there are."""

CLIENT_HELLO_BEGINS = b"\x16"
HALF_HEAD = b"POST /ihe"
SHORT_BODY_MISSING = b"POST /console HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\n\r\n"
LONG_BODY_MISSING = b"POST /console HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999999\r\n\r\n"
WELL_KNOWN = b"GET /.well-known/naru HTTP/1.1\r\nHost: localhost\r\n"


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with serving(tmp_path_factory.mktemp("slow")) as (_, told):
        yield told


def port(url: str) -> int:
    return int(url.rsplit(":", 1)[1])


@contextmanager
def many(address: int, begin: bytes) -> Iterator[list[socket.socket]]:
    with ExitStack() as stack:
        opened = []
        for _ in range(MANY):
            sock = stack.enter_context(socket.create_connection(("127.0.0.1", address), 20))
            sock.sendall(begin)
            opened.append(sock)
        yield opened


def slowest_answer(base: str) -> float:
    seconds = []
    for _ in range(20):
        begun = time.monotonic()
        get(f"{base}/.well-known/naru")
        seconds.append(time.monotonic() - begun)
    return max(seconds)


@pytest.mark.parametrize(
    ("door", "begin"),
    [
        ("tls", CLIENT_HELLO_BEGINS),
        ("tls", b""),
        ("base", HALF_HEAD),
        ("base", SHORT_BODY_MISSING),
        ("base", LONG_BODY_MISSING),
    ],
)
def test_good_clients_are_answered_beside_many_slow_ones_and_after_them(
    ready: Any, door: str, begin: bytes
) -> None:
    with many(port(ready[door]), begin):
        assert slowest_answer(ready["base"]) < AT_ONCE
        with socket.create_connection(("127.0.0.1", port(ready["tls"])), 5) as sock:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            begun = time.monotonic()
            with context.wrap_socket(sock):  # The handshake, as far as the server's part goes.
                assert time.monotonic() - begun < AT_ONCE
    assert slowest_answer(ready["base"]) < AT_ONCE


def test_half_a_head_is_answered_with_a_timeout_and_half_a_handshake_is_closed(ready: Any) -> None:
    with ExitStack() as stack:
        page, wire = (
            stack.enter_context(socket.create_connection(("127.0.0.1", port(ready[door])), 20))
            for door in ("base", "tls")
        )
        begun = time.monotonic()
        page.sendall(HALF_HEAD)
        wire.sendall(CLIENT_HELLO_BEGINS)
        assert page.recv(100).startswith(b"HTTP/1.1 408 ")
        assert wire.recv(100) == b""
        assert 4 < time.monotonic() - begun < 30


def test_a_head_without_end_is_refused(ready: Any) -> None:
    with socket.create_connection(("127.0.0.1", port(ready["base"])), 20) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nX: " + b"x" * 40_000)
        assert sock.recv(100).startswith(b"HTTP/1.1 431 ")


def answers(sock: socket.socket, number: int) -> bytes:
    content = b""
    while content.count(b'"software"') < number:
        received = sock.recv(65536)
        assert received, content
        content += received
    return content


def test_a_head_in_pieces_and_two_requests_at_once_are_answered(ready: Any) -> None:
    with socket.create_connection(("127.0.0.1", port(ready["base"])), 20) as sock:
        sock.sendall(WELL_KNOWN[:7])
        time.sleep(0.2)
        sock.sendall(WELL_KNOWN[7:])
        time.sleep(0.2)
        sock.sendall(b"\r\n")
        assert answers(sock, 1).startswith(b"HTTP/1.1 200")
        whole = WELL_KNOWN + b"\r\n"
        sock.sendall(whole + whole + whole[:20])
        answers(sock, 2)
        sock.sendall(whole[20:])
        answers(sock, 1)


def test_a_chunked_body_and_one_that_waits_to_be_asked_for_are_read(ready: Any) -> None:
    with socket.create_connection(("127.0.0.1", port(ready["base"])), 20) as sock:
        sock.sendall(WELL_KNOWN + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
        sock.sendall(b"0\r\n\r\n")
        answers(sock, 1)
        sock.sendall(WELL_KNOWN + b"Expect: 100-continue\r\nContent-Length: 3\r\n\r\n")
        assert b"100 Continue" in sock.recv(100)
        sock.sendall(b"abc")


def test_the_node_stops_in_time_while_strangers_hold_on_and_its_log_says_nothing(
    tmp_path: Path,
) -> None:
    with serving(tmp_path) as (process, ready), ExitStack() as stack:
        for door, begin in (("base", HALF_HEAD), ("tls", CLIENT_HELLO_BEGINS), ("base", b"")):
            address = ("127.0.0.1", port(ready[door]))
            stack.enter_context(socket.create_connection(address)).sendall(begin)
        get(f"{ready['base']}/.well-known/naru")
        begun = time.monotonic()
        process.terminate()
        log = process.communicate(timeout=30)[1]
    assert time.monotonic() - begun < 12
    assert "Traceback" not in log
    assert "WARNING" not in log
