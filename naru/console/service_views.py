"""The accounts of programs, on the page of apps."""

from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from naru.accounts.errors import ClientInvalid, NotFound
from naru.exchange.access import Access
from naru.exchange.callers import service_accounts, staff
from naru.exchange.page_access import access_of
from naru.security.jwks import JwksRefused
from naru.ui import viewing

ROOM = _("연결 앱")
ACTION = "register-client"

_WRONG = _("이름, 기관, 범위와 공개 열쇠(JWKS)를 확인하세요. 비밀 열쇠는 넣지 않습니다.")


@require_POST
@never_cache
@viewing.for_action(ACTION, ROOM)
def register(request: HttpRequest) -> HttpResponseBase:
    """Keep an account."""
    access, given = access_of(request, service_accounts.SERVICE), request.POST
    try:
        institution = UUID(given.get("institution", ""))
        scopes = given.get("scopes", "").split()
        service_accounts.register(
            access, given.get("name", ""), institution, scopes, given.get("jwks", "")
        )
    except (ValueError, ClientInvalid) as wrong:
        return _refused(request, access, wrong)
    return redirect("console-clients")


@require_POST
@never_cache
@viewing.for_action(ACTION, ROOM)
def rotate(request: HttpRequest) -> HttpResponseBase:
    """Give it new keys."""
    access = access_of(request, service_accounts.SERVICE)
    try:
        service_accounts.rotate(
            access, request.POST.get("account", ""), request.POST.get("jwks", "")
        )
    except (NotFound, JwksRefused) as wrong:
        return _refused(request, access, wrong)
    return redirect("console-clients")


@require_POST
@never_cache
@viewing.for_action(ACTION, ROOM)
def suspend(request: HttpRequest) -> HttpResponseBase:
    """Let it do nothing, or let it again."""
    access, wanted = access_of(request, service_accounts.SERVICE), request.POST.get("wanted")
    try:
        service_accounts.suspend(
            access, request.POST.get("account", ""), suspended=wanted == "suspended"
        )
    except NotFound as wrong:
        return _refused(request, access, wrong)
    return redirect("console-clients")


def _refused(request: HttpRequest, access: Access, wrong: Exception) -> HttpResponseBase:
    staff.refused(access, wrong)
    told = {"what": _("바꾸지 않았습니다"), "why": _WRONG}
    return render(request, "ui/trouble.html", told, status=422)
