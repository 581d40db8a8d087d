"""Tickets in the words of those who answer them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from naru.tickets.values import Kind, State, Ticket
from naru.ui.clock import moment
from naru.ui.names import role_name

_TAGS: Final = {State.RECEIVED: "warn", State.ANSWERED: "info", State.CLOSED: "ok"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A ticket in the list."""

    id: str
    number: str
    kind: str
    when: str
    state: str
    tag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One ticket; `lines` are who, when, what, and whether the patient reads it."""

    row: Row
    about: tuple[tuple[str, str], ...]
    open: bool
    lines: tuple[tuple[str, str, str, bool], ...]


def rows(found: Sequence[Ticket]) -> tuple[Row, ...]:
    """The list."""
    return tuple(map(row, found))


def page(found: Ticket) -> Page:
    """One."""
    about = found.about
    facts = (
        (_("문서"), about.title),
        (_("문서 번호"), about.document),
        (_("접속기록"), about.record),
    )
    return Page(
        row=row(found),
        about=tuple((name, value) for name, value in facts if value),
        open=found.closed is None,
        lines=tuple(
            (role_name(line.who), moment(at), line.words, line.told) for at, line in found.lines
        ),
    )


def row(one: Ticket) -> Row:
    """In a list."""
    return Row(
        id=str(one.id),
        number=one.number,
        kind={
            Kind.RECORD: _("기록이 틀렸다는 문의"),
            Kind.ACCESS: _("모르는 열람이라는 문의"),
            Kind.CALL: _("전화 상담"),
        }[one.kind],
        when=moment(one.opened),
        state={
            State.RECEIVED: _("답을 기다림"),
            State.ANSWERED: _("답했음"),
            State.CLOSED: _("처리 끝남"),
        }[one.state],
        tag=_TAGS[one.state],
    )
