"""The call centre's page: how an account or a request stands, by its number; and blocking."""

from typing import Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from naru.accounts.errors import NotFound, Refused
from naru.accounts.values import BlockCause
from naru.console import account_presenters as presenters
from naru.exchange.access import Access
from naru.exchange.callers import blocking
from naru.exchange.callers.staff import refused
from naru.exchange.page_access import access_of
from naru.ui import viewing

ROOM = _("계정과 접수")

LONGEST: Final = 40
"""Characters of a number, however it is grouped."""

_NOBODY: Final = _("그 번호의 계정이나 접수가 없습니다. 번호를 다시 물어 보세요.")
_NOT_BLOCKED: Final = _("잠그지 않았습니다. 이미 잠겼거나, 보안 담당자가 잠글 계정입니다.")
_NOT_OPENED: Final = _("열지 않았습니다. 까닭을 적고, 잠긴 계정인지 확인하세요.")


@require_http_methods(["GET", "HEAD", "POST"])
@viewing.for_action("see-status", ROOM)
def find(request: HttpRequest) -> HttpResponseBase:
    """An account by its number, or a request by its own."""
    if request.method != "POST":
        return _form(request)
    number, access = request.POST.get("number", "").strip()[:LONGEST], _access(request)
    try:
        if presenters.is_ticket(number):
            found = presenters.ticket(blocking.ticket(access, number))
            return render(request, "console/accounts.html", {"ticket": found})
        return redirect("console-account", blocking.find(access, number))
    except NotFound:
        return _form(request, _NOBODY)


@require_safe
@viewing.for_action("see-status", ROOM)
def state(request: HttpRequest, account: UUID) -> HttpResponse:
    """How it stands, and what whoever looks may do about it."""
    return _shown(request, _access(request), account)


@require_POST
@viewing.for_action("block-account", ROOM)
def block(request: HttpRequest, account: UUID) -> HttpResponseBase:
    """Block it at once."""
    access = _access(request, blocking.BLOCK)
    try:
        blocking.block(access, account, BlockCause(request.POST.get("cause", "")))
    except NotFound as nobody:
        raise Http404 from nobody
    except (ValueError, Refused) as wrong:
        refused(access, wrong)
        return _shown(request, access, account, _NOT_BLOCKED)
    return redirect("console-account", account)


@require_POST
@viewing.for_action("open-account", ROOM)
def open_again(request: HttpRequest, account: UUID) -> HttpResponseBase:
    """Open it, for a reason."""
    access = _access(request, blocking.OPEN)
    try:
        blocking.open_again(access, account, request.POST.get("reason", ""))
    except Refused:
        return _shown(request, access, account, _NOT_OPENED)
    return redirect("console-account", account)


def _form(request: HttpRequest, refused: str | Promise = "") -> HttpResponse:
    told = {"refused": refused}
    return render(request, "console/accounts.html", told, status=422 if refused else 200)


def _shown(
    request: HttpRequest, access: Access, account: UUID, refused: str | Promise = ""
) -> HttpResponse:
    try:
        found = blocking.state(access, account)
    except NotFound as nobody:
        raise Http404 from nobody
    told = {"page": presenters.page(found, access.caller.role), "refused": refused}
    return render(request, "console/account.html", told, status=422 if refused else 200)


def _access(request: HttpRequest, transaction: str = blocking.STATE) -> Access:
    return access_of(request, transaction)
