"""The cases that acts of consent led to, in words; nobody is named."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from naru.consent.cases import Case, CaseEntry, CaseKind
from naru.directory import queries as directory
from naru.domain import roles
from naru.domain.caller import Role
from naru.ui.clock import moment, now, today
from naru.ui.names import in_language


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What was done, when and by whom."""

    when: str
    who: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One open case."""

    id: UUID
    number: str
    kind: str
    opened: str
    due: str
    state: str
    tag: str
    blocked: tuple[tuple[str, int], ...]
    kept: tuple[str, ...]
    lines: tuple[Line, ...]


_KINDS: Final = {
    CaseKind.WITHDRAWAL: gettext_lazy("동의 철회의 처리"),
    CaseKind.OBJECTION: gettext_lazy("본인이 하지 않았다는 신고"),
}
_FIRST: Final = {
    "whole": gettext_lazy("전부 철회"),
    "partial": gettext_lazy("일부 철회"),
    "grant": gettext_lazy("접수처의 동의 등록에 대한 이의"),
    "withdraw": gettext_lazy("접수처의 철회 등록에 대한 이의"),
    "exclude": gettext_lazy("접수처의 제외 등록에 대한 이의"),
    "include": gettext_lazy("접수처의 제외 해제에 대한 이의"),
}


def duties(cases: Sequence[Case]) -> list[Duty]:
    """Every open case, the first due at the head."""
    return [_duty(one) for one in cases]


def _duty(case: Case) -> Duty:
    first = case.entries[0][1]
    state, tag = _state(case.due)
    return Duty(
        id=case.id,
        number=str(case.id)[:8],
        kind=str(_KINDS[case.kind]),
        opened=moment(case.opened),
        due=f"{today(case.due)}",
        state=state,
        tag=tag,
        blocked=tuple((_institution(one.institution), one.documents) for one in first.blocked),
        kept=first.kept,
        lines=tuple(_line(time, entry) for time, entry in case.entries),
    )


def _state(due: datetime) -> tuple[str, str]:
    left = (today(due) - today(now())).days
    if left < 0:
        return _("기한이 지났습니다"), "stop"
    if left <= 3:  # noqa: PLR2004  # Days before which those who handle it are told.
        return _("%(days)d일 남았습니다") % {"days": left}, "warn"
    return _("%(days)d일 남았습니다") % {"days": left}, "info"


def _line(time: datetime, entry: CaseEntry) -> Line:
    what = str(_FIRST.get(entry.what, entry.what))
    return Line(when=moment(time), who=_role(entry.who), what=what)


def _role(who: str) -> str:
    row = roles.role_table().roles[Role(who)]
    return row.korean if get_language() == "ko" else row.english


def _institution(id_: UUID | None) -> str:
    known = directory.by_id(id_, on=today(now())) if id_ else None
    return in_language(known.name) if known else _("이름을 알 수 없는 곳")
