"""본인확인 without anybody real: a provider on loopback that believes what is typed.

It speaks the exchange of `accounts.identity_provider` over HTTP from a process of its own, so that
nothing of a node knows that it is none. DI is made from name, birth and sex, so that the same
person is the same person the next time.
"""

import hashlib
import html
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

LONGEST_BODY: Final = 16 * 1024
MOST_WAITING: Final = 1000

_FIELDS: Final = ("name", "born", "gender", "phone")


@dataclass(slots=True)
class Verification:
    """One that has begun; `code` and `person` once somebody has typed who they are."""

    return_to: str
    state: str
    code: str = ""
    person: dict[str, str] = field(default_factory=dict)


class Simulator(ThreadingHTTPServer):
    """The provider. It listens on loopback alone."""

    daemon_threads = True

    def __init__(self, port: int, secret: str, known: Sequence[Mapping[str, str]] = ()) -> None:
        """`known` are made-up people whom one can be by one press."""
        super().__init__(("127.0.0.1", port), _Handler)
        self.secret = secret
        self.known = tuple(known)
        self.waiting: dict[str, Verification] = {}

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Simulator

    def do_GET(self) -> None:
        """The page on which somebody says who they are."""
        reference = urlsplit(self.path).path.removeprefix("/page/")
        if reference not in self.server.waiting:
            self._answer(HTTPStatus.NOT_FOUND, "")
            return
        action = html.escape(f"/page/{reference}")
        known = "".join(_known(one, action) for one in self.server.known)
        self._answer(HTTPStatus.OK, _PAGE.format(action=action, known=known))

    def do_POST(self) -> None:
        """A node begins or finishes; a browser sends the page's form."""
        path, body = urlsplit(self.path).path, self._body()
        if path.startswith("/page/"):
            self._typed(path.removeprefix("/page/"), body)
        elif self.headers.get("Authorization") != f"Bearer {self.server.secret}":
            self._json(HTTPStatus.UNAUTHORIZED, {})
        elif path == "/verifications":
            self._begin(json.loads(body))
        else:
            self._finish(path.removeprefix("/verifications/"), json.loads(body))

    def log_message(self, *_arguments: object) -> None:
        """Say nothing: addresses would name people."""

    def _begin(self, said: dict[str, Any]) -> None:
        waiting = self.server.waiting
        while len(waiting) >= MOST_WAITING:
            waiting.pop(next(iter(waiting)))
        reference = secrets.token_urlsafe(18)
        waiting[reference] = Verification(str(said["return_to"]), str(said["state"]))
        page = f"{self.server.url}/page/{reference}"
        self._json(HTTPStatus.OK, {"reference": reference, "page": page})

    def _typed(self, reference: str, body: bytes) -> None:
        found = self.server.waiting.get(reference)
        typed = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        if found is None or not all(typed.get(name) for name in _FIELDS[:3]):
            self._answer(HTTPStatus.BAD_REQUEST, "")
            return
        found.code = secrets.token_urlsafe(18)
        found.person = {name: typed.get(name, "") for name in _FIELDS}
        query = urlencode({"state": found.state, "code": found.code})
        self.send_response(HTTPStatus.SEE_OTHER)
        self.send_header("Location", f"{found.return_to}?{query}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _finish(self, reference: str, said: dict[str, Any]) -> None:
        found = self.server.waiting.pop(reference, None)
        if found is None or not found.code or said.get("code") != found.code:
            self._json(HTTPStatus.FORBIDDEN, {})
            return
        said = marks(*(found.person[name] for name in _FIELDS[:3]))
        self._json(HTTPStatus.OK, found.person | said)

    def _body(self) -> bytes:
        return self.rfile.read(min(int(self.headers.get("Content-Length") or 0), LONGEST_BODY))

    def _json(self, status: HTTPStatus, content: dict[str, str]) -> None:
        self._write(status, "application/json", json.dumps(content).encode())

    def _answer(self, status: HTTPStatus, page: str) -> None:
        self._write(status, "text/html; charset=utf-8", page.encode())

    def _write(self, status: HTTPStatus, kind: str, octets: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(octets)))
        self.end_headers()
        self.wfile.write(octets)


def marks(name: str, born: str, gender: str) -> dict[str, str]:
    """`di` and `ci` of a made-up person: the same person has the same ones the next time."""
    same = f"{name}|{born}|{gender}"
    return {mark: hashlib.sha256(f"{mark}|{same}".encode()).hexdigest() for mark in ("di", "ci")}


def _known(person: Mapping[str, str], action: str) -> str:
    fields = "".join(
        f'<input type="hidden" name="{name}" value="{html.escape(person[name])}">'
        for name in _FIELDS
    )
    said = html.escape(f"{person['name']} 님으로 확인")
    return f'<form method="post" action="{action}">{fields}<button>{said}</button></form>'


_PAGE: Final = """<!doctype html><html lang="ko"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>본인확인 모의기관</title>
<style>body{{font:17px/1.6 system-ui,sans-serif;max-width:30rem;margin:2rem auto;padding:0 1rem}}
label{{display:block;margin-top:1rem}}input,select,button{{font:inherit;min-height:44px;width:100%;
box-sizing:border-box}}button{{margin-top:1.5rem}}</style></head><body>
<h1>본인확인 모의기관</h1><p>가상의 사람으로만 쓰는 시험용 화면입니다. 적은 대로 믿습니다.</p>
{known}
<form method="post" action="{action}">
<label>이름<input name="name" required></label>
<label>생년월일<input name="born" type="date" required></label>
<label>성별<select name="gender"><option value="F">여자</option><option value="M">남자</option>
</select></label><label>휴대전화<input name="phone" inputmode="tel"></label>
<button>확인</button></form></body></html>
"""
