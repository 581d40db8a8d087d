"""HTTP by hand: what a well-behaved client never sends, and how long the answer takes."""

import http.client
import io
import socket
from contextlib import suppress
from time import perf_counter

from tests.end_to_end.wire import Answer


class _Received:
    """What http.client wants of a socket, over bytes that have arrived."""

    def __init__(self, content: bytes) -> None:
        self._file = io.BytesIO(content)

    def makefile(self, _mode: str) -> io.BytesIO:
        return self._file


def request(path: str, content_type: str, body: bytes, method: str = "POST") -> bytes:
    return head(path, content_type, f"Content-Length: {len(body)}", method=method) + body


def head(path: str, content_type: str, *lines: str, method: str = "POST") -> bytes:
    every = (f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Connection: close", *lines)
    return "\r\n".join((*every, f"Content-Type: {content_type}", "", "")).encode()


def connect(port: int, timeout: float = 60) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=timeout)


def exchange(port: int, sent: bytes) -> Answer:
    """Send these bytes; `seconds` is from the last byte sent to the first byte received."""
    with connect(port) as sock:
        # The node may answer and hang up before it has read everything.
        with suppress(BrokenPipeError, ConnectionResetError):
            sock.sendall(sent)
        return receive(sock)


def receive(sock: socket.socket) -> Answer:
    begun = perf_counter()
    first = sock.recv(1)
    seconds = perf_counter() - begun
    content = first
    while chunk := sock.recv(65536):
        content += chunk
    return parsed(content, seconds)


def parsed(content: bytes, seconds: float = 0.0) -> Answer:
    response = http.client.HTTPResponse(_Received(content))  # type: ignore[arg-type]  # All it uses.
    response.begin()
    body = response.read()
    headers = {name.lower(): value for name, value in response.getheaders()}
    return Answer(response.status, headers, body, seconds)
