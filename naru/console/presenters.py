"""The node in words: its doors, its work, its ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from naru.ledger import queries as ledger
from naru.ledger.services import APPEND
from naru.outbox import queries as outbox
from naru.repository import queries as repository
from naru.ui.names import in_language


class Door(Protocol):
    """An address of the node, as `node` lists it."""

    @property
    def path(self) -> str:
        """Where it is."""

    @property
    def transactions(self) -> tuple[str, ...]:
        """What it answers, by the standard's names."""

    @property
    def built(self) -> bool:
        """Whether anything is behind it yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something about the node with its state in a word."""

    name: str
    value: str
    state: str = ""
    tag: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The operator's first page."""

    heading: str
    health: tuple[Fact, ...]
    doors: tuple[tuple[str, str], ...]
    repositories: tuple[tuple[str, str], ...]


def overview(doors: Sequence[Door]) -> Overview:
    """The node as it stands now."""
    health = (_database(), _waiting(), _dead(), _ledger())
    troubled = [one for one in health if one.tag == "stop"]
    return Overview(
        heading=_("살펴볼 일이 있습니다") if troubled else _("노드가 제대로 일하고 있습니다"),
        health=health,
        doors=tuple((door.path, _answers(door)) for door in doors),
        repositories=tuple((in_language(one.name), one.oid) for one in repository.repositories()),
    )


def _answers(door: Door) -> str:
    if not door.built:
        return _("아직 없습니다")
    return ", ".join(door.transactions) or _("화면")


def _database() -> Fact:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return Fact(name=_("데이터베이스"), value="", state=_("응답 없음"), tag="stop")
    return Fact(name=_("데이터베이스"), value=connection.display_name, state=_("정상"), tag="ok")


def _waiting() -> Fact:
    return Fact(name=_("처리 대기"), value=str(outbox.waiting([APPEND])))


def _dead() -> Fact:
    count = len(outbox.dead())
    return Fact(
        name=_("처리 실패"),
        value=str(count),
        state=_("사람이 볼 것") if count else _("없음"),
        tag="stop" if count else "ok",
    )


def _ledger() -> Fact:
    counts = ledger.counts()
    value = _("%(final)d건 확정 / %(committed)d건") % {
        "final": counts.final,
        "committed": counts.committed,
    }
    return Fact(name=_("원장"), value=value)
