"""A provider of chat messages and SMS for trying and testing: over real HTTP, keeping what it took.

It holds a sender to what a real one does: a key, templates approved beforehand with words that may
not differ, 1,000 characters, and the same message once for each Idempotency-Key.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from types import TracebackType
from typing import Any, Final, Self
from uuid import uuid4

import msgspec

from naru.notifications import kinds

LONGEST: Final = 1000
"""Characters of a chat message, spaces included."""

LARGEST: Final = 16 * 1024


class _Sent(msgspec.Struct):
    to: str
    text: str
    language: str = "ko"
    template: str = ""
    variables: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that the provider took."""

    id: str
    to: str
    text: str
    template: str


@dataclass(slots=True)
class Simulator:
    """A provider on loopback. `away` makes it answer 503; nobody has a number of `nobody`."""

    port: int
    key: str = "TEST-key"
    templated: bool = True
    away: bool = False
    nobody: frozenset[str] = frozenset()
    unreadable: frozenset[str] = frozenset()
    approved: Mapping[str, str] = field(default_factory=dict)
    taken: list[Taken] = field(default_factory=list)
    _keys: dict[str, str] = field(default_factory=dict)
    _lock: Any = field(default_factory=Lock)
    _server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        """Where it takes messages."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Answer from now on."""
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), _handler(self))
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        """Answer no more."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    def take(self, key: str, body: bytes) -> tuple[HTTPStatus, dict[str, str]]:
        """Take a message, or say why not."""
        try:
            sent = msgspec.json.decode(body, type=_Sent)
        except msgspec.DecodeError:
            return HTTPStatus.BAD_REQUEST, {"error": "malformed"}
        if not key:
            return HTTPStatus.BAD_REQUEST, {"error": "no-idempotency-key"}
        if sent.to in self.nobody:
            return HTTPStatus.UNPROCESSABLE_ENTITY, {"error": "no-such-recipient"}
        if self.templated and sent.text != _filled(self._words(sent.template), sent.variables):
            return HTTPStatus.UNPROCESSABLE_ENTITY, {"error": "template-mismatch"}
        if not 0 < len(sent.text) <= LONGEST:
            return HTTPStatus.UNPROCESSABLE_ENTITY, {"error": "too-long"}
        with self._lock:
            if key not in self._keys:
                self._keys[key] = str(uuid4())
                self.taken.append(Taken(self._keys[key], sent.to, sent.text, sent.template))
            return HTTPStatus.ACCEPTED, {"id": self._keys[key]}

    def became(self, message: str) -> tuple[HTTPStatus, dict[str, str]]:
        """What became of a message."""
        found = next((one for one in self.taken if one.id == message), None)
        if found is None:
            return HTTPStatus.NOT_FOUND, {"error": "no-such-message"}
        if found.to in self.unreadable:
            return HTTPStatus.OK, {"state": "failed", "reason": "blocked-by-recipient"}
        return HTTPStatus.OK, {"state": "delivered"}

    def _words(self, template: str) -> str:
        return self.approved.get(template, "")


def approved_templates() -> dict[str, str]:
    """Every chat template by its code, in the form in which a provider approves it."""
    return {
        words.template: re.sub(r"\{([a-z]+)\}", r"#{\1}", words.short)
        for kind in kinds.kinds().kinds.values()
        for words in kind.words.values()
    }


def _filled(approved: str, variables: Mapping[str, str]) -> str | None:
    if not approved:
        return None
    return re.sub(r"#\{([a-z]+)\}", lambda place: variables.get(place[1], ""), approved)


def _handler(simulator: Simulator) -> type[BaseHTTPRequestHandler]:
    return type("Handler", (_Handler,), {"simulator": simulator})


class _Handler(BaseHTTPRequestHandler):
    timeout = 5
    simulator: Simulator

    def do_POST(self) -> None:  # http.server calls it so.
        size = int(self.headers.get("Content-Length", 0))
        if self._is_let_in() and size <= LARGEST:
            key = self.headers.get("Idempotency-Key", "")
            self._answer(*self.simulator.take(key, self.rfile.read(size)))

    def do_GET(self) -> None:  # Same.
        if not self._is_let_in():
            return
        if self.path == "/health":
            self._answer(HTTPStatus.OK, {})
        else:
            self._answer(*self.simulator.became(self.path.rpartition("/")[2]))

    def _is_let_in(self) -> bool:
        if self.simulator.away:
            self._answer(HTTPStatus.SERVICE_UNAVAILABLE, {})
        elif self.headers.get("Authorization") != f"Bearer {self.simulator.key}":
            self._answer(HTTPStatus.UNAUTHORIZED, {"error": "wrong-key"})
        else:
            return True
        return False

    def _answer(self, status: HTTPStatus, said: Mapping[str, str]) -> None:
        content = msgspec.json.encode(dict(said))
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing: a log would name people."""
