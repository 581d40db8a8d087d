"""A provider of chat messages (like 알림톡), SMS and e-mail: it shows what it took, and sends none.

It speaks the interface of docs/notices.md over HTTP, for each channel below a path of its own, and
holds a sender to what a real one does: a key, chat templates approved beforehand with words that
may not differ, 1,000 characters, and the same message once for each Idempotency-Key. What became of
a message is told in answers signed by RFC 9421, where a key for that was given.

For a look at its failures (`MENU`) it goes by how a recipient's number ends.
"""

import argparse
import base64
import hashlib
import hmac
import html
import json
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from http import HTTPStatus
from pathlib import Path
from threading import Lock
from typing import Any, Final
from uuid import uuid4

from naru.simulators.program import Answering, Program, run

LONGEST: Final = 1000
"""Characters of a chat message or an SMS, spaces included."""

LONGEST_MAIL: Final = 10_000
MOST_KEPT: Final = 10_000
MOST_SHOWN: Final = 100
SLOW_SECONDS: Final = 7.0
PATIENCE: Final = 2
"""How often the menu's numbers have one ask, or try, in vain."""

CHANNELS: Final = {"chat": "카카오톡 알림", "sms": "문자", "email": "이메일"}

MENU: Final = {
    "9991": "no such recipient",
    "9992": "taken, and blocked by the recipient",
    "9993": "taken, and not delivered before it was asked after twice",
    "9994": "answered by 503 twice, then taken",
    "9995": "answered by 503",
    "9996": "answered late",
}
"""What becomes of a message, by the last four digits of its recipient's number."""

_KOREA: Final = timezone(timedelta(hours=9))
_STATES: Final = {"accepted": "받음", "delivered": "닿음", "failed": "닿지 않음"}


@dataclass(slots=True)
class Taken:
    """A message that the provider took."""

    id: str
    channel: str
    to: str
    title: str
    text: str
    template: str
    state: str = "accepted"
    reason: str = ""
    asked: int = 0
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass(slots=True)
class _Refused(Exception):  # An answer of the provider's, rather than an error.
    status: HTTPStatus
    error: str


class Simulator(Program):
    """The provider. `away` makes it answer 503 to everything."""

    def __init__(
        self,
        port: int,
        key: str = "TEST-key",
        *,
        report_key: str = "",
        approved: Mapping[str, str] | None = None,
    ) -> None:
        """`approved` are the words of chat templates by code, with `#{value}` at each place."""
        super().__init__(port, _Handler)
        self.key = key
        self.report_key = report_key
        self.approved = dict(approved or {})
        self.away = False
        self.nobody: frozenset[str] = frozenset()
        self.unreadable: frozenset[str] = frozenset()
        self.taken: list[Taken] = []
        self._keys: dict[str, Taken] = {}
        self._tries: Counter[str] = Counter()
        self._lock = Lock()

    def at(self, channel: str) -> str:
        """Where it takes the messages of a channel."""
        return f"{self.address}/{channel}"

    def take(self, channel: str, key: str, said: Mapping[str, Any]) -> str:
        """Take a message; its id. Raises _Refused."""
        sent = _read(channel, said)
        if not key:
            raise _Refused(HTTPStatus.BAD_REQUEST, "no-idempotency-key")
        ends = _menu(sent.to)
        self._stumble(ends, key)
        if ends == "9991" or sent.to in self.nobody:
            raise _Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "no-such-recipient")
        if channel == "chat" and sent.text != self._filled(sent.template, said.get("variables")):
            raise _Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "template-mismatch")
        if not 0 < len(sent.text) <= (LONGEST_MAIL if channel == "email" else LONGEST):
            raise _Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "too-long")
        with self._lock:
            if key not in self._keys:
                if len(self.taken) >= MOST_KEPT:
                    raise _Refused(HTTPStatus.INSUFFICIENT_STORAGE, "full")
                self._keys[key] = sent
                self.taken.append(sent)
            return self._keys[key].id

    def became(self, message: str) -> dict[str, str] | None:
        """What became of a message; None where there is none."""
        with self._lock:
            found = next((one for one in self.taken if one.id == message), None)
            if found is None:
                return None
            found.asked += 1
            ends = _menu(found.to)
            if ends == "9992" or found.to in self.unreadable:
                found.state, found.reason = "failed", "blocked-by-recipient"
            elif ends != "9993" or found.asked > PATIENCE:
                found.state = "delivered"
            told = {"state": found.state, "reason": found.reason}
            return {name: one for name, one in told.items() if one}

    def _stumble(self, ends: str, key: str) -> None:
        with self._lock:
            self._tries[key] += 1
            tried = self._tries[key]
        if ends == "9995" or (ends == "9994" and tried <= PATIENCE):
            raise _Refused(HTTPStatus.SERVICE_UNAVAILABLE, "later")
        if ends == "9996":
            time.sleep(SLOW_SECONDS)

    def _filled(self, template: str, variables: object) -> str | None:
        given = variables if isinstance(variables, dict) else {}
        approved = self.approved.get(template)
        if not approved:
            return None
        return re.sub(r"#\{([a-z]+)\}", lambda place: str(given.get(place[1], "")), approved)


class _Handler(Answering):
    server: Simulator

    def look(self) -> None:
        """What became of a message, whether it is well, or its page."""
        if self.path == "/":
            self._show()
        elif self._is_let_in():
            self._tell()

    def take(self) -> None:
        """Take a message."""
        channel = self.path.removesuffix("/messages").strip("/")
        said = self.said()
        if not self._is_let_in():
            return
        if said is None or channel not in CHANNELS:
            self.json(HTTPStatus.BAD_REQUEST, {"error": "malformed"})
            return
        try:
            taken = self.server.take(channel, self.headers.get("Idempotency-Key", ""), said)
            self.json(HTTPStatus.ACCEPTED, {"id": taken})
        except _Refused as refusal:
            self.json(refusal.status, {"error": refusal.error})

    def _tell(self) -> None:
        told: dict[str, str] | None = {}
        if not self.path.endswith("/health"):
            told = self.server.became(self.path.rpartition("/")[2])
        status = HTTPStatus.NOT_FOUND if told is None else HTTPStatus.OK
        said = {"error": "no-such-message"} if told is None else told
        key, octets = self.server.report_key, json.dumps(said).encode()
        headers = signed(status, self.path, octets, key, int(time.time())) if key else {}
        self.answer(status, "application/json", octets, **headers)

    def _is_let_in(self) -> bool:
        if self.server.away:
            self.json(HTTPStatus.SERVICE_UNAVAILABLE, {})
        elif not self.bears(self.server.key):
            self.json(HTTPStatus.UNAUTHORIZED, {"error": "wrong-key"})
        else:
            return True
        return False

    def _show(self) -> None:
        newest = list(reversed(self.server.taken))[:MOST_SHOWN]
        about = (
            f"받은 메시지 {len(self.server.taken)}건을 보여 줄 뿐, 아무에게도 보내지 않습니다. "
            "모의입니다."
        )
        rows = "".join(map(_row, newest)) or "<li><p>아직 받은 메시지가 없습니다.</p></li>"
        self.page(HTTPStatus.OK, "메시지 발송사", about, f"<ol>{rows}</ol>")


def signed(status: HTTPStatus, path: str, octets: bytes, key: str, created: int) -> dict[str, str]:
    """The headers that sign an answer: its status, the path that was asked, and its digest.

    RFC 9421 section 2.4 (a response bound to its request), 3.3.3 (hmac-sha256); RFC 9530.
    """
    digest = f"sha-256=:{_base64(hashlib.sha256(octets).digest())}:"
    covered = '("@status" "@path";req "content-digest")'
    params = f'{covered};created={created};alg="hmac-sha256"'
    base = "\n".join(
        (
            f'"@status": {int(status)}',
            f'"@path";req: {path}',
            f'"content-digest": {digest}',
            f'"@signature-params": {params}',
        )
    )
    mark = hmac.digest(key.encode(), base.encode(), "sha256")
    return {
        "Content-Digest": digest,
        "Signature-Input": f"report={params}",
        "Signature": f"report=:{_base64(mark)}:",
    }


def _base64(octets: bytes) -> str:
    return base64.b64encode(octets).decode("ascii")


def _read(channel: str, said: Mapping[str, Any]) -> Taken:
    names = ("to", "title", "text", "template")
    given = {name: said.get(name, "") for name in names}
    if not all(isinstance(one, str) for one in given.values()) or not given["to"]:
        raise _Refused(HTTPStatus.BAD_REQUEST, "malformed")
    return Taken(id=str(uuid4()), channel=channel, **given)


def _menu(recipient: str) -> str:
    ends = re.sub(r"\D", "", recipient)[-4:]
    return ends if ends in MENU else ""


def _row(one: Taken) -> str:
    state = _STATES[one.state] + (f" ({one.reason})" if one.reason else "")
    told = [CHANNELS[one.channel], state, f"{one.at.astimezone(_KOREA):%H:%M:%S}", one.template]
    about = html.escape(" · ".join(filter(None, told)))
    title = f"<p><strong>{html.escape(one.title)}</strong></p>" if one.title else ""
    words = html.escape(one.text.strip()).replace("\n", "<br>")
    return f"<li><h2>{html.escape(one.to)}</h2><p>{about}</p>{title}<p>{words}</p></li>"


def main() -> None:
    """Run it until it is stopped; its keys stand in `SENDER_KEY` and `SENDER_REPORT_KEY`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--templates", type=Path, help="JSON: approved words by template code")
    chosen = parser.parse_args()
    approved = json.loads(chosen.templates.read_text("utf-8")) if chosen.templates else {}
    report_key = os.environ.get("SENDER_REPORT_KEY", "")
    program = Simulator(
        chosen.port, os.environ["SENDER_KEY"], report_key=report_key, approved=approved
    )
    run(program, sys.stdout.write)


if __name__ == "__main__":
    main()
