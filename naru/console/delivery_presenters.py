"""What an agency received, in words; of the patient nothing but the documents they chose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha1, sha256
from typing import Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from naru.deliveries import agencies
from naru.deliveries.values import Chosen, State, Submission
from naru.exchange.documents.proof import Proof
from naru.ui.clock import moment, today, written
from naru.ui.sizes import in_words
from naru.viewer.opening import Opened

_TAGS: Final = {
    State.WAITING: "info",
    State.PARTLY: "info",
    State.OPENED: "ok",
    State.RECALLED: "stop",
    State.OVER: "warn",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A submission in the list."""

    id: str
    number: str
    about: str
    state: str
    tag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document of a submission, with what was found when it was checked."""

    document: str
    title: str
    about: str
    state: str
    waits: bool
    checks: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A submission."""

    id: str
    number: str
    state: str
    tag: str
    facts: tuple[tuple[str, str], ...]
    documents: tuple[Document, ...]


def rows(found: Sequence[Submission], now: datetime) -> tuple[Row, ...]:
    """The list."""
    return tuple(
        Row(
            id=str(one.id),
            number=one.number,
            about=f"{_purpose(one)} · {_count(one)} · {moment(one.at)}",
            state=_state(one.state(now)),
            tag=_TAGS[one.state(now)],
        )
        for one in found
    )


def page(found: Submission, proofs: Mapping[str, Proof], now: datetime) -> Page:
    """One submission."""
    state = found.state(now)
    return Page(
        id=str(found.id),
        number=found.number,
        state=_state(state),
        tag=_TAGS[state],
        facts=(
            (_("까닭"), _purpose(found)),
            (_("제출한 때"), moment(found.at)),
            (_("열 수 있는 날"), _("%(day)s까지") % {"day": written(today(found.until))}),
        ),
        documents=tuple(_document(found, one, proofs, now) for one in found.told(now)),
    )


def checked(chosen: Chosen, opened: Opened) -> tuple[tuple[str, str], ...]:
    """What was found of the octets that are shown."""
    if not opened.whole:
        return ()
    digest = sha1(opened.content, usedforsecurity=False).hexdigest()  # XDS's own hash.
    same = digest == chosen.hash.casefold()
    return (
        (_("등록된 해시"), _("같음") if same else _("다름")),
        ("SHA-256", sha256(opened.content).hexdigest()),
    )


def _document(
    found: Submission, one: Chosen, proofs: Mapping[str, Proof], now: datetime
) -> Document:
    at = found.opened.get(one.document)
    state = found.state(now)
    waits = at is None and found.recallable(now)
    return Document(
        document=one.document,
        title=one.title or _("제목 없는 문서"),
        about=f"{one.source} · {one.made} · {in_words(one.size)}",
        state=_("%(when)s에 열었음") % {"when": moment(at)}
        if at
        else _state(State.WAITING if waits else state),
        waits=waits,
        checks=_checks(proofs.get(one.document)),
    )


def _checks(proof: Proof | None) -> tuple[tuple[str, str, str], ...]:
    """Each check with its word and how it looks."""
    if proof is None:
        return ()
    same = (
        (_("등록된 해시"), _("같음"), "ok") if proof.same else (_("등록된 해시"), _("다름"), "stop")
    )
    if proof.receipt is None:
        ledger = (_("원장"), _("기록 없음"), "warn")
    elif not proof.committed:
        ledger = (_("원장"), _("다름"), "stop")
    elif proof.receipt.position is None:
        ledger = (_("원장"), _("같음, 순번 기다림"), "info")
    else:
        ledger = (_("원장"), _("같음, %(place)d번") % {"place": proof.receipt.position}, "ok")
    return same, ledger


def _purpose(found: Submission) -> str:
    purpose = agencies.known(found.agency).purpose(found.purpose)
    return purpose.english if get_language() == "en" else purpose.korean


def _count(found: Submission) -> str:
    return _("문서 %(count)d건") % {"count": len(found.documents)}


def _state(state: State) -> str:
    return {
        State.WAITING: _("아직 열지 않음"),
        State.PARTLY: _("일부를 열었음"),
        State.OPENED: _("모두 열었음"),
        State.RECALLED: _("제출한 분이 회수함"),
        State.OVER: _("기한이 지남"),
    }[state]
