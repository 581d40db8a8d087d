"""An agency to which patients submit documents (병무청, 근로복지공단, 국가보훈부): its own system.

It asks its node for what is addressed to it each time somebody looks, takes a delivery when its
clerk says so, and keeps what it took: the node gives each document once. Its page shows exactly
these documents and what proves them, and nothing else of anybody.
"""

import argparse
import base64
import html
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from hashlib import sha1, sha256
from http import HTTPStatus
from pathlib import Path
from threading import Lock
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

from naru.simulators.agency_node import Account, Node, NotConnected, NotGiven
from naru.simulators.program import Answering, Program, run

_SHA_256: Final = "urn:oid:2.16.840.1.101.3.4.2.1"
_STATES: Final = {
    "requested": "받지 않음",
    "in-progress": "일부를 받음",
    "completed": "모두 받음",
    "cancelled": "제출한 분이 회수함",
    "failed": "기한이 지남",
}
_FOUND: Final = {
    "validated": "등록된 문서와 같고 원장에 있음",
    "in-process": "등록된 문서와 같음, 원장의 순번을 기다림",
    "attested": "등록된 문서와 같음, 원장에는 없음",
    "val-fail": "등록된 문서와 다름",
}
_ADDRESS: Final = re.compile(
    r"/deliveries/(?P<task>[0-9a-f-]{36})(?:/(?P<act>take|documents/(?P<number>[0-9]{1,3})))?"
)
_KOREA: Final = timezone(timedelta(hours=9))
_AWAY: Final = (
    "<p><strong>나루에 연결되지 않았습니다.</strong> 제출된 문서는 나루에 그대로 있고, "
    "이미 받은 문서는 여기에 있습니다.</p>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document as the delivery tells of it; `proof` is the node's VerificationResult."""

    number: int
    attachment: Mapping[str, Any]
    source: str
    proof: Mapping[str, Any]

    @property
    def waits(self) -> bool:
        """Whether it can be taken."""
        return "url" in self.attachment

    @property
    def sha256(self) -> str:
        """The digest that the node proves; "" where it found none."""
        codings = [
            coding
            for one in self.proof.get("validationProcess", [])
            for coding in one.get("coding", [])
        ]
        return next((one["code"] for one in codings if one.get("system") == _SHA_256), "")

    @property
    def place(self) -> str:
        """Its position on the ledger; "" where it has none yet."""
        told = [one.get("text", "") for one in self.proof.get("validationProcess", [])]
        return next(filter(None, told), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A document that was taken, as it was told then."""

    document: Document
    content: bytes

    def is_the_one(self) -> bool:
        """Whether these octets are those that are registered and proved, by our own reckoning."""
        told = self.document.attachment
        registered = base64.b64encode(sha1(self.content, usedforsecurity=False).digest())
        return (
            len(self.content) == told.get("size")
            and registered.decode("ascii") == told.get("hash")
            and sha256(self.content).hexdigest() == self.document.sha256
        )


class Simulator(Program):
    """The agency of that name. `kept` is what it took, by delivery and number."""

    def __init__(self, port: int, name: str, node: Node) -> None:
        super().__init__(port, _Handler)
        self.name = name
        self.node = node
        self.kept: dict[tuple[UUID, int], Kept] = {}
        self._lock = Lock()

    def take(self, task: UUID) -> None:
        """Take every document of a delivery that waits. Raises NotGiven, NotConnected."""
        with self._lock:  # Two clerks press at once: the node gives each document once.
            for one in documents(self.node.delivery(task)):
                if one.waits:
                    content = self.node.document(one.attachment)
                    self.kept[task, one.number] = Kept(document=one, content=content)


class _Handler(Answering):
    server: Simulator

    def look(self) -> None:
        """The inbox, a delivery, or a document that was taken."""
        found = _ADDRESS.fullmatch(self.path)
        try:
            if self.path == "/":
                self._inbox()
            elif found is None or found["act"] == "take":
                self._nothing()
            elif found["number"]:
                self._document(UUID(found["task"]), int(found["number"]))
            else:
                self._delivery(UUID(found["task"]))
        except (NotGiven, ValueError):
            self._nothing()

    def take(self) -> None:
        """Take a delivery."""
        found = _ADDRESS.fullmatch(self.path)
        if found is None or found["act"] != "take" or not self.is_from_here():
            self._nothing()
            return
        try:
            self.server.take(UUID(found["task"]))
        except (NotGiven, ValueError):
            self._nothing()
        except NotConnected:
            self._show(HTTPStatus.BAD_GATEWAY, _AWAY)
        else:
            self.lead(f"/deliveries/{found['task']}")

    def _inbox(self) -> None:
        try:
            found = self.server.node.deliveries()
        except (NotConnected, NotGiven):
            kept = "".join(
                f'<li><a href="/deliveries/{task}">받아 둔 문서</a></li>'
                for task in dict.fromkeys(task for task, _ in self.server.kept)
            )
            self._show(HTTPStatus.OK, f"{_AWAY}<ol>{kept}</ol>")
            return
        rows = "".join(map(_row, found)) or "<li><p>제출된 문서가 없습니다.</p></li>"
        self._show(HTTPStatus.OK, f"<ol>{rows}</ol>")

    def _delivery(self, task: UUID) -> None:
        kept = {number: one for (of, number), one in self.server.kept.items() if of == task}
        try:
            told = self.server.node.delivery(task)
        except NotConnected:
            parts = "".join(_kept(task, kept[number]) for number in sorted(kept))
            self._show(HTTPStatus.OK, f"{_AWAY}<ol>{parts}</ol>")
            return
        found = list(documents(told))
        parts = "".join(
            _kept(task, kept[one.number]) if one.number in kept else _waiting(one) for one in found
        )
        take = _TAKE.format(task=task) if any(one.waits for one in found) else ""
        back = '<p><a href="/">받은 문서함</a></p>'
        self._show(HTTPStatus.OK, f"{_facts(told)}{take}<ol>{parts}</ol>{back}")

    def _document(self, task: UUID, number: int) -> None:
        kept = self.server.kept.get((task, number))
        if kept is None:
            raise NotGiven
        name = quote(str(kept.document.attachment.get("title") or "document"), safe="")
        headers = {
            "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
            "Content-Security-Policy": "sandbox; default-src 'none'",
        }
        kind = str(kept.document.attachment["contentType"])
        self.answer(HTTPStatus.OK, kind, kept.content, **headers)

    def _nothing(self) -> None:
        self._show(HTTPStatus.NOT_FOUND, '<p>없습니다.</p><p><a href="/">받은 문서함</a></p>')

    def _show(self, status: HTTPStatus, content: str) -> None:
        about = "나루로 제출된 문서만 받습니다. 가상의 기관입니다."
        self.page(status, html.escape(f"{self.server.name} 받은 문서함"), about, content)


def documents(task: Mapping[str, Any]) -> Iterator[Document]:
    """The documents of a Task, each with what proves it."""
    proofs = {f"#{one['id']}": one for one in task.get("contained", [])}
    told = task.get("input", [])
    pairs = zip(told[::2], told[1::2], strict=True)
    for number, (one, proof) in enumerate(pairs, 1):
        yield Document(
            number=number,
            attachment=one["valueAttachment"],
            source=one["type"].get("text", ""),
            proof=proofs[proof["valueReference"]["reference"]],
        )


def _row(task: Mapping[str, Any]) -> str:
    number = html.escape(task["identifier"][0]["value"])
    where = html.escape(task["id"])
    return f'<li><h2><a href="/deliveries/{where}">{number}</a></h2>{_facts(task)}</li>'


def _facts(task: Mapping[str, Any]) -> str:
    until = task["restriction"]["period"]["end"]
    facts = (
        ("상태", _STATES[task["status"]]),
        ("까닭", task["reasonCode"]["text"]),
        ("제출한 때", _moment(task["authoredOn"])),
        ("기한", _moment(until)),
    )
    rows = "".join(f"<dt>{name}</dt><dd>{html.escape(said)}</dd>" for name, said in facts)
    return f"<dl>{rows}</dl>"


def _waiting(one: Document) -> str:
    found = _FOUND[one.proof["status"]]
    return f"<li>{_title(one)}<p>{found}</p></li>"


def _kept(task: UUID, kept: Kept) -> str:
    one = kept.document
    own = "받은 파일을 직접 계산해도 같음" if kept.is_the_one() else "받은 파일이 다름"
    place = f", 원장 {html.escape(one.place)}번" if one.place else ""
    return (
        f"<li>{_title(one)}<p>{_FOUND[one.proof['status']]}{place}. {own}.</p>"
        f"<p><code>SHA-256 {sha256(kept.content).hexdigest()}</code></p>"
        f'<p><a href="/deliveries/{task}/documents/{one.number}">파일 받기</a></p></li>'
    )


def _title(one: Document) -> str:
    told = one.attachment
    about = (one.source, str(told.get("creation", "")), f"{told.get('size', 0):,} B")
    title = html.escape(str(told.get("title") or "제목 없는 문서"))
    return f"<h2>{title}</h2><p>{html.escape(' · '.join(filter(None, about)))}</p>"


def _moment(instant: str) -> str:
    return f"{datetime.fromisoformat(instant).astimezone(_KOREA):%Y-%m-%d %H:%M}"


_TAKE: Final = """<form method="post" action="/deliveries/{task}/take">
<p><button>이 문서를 받기</button></p></form>"""


def main() -> None:
    """Run it until it is stopped; its certificate, account and keys lie in its folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--name", required=True, help="as its page says it")
    parser.add_argument("--node", required=True, help="https://host:port of the wire doors")
    parser.add_argument("--folder", type=Path, required=True)
    chosen = parser.parse_args()
    node = Node(chosen.node.rstrip("/"), Account.of_folder(chosen.folder))
    run(Simulator(chosen.port, chosen.name, node), sys.stdout.write)


if __name__ == "__main__":
    main()
