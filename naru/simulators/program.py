"""What each of these programs is made of: HTTP on loopback, bounded, and silent."""

import hmac
import json
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Final, TypeVar

LARGEST: Final = 64 * 1024
"""Bytes of a body that are read."""

_POLL_SECONDS: Final = 0.05
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
_FRAME: Final = """<!doctype html><html lang="ko"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>
<style>body{{font:17px/1.6 system-ui,sans-serif;color:#1d2433;background:#fbfcfd;max-width:46rem;
margin:2rem auto;padding:0 1rem;word-break:keep-all;overflow-wrap:anywhere}}h1{{font-size:1.5rem}}
h2{{font-size:1.1rem;margin:0}}p{{margin:.5rem 0}}label{{display:block;margin-top:1rem}}
input,select,button{{font:inherit;min-height:44px;box-sizing:border-box;padding:0 1rem;
border:1px solid #56627a;border-radius:12px;background:#fff;color:inherit}}
label input,label select{{width:100%}}button{{color:#0b50d0;border-color:currentcolor}}
li{{list-style:none;border-top:1px solid #d5dbe5;padding:1rem 0}}ol,ul{{padding:0}}
dl{{display:grid;grid-template-columns:auto 1fr;gap:.25rem 1rem;margin:.5rem 0}}dd{{margin:0}}
a{{color:#0b50d0;display:inline-block;min-height:44px;line-height:44px}}
code{{font-size:.9rem}}.about{{color:#4a556b}}</style></head>
<body><main><h1>{title}</h1><p class="about">{about}</p>
{content}</main></body></html>
"""


class Program(ThreadingHTTPServer):
    """A program on a port of its own, where it alone answers; port 0 is any that is free."""

    daemon_threads = True

    def __init__(self, port: int, handler: type["Answering"]) -> None:
        super().__init__(("127.0.0.1", port), handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever asked is gone, which is no fault of the program's; all else is told."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    @property
    def address(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_address[1]}"


_Program = TypeVar("_Program", bound=Program)


class Answering(BaseHTTPRequestHandler):
    """One request. Nothing is logged: what comes names people."""

    timeout = 10

    def look(self) -> None:
        """Answer a GET."""
        self.json(HTTPStatus.NOT_FOUND, {})

    def take(self) -> None:
        """Answer a POST."""
        self.json(HTTPStatus.NOT_FOUND, {})

    def do_GET(self) -> None:  # http.server calls it so.
        """Answer a GET."""
        self.look()

    def do_POST(self) -> None:  # Same.
        """Answer a POST."""
        self.take()

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""

    def bears(self, secret: str) -> bool:
        """Whether whoever asks has the secret."""
        given = self.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {secret}".encode())

    def body(self) -> bytes:
        """What was sent, or nothing where that is too much or was broken off."""
        try:
            length = int(self.headers.get("Content-Length") or 0)
        except ValueError:
            return b""
        return self.rfile.read(length) if 0 < length <= LARGEST else b""

    def said(self) -> dict[str, Any] | None:
        """The object that was sent as JSON; None for anything else."""
        try:
            read = json.loads(self.body())
        except ValueError:
            return None
        return read if isinstance(read, dict) else None

    def is_from_here(self) -> bool:
        """Whether a form was sent by one of our own pages, as far as the browser says."""
        own = f"http://{self.headers.get('Host', '')}"
        return self.headers.get("Origin", own) == own

    def json(self, status: HTTPStatus, said: Mapping[str, Any], **headers: str) -> None:
        """Answer a program."""
        self.answer(status, "application/json", json.dumps(said).encode(), **headers)

    def page(self, status: HTTPStatus, title: str, about: str, content: str) -> None:
        """Answer a browser; all three are HTML already."""
        octets = _FRAME.format(title=title, about=about, content=content).encode()
        policy = {"Content-Security-Policy": _POLICY}
        self.answer(status, "text/html; charset=utf-8", octets, **policy)

    def lead(self, address: str) -> None:
        """Send a browser on."""
        self.answer(HTTPStatus.SEE_OTHER, "text/plain", b"", Location=address)

    def answer(self, status: HTTPStatus, kind: str, octets: bytes, **headers: str) -> None:
        """Answer."""
        self.send_response(status)
        told = {"Content-Type": kind, "Content-Length": f"{len(octets)}"}
        safe = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
        for name, value in (told | safe | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(octets)


@contextmanager
def serving(program: _Program) -> Iterator[_Program]:
    """Let it answer from a thread of this process until the block ends."""
    thread = Thread(target=program.serve_forever, args=(_POLL_SECONDS,), daemon=True)
    thread.start()
    try:
        yield program
    finally:
        program.shutdown()
        program.server_close()
        thread.join()


def run(program: Program, say: Callable[[str], object]) -> None:
    """Say where it is, and answer until Ctrl-C or SIGTERM."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    say(f"{program.address}\n")
    sys.stdout.flush()
    try:
        program.serve_forever()
    except KeyboardInterrupt:
        program.server_close()
