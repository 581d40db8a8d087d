"""A citizen's tickets in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from naru.domain import roles
from naru.domain.roles import RoleKind
from naru.tickets.values import Kind, Line, State, Ticket
from naru.ui.clock import moment
from naru.ui.names import role_name

_TAGS: Final = {State.RECEIVED: "info", State.ANSWERED: "warn", State.CLOSED: "ok"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A ticket in the list."""

    id: str
    number: str
    about: str
    when: str
    state: str
    tag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One ticket; `lines` are who, when, what."""

    row: Row
    open: bool
    lines: tuple[tuple[str, str, str], ...]


def rows(found: Sequence[Ticket]) -> tuple[Row, ...]:
    """The list."""
    return tuple(map(_row, found))


def page(found: Ticket) -> Page:
    """One, without what those who answer keep to themselves."""
    return Page(
        row=_row(found),
        open=found.closed is None,
        lines=tuple((_who(line), moment(at), line.words) for at, line in found.lines if line.told),
    )


def _row(one: Ticket) -> Row:
    return Row(
        id=str(one.id),
        number=one.number,
        about=_about(one),
        when=moment(one.opened),
        state={
            State.RECEIVED: _("접수함"),
            State.ANSWERED: _("답이 있음"),
            State.CLOSED: _("처리 끝남"),
        }[one.state],
        tag=_TAGS[one.state],
    )


def _about(one: Ticket) -> str:
    if one.kind is Kind.RECORD:
        return _("기록: %(title)s") % {"title": one.about.title or _("제목 없는 문서")}
    return _("모르는 열람") if one.kind is Kind.ACCESS else _("전화 상담")


def _who(line: Line) -> str:
    return _("나") if roles.kind(line.who) is RoleKind.CITIZEN else role_name(line.who)
