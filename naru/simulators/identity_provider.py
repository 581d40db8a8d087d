"""본인확인 without anybody real: a provider on loopback that believes what is typed.

It speaks the exchange that docs/accounts.md describes over HTTP, so that nothing of a node knows
that it is none. DI is made from name, birth and sex, so that the same person is the same person the
next time.
"""

import argparse
import hashlib
import html
import os
import secrets
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from threading import Lock
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

from naru.simulators.program import Answering, Program, run

MOST_WAITING: Final = 1000

_BEGIN: Final = "/verifications"
_FIELDS: Final = ("name", "born", "gender", "phone")
_TITLE: Final = "본인확인 모의기관"
_ABOUT: Final = "가상의 사람으로만 쓰는 시험용 화면입니다. 적은 대로 믿습니다."


@dataclass(slots=True)
class Verification:
    """One that has begun; `code` and `person` once somebody has typed who they are."""

    return_to: str
    state: str
    code: str = ""
    person: dict[str, str] = field(default_factory=dict)


class Simulator(Program):
    """The provider; it is asked with the secret."""

    def __init__(self, port: int, secret: str, known: Sequence[Mapping[str, str]] = ()) -> None:
        """`known` are made-up people whom one can be by one press."""
        super().__init__(port, _Handler)
        self.secret = secret
        self.known = tuple(known)
        self._waiting: dict[str, Verification] = {}
        self._lock = Lock()

    @property
    def url(self) -> str:
        """Where a node asks it."""
        return self.address

    def begin(self, verification: Verification) -> str:
        """Its reference; of too many that nobody finishes the oldest is forgotten."""
        reference = secrets.token_urlsafe(18)
        with self._lock:
            while len(self._waiting) >= MOST_WAITING:
                self._waiting.pop(next(iter(self._waiting)))
            self._waiting[reference] = verification
        return reference

    def waiting(self, reference: str) -> Verification | None:
        """The one that has begun."""
        return self._waiting.get(reference)

    def finish(self, reference: str, code: object) -> dict[str, str] | None:
        """Who it is, told once and to whoever has the code alone."""
        with self._lock:
            found = self._waiting.pop(reference, None)
        if found is None or not found.code or code != found.code:
            return None
        return found.person | marks(*(found.person[name] for name in _FIELDS[:3]))


class _Handler(Answering):
    server: Simulator

    def look(self) -> None:
        """The page on which somebody says who they are."""
        reference = urlsplit(self.path).path.removeprefix("/page/")
        if self.server.waiting(reference) is None:
            about = "이 주소에서 시작한 본인확인이 없습니다. 로그인 화면에서 시작해 주십시오."
            status = HTTPStatus.OK if self.path == "/" else HTTPStatus.NOT_FOUND
            self.page(status, _TITLE, about, "")
            return
        action = html.escape(f"/page/{reference}")
        known = "".join(_known(one, action) for one in self.server.known)
        self.page(HTTPStatus.OK, _TITLE, _ABOUT, known + _FORM.format(action=action))

    def take(self) -> None:
        """A node begins or finishes; a browser sends the page's form."""
        path = urlsplit(self.path).path
        if path.startswith("/page/"):
            self._typed(path.removeprefix("/page/"))
        elif not self.bears(self.server.secret):
            self.json(HTTPStatus.UNAUTHORIZED, {})
        elif path == _BEGIN:
            self._begin()
        else:
            self._finish(path.removeprefix(f"{_BEGIN}/"))

    def _begin(self) -> None:
        said = self.said() or {}
        return_to, state = said.get("return_to"), said.get("state")
        if not (isinstance(return_to, str) and isinstance(state, str)):
            self.json(HTTPStatus.BAD_REQUEST, {})
            return
        reference = self.server.begin(Verification(return_to, state))
        page = f"{self.server.address}/page/{reference}"
        self.json(HTTPStatus.OK, {"reference": reference, "page": page})

    def _typed(self, reference: str) -> None:
        found = self.server.waiting(reference)
        sent = parse_qs(self.body().decode("utf-8", "replace"))
        typed = {name: values[0] for name, values in sent.items()}
        if found is None or not all(typed.get(name) for name in _FIELDS[:3]):
            self.page(HTTPStatus.BAD_REQUEST, _TITLE, "이름, 생년월일, 성별이 모두 필요합니다.", "")
            return
        found.person = {name: typed.get(name, "") for name in _FIELDS}
        found.code = secrets.token_urlsafe(18)
        query = urlencode({"state": found.state, "code": found.code})
        self.lead(f"{found.return_to}?{query}")

    def _finish(self, reference: str) -> None:
        person = self.server.finish(reference, (self.said() or {}).get("code"))
        if person is None:
            self.json(HTTPStatus.FORBIDDEN, {})
        else:
            self.json(HTTPStatus.OK, person)


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
    return f'<form method="post" action="{action}">{fields}<p><button>{said}</button></p></form>'


_FORM: Final = """<form method="post" action="{action}">
<label>이름<input name="name" required></label>
<label>생년월일<input name="born" type="date" required></label>
<label>성별<select name="gender"><option value="F">여자</option><option value="M">남자</option>
</select></label><label>휴대전화<input name="phone" inputmode="tel"></label>
<p><button>확인</button></p></form>
"""


def main() -> None:
    """Run it until it is stopped; the secret stands in `IDENTITY_SECRET`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    chosen = parser.parse_args()
    run(Simulator(chosen.port, os.environ["IDENTITY_SECRET"]), sys.stdout.write)


if __name__ == "__main__":
    main()
