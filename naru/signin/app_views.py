"""Letting apps in: the authorization endpoint, and opening an app with the patient who is open."""

from typing import cast
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from naru.accounts.errors import NotFound
from naru.domain.scopes import Offer
from naru.exchange.callers import apps, authorization, signing_in
from naru.exchange.callers.authorization import (
    Asked,
    AuthorizationRequest,
    ClientUnknown,
    NotAuthorized,
)
from naru.exchange.page_access import access_of
from naru.signin import app_presenters
from naru.signin import session as kept
from naru.ui import viewing

ROOM = _("앱 연결")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@viewing.for_action("allow-app", ROOM)
def authorize(request: HttpRequest) -> HttpResponseBase:
    """What an app asks of me, and my word (OAuth 2.1 section 4.1)."""
    told = _read(request.GET)
    access, session = access_of(request, authorization.AUTHORIZE), kept.signed_in(request)
    if session is None:
        return viewing.not_open(request, ROOM, _("앱 연결은 로그인한 뒤에 할 수 있습니다."))
    try:
        asked = authorization.asked(
            told,
            access.caller,
            session,
            chosen=viewing.chosen(request, viewing.PATIENT),
            access=access,
            offer=_offer(),
        )
        if request.method != "POST":
            return _page(request, asked)
        word = request.POST.get("word") == "yes"
        return redirect(authorization.answer(access, told, asked, session, word=word))
    except ClientUnknown as refusal:
        signing_in.refused(access, refusal)
        return viewing.not_open(request, ROOM, _("등록되지 않은 앱이거나 주소가 다릅니다."))
    except NotAuthorized as refusal:
        signing_in.refused(access, refusal)
        return redirect(authorization.told(told, refusal))


@require_safe
@never_cache
@viewing.for_action("allow-app", ROOM)
def listed(request: HttpRequest) -> HttpResponse:
    """The apps that open with the patient who is open."""
    rows = apps.to_open(access_of(request, apps.LIST))
    open_one = viewing.chosen(request, viewing.PATIENT) is not None
    return render(request, "signin/apps.html", {"apps": rows, "open": open_one})


@require_POST
@never_cache
@viewing.for_action("see-patient", ROOM)
def launch(request: HttpRequest) -> HttpResponseBase:
    """Open an app with the patient (EHR launch)."""
    access, session = access_of(request, apps.LAUNCH), kept.signed_in(request)
    patient = viewing.chosen(request, viewing.PATIENT)
    if session is None or patient is None:
        raise Http404
    try:
        return redirect(apps.launch(access, session, patient, request.POST.get("app", "")))
    except NotFound as refusal:
        raise Http404 from refusal


def _page(request: HttpRequest, asked: Asked) -> HttpResponse:
    page = app_presenters.asked(asked)
    response = render(request, "signin/authorize.html", {"page": page})
    # The form is answered by leading on to the app.
    parts = urlsplit(request.GET["redirect_uri"])
    response.naru_leads_to = f"{parts.scheme}://{parts.netloc}"  # type: ignore[attr-defined]  # Read by `node.headers`.
    return response


def _read(given: QueryDict) -> AuthorizationRequest:
    # OAuth 2.1 section 3.1: a parameter that stands twice is as good as none.
    one = {name: values[0] for name, values in given.lists() if len(values) == 1}
    return AuthorizationRequest(
        response_type=one.get("response_type", ""),
        client_id=one.get("client_id", ""),
        redirect_uri=one.get("redirect_uri", ""),
        scopes=frozenset(one.get("scope", "").split()),
        state=one.get("state", ""),
        audience=one.get("aud", ""),
        challenge=one.get("code_challenge", ""),
        challenge_method=one.get("code_challenge_method", ""),
        launch=one.get("launch", ""),
        nonce=one.get("nonce", "")[: authorization.LONGEST_STATE],
    )


def _offer() -> Offer:
    return cast("Offer", settings.NARU_OFFER)
