"""심평원 의뢰·회송 중계시스템 without HIRA: it keeps what it is handed, and answers with a number.

It speaks the unofficial format of docs/hira.md over HTTP on loopback alone. The same number handed
over again gets the same answer. For a look at its failures: a number that ends with `9998` is
refused with a reason, one that ends with `9999` is answered by an error of its own.
"""

import argparse
import html
import os
import sys
from http import HTTPStatus
from threading import Lock
from typing import Final

from naru.simulators.program import Answering, Program, run

MOST_KEPT: Final = 10_000
MOST_SHOWN: Final = 100

_PATH: Final = "/submissions"


class Simulator(Program):
    """The relay. `kept` is what it was handed, by the referral's number."""

    def __init__(self, port: int, secret: str) -> None:
        """It takes what comes with the secret."""
        super().__init__(port, _Handler)
        self.secret = secret
        self.kept: dict[str, tuple[str, dict[str, str]]] = {}
        self._lock = Lock()

    @property
    def url(self) -> str:
        """Where submissions go."""
        return f"{self.address}{_PATH}"

    def keep(self, number: str, said: dict[str, str]) -> str | None:
        """Its own number for it, the same each time; None where no more fits."""
        with self._lock:
            if number not in self.kept:
                if len(self.kept) >= MOST_KEPT:
                    return None
                self.kept[number] = (f"TEST-RELAY-{len(self.kept) + 1:06}", said)
            return self.kept[number][0]


class _Handler(Answering):
    server: Simulator

    def look(self) -> None:
        """What is kept under a number, for whoever compares both systems; a page of the numbers."""
        if self.path == "/":
            self._show()
            return
        kept = self.server.kept.get(self.path.removeprefix(f"{_PATH}/"))
        if not self.bears(self.server.secret) or kept is None:
            self.json(HTTPStatus.NOT_FOUND, {})
        else:
            self.json(HTTPStatus.OK, {"relayNumber": kept[0], **kept[1]})

    def take(self) -> None:
        """Take a submission."""
        said = self._said()
        number = said.get("referralNumber", "") if said else ""
        if self.path != _PATH or not self.bears(self.server.secret):
            self.json(HTTPStatus.UNAUTHORIZED, {})
        elif not said or not number:
            self.json(HTTPStatus.BAD_REQUEST, {"reason": "not-understood"})
        elif number.endswith("9999"):
            self.json(HTTPStatus.INTERNAL_SERVER_ERROR, {})
        elif number.endswith("9998"):
            self.json(HTTPStatus.UNPROCESSABLE_ENTITY, {"reason": "unknown-institution"})
        elif (receipt := self.server.keep(number, said)) is None:
            self.json(HTTPStatus.INSUFFICIENT_STORAGE, {})
        else:
            self.json(HTTPStatus.CREATED, {"relayNumber": receipt})

    def _show(self) -> None:
        newest = list(reversed(self.server.kept.items()))[:MOST_SHOWN]
        rows = "".join(
            f"<li><h2>{html.escape(kept[0])}</h2><p>의뢰 번호 {html.escape(number)}</p></li>"
            for number, kept in newest
        )
        about = f"나루에서 넘겨받은 의뢰와 회송 {len(self.server.kept)}건의 번호입니다. 모의입니다."
        self.page(HTTPStatus.OK, "심평원 의뢰·회송 중계시스템", about, f"<ol>{rows}</ol>")

    def _said(self) -> dict[str, str] | None:
        said = self.said()
        return said if said and all(isinstance(one, str) for one in said.values()) else None


def main() -> None:
    """Run it until it is stopped; the secret stands in `RELAY_SECRET`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    chosen = parser.parse_args()
    run(Simulator(chosen.port, os.environ["RELAY_SECRET"]), sys.stdout.write)


if __name__ == "__main__":
    main()
