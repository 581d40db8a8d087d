"""심평원 의뢰·회송 중계시스템 without HIRA: it keeps what it is handed, and answers with a number.

It speaks the unofficial format of docs/hira.md over HTTP on loopback alone. The same number handed
over again gets the same answer. For a look at its failures: a number that ends with `9998` is
refused with a reason, one that ends with `9999` is answered by an error of its own.
"""

import argparse
import json
import os
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from typing import Final

LARGEST: Final = 64 * 1024
MOST_KEPT: Final = 10_000

_PATH: Final = "/submissions"


class Simulator(ThreadingHTTPServer):
    """The relay. `kept` is what it was handed, by the referral's number."""

    daemon_threads = True

    def __init__(self, port: int, secret: str) -> None:
        """It listens on loopback alone, and takes what comes with the secret."""
        super().__init__(("127.0.0.1", port), _Handler)
        self.secret = secret
        self.kept: dict[str, tuple[str, dict[str, str]]] = {}
        self._lock = Lock()

    @property
    def url(self) -> str:
        """Where submissions go."""
        return f"http://127.0.0.1:{self.server_address[1]}{_PATH}"

    def keep(self, number: str, said: dict[str, str]) -> str | None:
        """Its own number for it, the same each time; None where no more fits."""
        with self._lock:
            if number not in self.kept:
                if len(self.kept) >= MOST_KEPT:
                    return None
                self.kept[number] = (f"TEST-RELAY-{len(self.kept) + 1:06}", said)
            return self.kept[number][0]


class _Handler(BaseHTTPRequestHandler):
    server: Simulator

    def do_GET(self) -> None:
        """What is kept under a number, for whoever compares both systems."""
        kept = self.server.kept.get(self.path.removeprefix(f"{_PATH}/"))
        if not self._admitted() or kept is None:
            self._answer(HTTPStatus.NOT_FOUND, {})
        else:
            self._answer(HTTPStatus.OK, {"relayNumber": kept[0], **kept[1]})

    def do_POST(self) -> None:
        """Take a submission."""
        said = self._said()
        number = said.get("referralNumber", "") if said else ""
        if self.path != _PATH or not self._admitted():
            self._answer(HTTPStatus.UNAUTHORIZED, {})
        elif not said or not number:
            self._answer(HTTPStatus.BAD_REQUEST, {"reason": "not-understood"})
        elif number.endswith("9999"):
            self._answer(HTTPStatus.INTERNAL_SERVER_ERROR, {})
        elif number.endswith("9998"):
            self._answer(HTTPStatus.UNPROCESSABLE_ENTITY, {"reason": "unknown-institution"})
        elif (receipt := self.server.keep(number, said)) is None:
            self._answer(HTTPStatus.INSUFFICIENT_STORAGE, {})
        else:
            self._answer(HTTPStatus.CREATED, {"relayNumber": receipt})

    def log_message(self, *_arguments: object) -> None:
        """Say nothing: what is handed over names people."""

    def _admitted(self) -> bool:
        return self.headers.get("Authorization") == f"Bearer {self.server.secret}"

    def _said(self) -> dict[str, str] | None:
        try:
            length = int(self.headers.get("Content-Length", "0"))
            if not 0 < length <= LARGEST:
                return None
            read = json.loads(self.rfile.read(length))
        except ValueError:
            return None
        sound = isinstance(read, dict) and all(isinstance(one, str) for one in read.values())
        return read if sound else None

    def _answer(self, status: HTTPStatus, said: dict[str, str]) -> None:
        octets = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(octets)))
        self.end_headers()
        self.wfile.write(octets)


def main() -> None:
    """Run it until it is stopped; the secret stands in `RELAY_SECRET`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    Simulator(parser.parse_args().port, os.environ["RELAY_SECRET"]).serve_forever()


if __name__ == "__main__":
    main()
