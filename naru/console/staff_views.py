"""Who is what at an institution: its own administrator's page, and the operator's."""

from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from naru.accounts.errors import Refused
from naru.accounts.posts import Invitation
from naru.console import staff_presenters as presenters
from naru.domain.caller import Role
from naru.exchange.access import Access
from naru.exchange.callers import staff
from naru.exchange.page_access import access_of
from naru.ui import viewing
from naru.ui.clock import now, today
from naru.ui.names import role_name

ROOM = _("직원 관리")
ACTION = "administer-staff"


@require_safe
@never_cache
@viewing.for_action(ACTION, ROOM)
def listed(request: HttpRequest) -> HttpResponse:
    """Everybody of the institution, and whom to invite."""
    return _page(request, _institution(request, request.GET.get("institution", "")))


@require_POST
@never_cache
@viewing.for_action(ACTION, ROOM)
def invite(request: HttpRequest) -> HttpResponse:
    """A post and its code, shown once."""
    access = _access(request)
    institution = _institution(request, request.POST.get("institution", ""))
    try:
        invitation = Invitation(
            institution=institution,
            role=Role(request.POST.get("role", "")),
            name=request.POST.get("name", "").strip(),
            department=request.POST.get("department", "").strip()[:40],
            licence=request.POST.get("licence", "").strip()[:40],
            first_day=_day(request.POST.get("first_day", "")) or today(now()),
            last_day=_day(request.POST.get("last_day", "")),
        )
        post, code = staff.invite(access, invitation)
    except ValueError as wrong:
        staff.refused(access, wrong)
        return _page(request, institution, _WRONG)
    except Refused:
        return _page(request, institution, _NOT_GIVEN)
    told = {"name": post.name, "role": role_name(post.role), "code": code}
    return render(request, "console/staff_invited.html", told)


@require_POST
@never_cache
@viewing.for_action(ACTION, ROOM)
def end(request: HttpRequest) -> HttpResponseBase:
    """End a post from the next request on."""
    access = _access(request)
    try:
        post = staff.end(access, UUID(request.POST.get("post", "")))
    except (ValueError, Refused) as wrong:
        staff.refused(access, wrong)
        return _refused(request, _NO_POST)
    chosen = f"?institution={post.institution}" if post.institution else ""
    return redirect(f"/console/staff{chosen}")


def _page(
    request: HttpRequest, institution: UUID | None, refused: str | Promise = ""
) -> HttpResponse:
    """With what was typed, where it was refused."""
    try:
        posts = staff.staff(_access(request), institution)
    except Refused:
        return viewing.not_open(request, ROOM, _("다른 기관의 직원은 볼 수 없습니다."))
    page = presenters.page(viewing.caller(request), institution, posts, now())
    shown = {"page": page, "refused": refused, "given": request.POST}
    return render(request, "console/staff.html", shown, status=422 if refused else 200)


def _refused(request: HttpRequest, words: str | Promise) -> HttpResponse:
    told = {"what": _("바꾸지 않았습니다"), "why": words}
    return render(request, "ui/trouble.html", told, status=422)


def _institution(request: HttpRequest, given: str) -> UUID | None:
    """The caller's own; the operator chooses, and without a choice sees the operating body's."""
    own = viewing.caller(request).institution
    if own is not None:
        return own
    try:
        return UUID(given) if given else None
    except ValueError:
        return None


def _access(request: HttpRequest) -> Access:
    return access_of(request, staff.STAFF)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


_WRONG = _("이름과 역할, 날짜를 다시 확인하세요.")
_NOT_GIVEN = _("그 역할은 운영자만 줄 수 있습니다.")
_NO_POST = _("그런 직원이 없거나 이미 끝났습니다.")
