"""Received audit messages in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from naru.audit.received import Kind
from naru.audit.records import Outcome
from naru.console.staff_presenters import institution_name
from naru.exchange.audit.search import Found, Line
from naru.ui.clock import moment
from naru.ui.transactions import transaction_name

FIELDS: Final = ("since", "until", "event", "outcome", "source")
"""What can be asked."""

_OUTCOMES: Final[Mapping[int, tuple[str | Promise, str]]] = {
    Outcome.SUCCESS: (gettext_lazy("성공"), "ok"),
    Outcome.MINOR_FAILURE: (gettext_lazy("작은 실패"), "warn"),
    Outcome.SERIOUS_FAILURE: (gettext_lazy("큰 실패"), "stop"),
    Outcome.MAJOR_FAILURE: (gettext_lazy("중대한 실패"), "stop"),
}
_KINDS: Final[Mapping[Kind, str | Promise]] = {
    Kind.BROKEN: gettext_lazy("깨진 감사 메시지"),
    Kind.SYSLOG: gettext_lazy("감사 메시지가 아닌 것"),
    Kind.UNREADABLE: gettext_lazy("읽을 수 없는 것"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One message."""

    number: int
    what: str
    code: str
    when: str
    source: str
    institution: str
    transport: str
    state: str
    tag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What was found, and what can be asked."""

    rows: tuple[Row, ...]
    outcomes: tuple[tuple[str, str], ...]
    asked: bool
    own: bool


def page(found: Found, asked: Mapping[str, str], *, own: UUID | None) -> Page:
    """The page; `own` where whoever looks sees one institution's alone."""
    return Page(
        rows=tuple(map(_row, found.lines)),
        outcomes=tuple((str(int(code)), str(words)) for code, (words, _tag) in _OUTCOMES.items()),
        asked=any(asked.values()),
        own=own is not None,
    )


def _row(one: Line) -> Row:
    code = one.type or one.event
    state, tag = _OUTCOMES.get(-1 if one.outcome is None else one.outcome, ("", ""))
    return Row(
        number=one.number,
        what=transaction_name(code) if code else str(_KINDS.get(one.kind, _("감사 메시지"))),
        code=code,
        when=moment(one.time),
        source=one.source,
        institution=institution_name(one.institution, one.time) if one.institution else "",
        transport=one.transport,
        state=str(state),
        tag=tag,
    )
