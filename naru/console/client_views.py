"""The apps that people may let in, and the accounts that wait for a steward."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from naru.accounts import clients
from naru.accounts.errors import ClientInvalid, NotFound
from naru.accounts.values import OAuthClient
from naru.console import staff_presenters as presenters
from naru.directory import queries as directory
from naru.exchange.access import Access
from naru.exchange.callers import apps, service_accounts, staff
from naru.exchange.page_access import access_of
from naru.exchange.patients import linking
from naru.ui import viewing
from naru.ui.clock import now
from naru.ui.names import in_language

ROOM = _("연결 앱")
LINKS = _("계정과 환자 잇기")


@require_safe
@never_cache
@viewing.for_action("register-client", ROOM)
def listed(request: HttpRequest) -> HttpResponse:
    """Every app, and a form for one more."""
    return _page(request)


@require_POST
@never_cache
@viewing.for_action("register-client", ROOM)
def register(request: HttpRequest) -> HttpResponseBase:
    """Keep an app."""
    access = _access(request)
    try:
        apps.register(access, _client(request.POST))
    except (ValueError, ClientInvalid) as wrong:
        staff.refused(access, wrong)
        words = _("이름과 https로 시작하는 온전한 주소, 겹치지 않는 ID가 있어야 합니다.")
        return _page(request, words)
    return redirect("console-clients")


@require_POST
@never_cache
@viewing.for_action("register-client", ROOM)
def suspend(request: HttpRequest) -> HttpResponseBase:
    """Give an app nothing, or give again."""
    wanted = request.POST.get("wanted") == "suspended"
    try:
        apps.suspend(_access(request), request.POST.get("client", ""), suspended=wanted)
    except NotFound:
        return _page(request, _("그런 앱이 없습니다."))
    return redirect("console-clients")


@require_safe
@never_cache
@viewing.for_action("resolve-matches", LINKS)
def links(request: HttpRequest) -> HttpResponse:
    """The accounts whose person is not surely a patient."""
    access = access_of(request, linking.LIST)
    return render(request, "console/links.html", {"rows": linking.waiting(access)})


@require_POST
@never_cache
@viewing.for_action("resolve-matches", LINKS)
def settle(request: HttpRequest) -> HttpResponseBase:
    """Say who it is, or that it is none of these."""
    access = access_of(request, linking.LINK)
    chosen = request.POST.get("patient", "")
    try:
        account = UUID(request.POST.get("account", ""))
        linking.settle(access, account, UUID(chosen) if chosen else None)
    except (ValueError, linking.Unlinkable) as wrong:
        staff.refused(access, wrong)
        why = _("그 계정과 환자는 이을 수 없습니다. 목록을 다시 확인하세요.")
        told = {"what": _("바꾸지 않았습니다"), "why": why}
        return render(request, "ui/trouble.html", told, status=422)
    return redirect("console-links")


def _client(given: QueryDict) -> OAuthClient:
    """What the form says; raises ValueError."""
    return OAuthClient(
        id=given.get("client_id", "").strip() or clients.new_id(),
        name=given.get("name", ""),
        institution=UUID(chosen) if (chosen := given.get("institution", "")) else None,
        redirect_uris=tuple(given.get("redirect_uris", "").split()),
        launch_uri=given.get("launch_uri", "").strip(),
        scopes=frozenset(given.get("scopes", "").split()),
        confidential=given.get("kind") == "confidential",
        suspended=False,
    )


def _page(request: HttpRequest, refused: str | Promise = "") -> HttpResponse:
    moment = now()
    told = {
        "services": presenters.service_rows(service_accounts.registered(), moment),
        "clients": presenters.client_rows(apps.registered(_access(request)), moment),
        "institutions": [
            (str(one.id), in_language(one.name)) for one in directory.all_institutions(on=moment)
        ],
        "refused": refused,
    }
    return render(request, "console/clients.html", told, status=422 if refused else 200)


def _access(request: HttpRequest) -> Access:
    return access_of(request, apps.CLIENT)
