"""One's own account: passkeys, devices, what one acts as."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from naru.accounts import blocks
from naru.accounts.errors import CeremonyInvalid, InvitationInvalid, NotFound, Refused
from naru.accounts.values import Session
from naru.exchange.access import Access
from naru.exchange.callers import acting, signing_in
from naru.signin import presenters
from naru.signin import session as kept
from naru.signin.views import access_of, answer_of
from naru.ui import viewing
from naru.ui.clock import now

ROOM = _("내 로그인")
MANAGE = "manage-own-sign-in"
CHANGE = "change-own-sign-in"


@require_safe
@never_cache
@viewing.for_action(MANAGE, ROOM)
def home(request: HttpRequest) -> HttpResponse:
    """Who I am here, by what I sign in, and where I am signed in."""
    return _page(request)


@require_POST
@never_cache
@viewing.for_action(CHANGE, ROOM)
def ask_passkey(request: HttpRequest) -> HttpResponse:
    """What the browser is to ask an authenticator for a new passkey."""
    options, challenge = signing_in.ask_new_passkey(_session(request), now())
    kept.keep_challenge(request, challenge)
    return JsonResponse(options)


@require_POST
@never_cache
@viewing.for_action(CHANGE, ROOM)
def add_passkey(request: HttpRequest) -> HttpResponseBase:
    """The new passkey."""
    challenge, (access, session) = kept.challenge(request), _changing(request)
    name = request.POST.get("name", "") or kept.browser(request).name
    try:
        if challenge is None:
            raise CeremonyInvalid("nothing was asked")
        signing_in.add_passkey(access, session, challenge, answer_of(request), name)
    except Refused as refusal:
        return _refused(request, access, refusal, _("패스키를 만들지 못했습니다."))
    return redirect("account")


@require_POST
@never_cache
@viewing.for_action(CHANGE, ROOM)
def remove_passkey(request: HttpRequest) -> HttpResponseBase:
    """Take a passkey away."""
    access, session = _changing(request)
    try:
        signing_in.remove_passkey(access, session, _id(request, "passkey"))
    except Refused as refusal:
        return _refused(request, access, refusal, _("그런 패스키가 없습니다."))
    return redirect("account")


@require_POST
@never_cache
@viewing.for_action(MANAGE, ROOM)
def end_device(request: HttpRequest) -> HttpResponseBase:
    """Sign out on another device, or on all of them."""
    session = _session(request)
    access = access_of(request, signing_in.ENDED_DEVICE, session)
    try:
        if request.POST.get("device") == "others":
            signing_in.end_others(access, session)
        else:
            signing_in.end_device(access, session, _id(request, "device"))
    except Refused as refusal:
        return _refused(request, access, refusal, _("이미 로그아웃된 기기입니다."))
    return redirect("account")


@require_POST
@never_cache
@sensitive_post_parameters("password")
@viewing.for_action(CHANGE, ROOM)
def set_password(request: HttpRequest) -> HttpResponseBase:
    """A password beside the passkeys, or none."""
    access, session = _changing(request)
    login, password = request.POST.get("login", ""), request.POST.get("password", "")
    try:
        signing_in.set_password(access, session, login, password)
    except Refused as refusal:
        words = _("아이디는 4자 이상, 비밀번호는 12자 이상으로 흔하지 않게 정하세요.")
        return _refused(request, access, refusal, words)
    return redirect("account")


@require_POST
@never_cache
@viewing.for_action(CHANGE, ROOM)
def new_recovery_codes(request: HttpRequest) -> HttpResponse:
    """Codes to print and keep; shown once."""
    access, session = _changing(request)
    codes = signing_in.new_recovery_codes(access, session)
    return render(
        request,
        "signin/recovery_codes.html",
        {"codes": codes, "number": blocks.number(session.account)},
    )


@require_POST
@never_cache
@viewing.for_action(MANAGE, ROOM)
def accept_invitation(request: HttpRequest) -> HttpResponseBase:
    """Take up a post at an institution, by the code of its administrator."""
    access, session = _changing(request, acting.ACCEPT)
    try:
        acting.accept(access, session, request.POST.get("code", ""))
    except InvitationInvalid as refusal:
        words = _("이 초대 코드로는 할 수 없습니다. 코드와 이름을 초대한 분과 확인하세요.")
        return _refused(request, access, refusal, words)
    return redirect("account")


@require_POST
@never_cache
@viewing.for_action(MANAGE, ROOM)
def act_as(request: HttpRequest) -> HttpResponseBase:
    """Go on as somebody of an institution, for oneself, or for whom one represents."""
    access, session = _changing(request, acting.ACT_AS)
    try:
        acting.act_as(access, session, request.POST.get("as", ""))
    except Refused as refusal:
        return _refused(request, access, refusal, _("지금은 그렇게 할 수 없습니다."))
    kept.act_anew(request)
    return redirect("start")


def _page(request: HttpRequest, words: str | Promise = "", status: int = 200) -> HttpResponse:
    session = _session(request)
    access = access_of(request, "own account", session)
    account = signing_in.account(access, session)
    page = presenters.account(account, session, acting.represented(session, access.time), now())
    told = {"page": page, "words": words}
    return render(request, "signin/account.html", told, status=status)


def _refused(
    request: HttpRequest, access: Access, refusal: Refused, words: str | Promise
) -> HttpResponse:
    signing_in.refused(access, refusal)
    page = {"what": _("바꾸지 않았습니다"), "why": words}
    return render(request, "ui/trouble.html", page, status=403)


def _session(request: HttpRequest) -> Session:
    found = kept.signed_in(request)
    assert found is not None, "own pages open to who has signed in alone"
    return found


def _changing(
    request: HttpRequest, transaction: str = signing_in.CHANGED
) -> tuple[Access, Session]:
    session = _session(request)
    return access_of(request, transaction, session), session


def _id(request: HttpRequest, name: str) -> UUID:
    try:
        return UUID(request.POST.get(name, ""))
    except ValueError:
        raise NotFound from None
