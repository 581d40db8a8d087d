"""Research, statistics and evaluation: which are approved, which I joined; join, and leave."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from naru.consent.errors import ConsentRefused
from naru.consent.programmes import ProgrammeKind
from naru.exchange.access import Access
from naru.exchange.consent import programmes, wishes
from naru.exchange.consent.programmes import JOINING, Offered
from naru.portal.consent_views import of_whom
from naru.portal.views import ROOM
from naru.ui import viewing
from naru.ui.clock import moment

_KINDS: Final[Mapping[ProgrammeKind, str | Promise]] = {
    ProgrammeKind.RESEARCH: gettext_lazy("연구"),
    ProgrammeKind.STATISTICS: gettext_lazy("통계"),
    ProgrammeKind.EVALUATION: gettext_lazy("평가"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One programme in words."""

    code: str
    name: str
    facts: tuple[tuple[str, str], ...]
    joined: str
    open: bool
    may_join: bool
    may_leave: bool
    by_consent: bool


@require_safe
@viewing.for_action("see-own-matters", ROOM)
def listed(request: HttpRequest) -> HttpResponse:
    """What is approved and what I joined."""
    access, patient = of_whom(request, JOINING)
    try:
        found = programmes.of_patient(access, patient)
    except ConsentRefused:
        return _not_now(request)
    rows = tuple(map(_row, found))
    joined = sum(1 for one in rows if one.joined)
    return render(request, "portal/programmes.html", {"rows": rows, "joined": joined})


@require_POST
@viewing.for_action("give-consent", ROOM)
def join(request: HttpRequest) -> HttpResponse:
    """Take part from now on, in records that are asked for while it stands."""
    return _acted(request, wishes.join_programme)


@require_POST
@viewing.for_action("withdraw-consent", ROOM)
def leave(request: HttpRequest) -> HttpResponse:
    """Take part no more, from the next request on."""
    return _acted(request, wishes.leave_programme)


def _acted(request: HttpRequest, act: Callable[[Access, UUID, str], object]) -> HttpResponse:
    access, patient = of_whom(request, JOINING)
    try:
        act(access, patient, request.POST.get("programme", ""))
    except ConsentRefused:
        return _not_now(request)
    return redirect("portal-programmes")


def _not_now(request: HttpRequest) -> HttpResponse:
    what = _("지금은 바꿀 수 없습니다.")
    why = _("승인된 연구와 사업에 환자 본인만 참여하고, 참여한 것만 그만둘 수 있습니다.")
    return render(request, "ui/trouble.html", {"what": what, "why": why}, status=403)


def _row(one: Offered) -> Row:
    told = one.programme
    return Row(
        code=one.code,
        name=one.code if told is None else told.name,
        facts=_facts(one),
        joined=moment(one.joined.since) if one.joined else "",
        open=one.open,
        may_join=one.own and one.open and one.by_consent and one.joined is None,
        may_leave=one.own and one.joined is not None,
        by_consent=one.by_consent,
    )


def _facts(one: Offered) -> tuple[tuple[str, str], ...]:
    told = one.programme
    if told is None:
        return ()
    papers = ", ".join(name or code for code, name in told.papers) or _("모든 종류의 문서")
    return (
        (_("무엇을 위해"), str(_KINDS[told.kind])),
        (_("승인"), f"{told.approver} {told.approval}".strip()),
        (_("근거"), told.basis),
        (_("기간"), f"{told.first} ~ {told.last}"),
        (_("보는 것"), papers if told.records else _("한 사람의 기록은 보지 않고 숫자만 봅니다")),
    )
