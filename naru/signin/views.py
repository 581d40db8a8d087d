"""Signing in: by a passkey, by 본인확인, by what was kept for bad days."""

import secrets
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from naru.accounts import sealed
from naru.accounts.errors import (
    AlreadyKnown,
    CeremonyInvalid,
    NotRecognised,
    ProviderUnavailable,
    Refused,
    TooSoon,
)
from naru.accounts.values import Session, VerifiedPerson
from naru.domain.roles import Factor
from naru.exchange import identify, page_access
from naru.exchange.access import Access
from naru.exchange.callers import blocking, signing_in
from naru.exchange.callers.signing_in import Begin, Browser
from naru.signin import session as kept
from naru.ui.clock import now

RETURN: Final = "/sign-in/identity/return"
LARGEST_ANSWER: Final = 64 * 1024
"""Characters of a passkey's answer; an authenticator's own part is a few hundred."""

_VERIFYING: Final = "verifying"
_VERIFIED: Final = "verified"


@require_safe
@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """How to sign in; whoever is signed in already goes on."""
    if kept.signed_in(request) is not None:
        return redirect(kept.safe_next(request, request.GET.get("next", ""), "/"))
    return _page(request, "", request.GET.get("next", ""))


@require_POST
@never_cache
def ask_passkey(request: HttpRequest) -> HttpResponse:
    """What the browser is to ask an authenticator, of whichever account."""
    options, challenge = signing_in.ask_passkey(now())
    kept.keep_challenge(request, challenge)
    return JsonResponse(options)


@require_POST
@never_cache
def by_passkey(request: HttpRequest) -> HttpResponseBase:
    """The authenticator's answer."""
    challenge, browser = kept.challenge(request), kept.browser(request)
    access = access_of(request, signing_in.SIGN_IN)
    try:
        if challenge is None:
            raise CeremonyInvalid("nothing was asked")
        begun = signing_in.by_passkey(access, challenge, answer_of(request), browser)
    except Refused as refusal:
        return _refused(request, access, refusal)
    return welcome(request, begun, browser)


@require_POST
@sensitive_post_parameters("password")
@never_cache
def by_password(request: HttpRequest) -> HttpResponseBase:
    """A name and a password, for whoever chose to have one."""
    browser, access = kept.browser(request), access_of(request, signing_in.SIGN_IN)
    login, password = request.POST.get("login", ""), request.POST.get("password", "")
    try:
        begun = signing_in.by_password(access, login, password, browser)
    except Refused as refusal:
        return _refused(request, access, refusal)
    return welcome(request, begun, browser)


@require_POST
@sensitive_post_parameters("code")
@never_cache
def by_recovery_code(request: HttpRequest) -> HttpResponseBase:
    """A code that was kept on paper."""
    browser, access = kept.browser(request), access_of(request, signing_in.SIGN_IN)
    try:
        begun = signing_in.by_recovery_code(access, request.POST.get("code", ""), browser)
    except Refused as refusal:
        return _refused(request, access, refusal)
    return welcome(request, begun, browser)


@require_POST
@never_cache
def ask_identity(request: HttpRequest) -> HttpResponseBase:
    """Send the browser to the provider of 본인확인."""
    session = kept.signed_in(request)
    access_of(request, signing_in.STEP_UP if session else signing_in.SIGN_IN, session)
    state = secrets.token_urlsafe(24)
    try:
        begun = signing_in.ask_identity(settings.NARU.pages_url + RETURN, state)
    except ProviderUnavailable:
        return _page(request, _PROVIDER, request.POST.get("next", ""), status=503)
    request.session[_VERIFYING] = [begun.reference, state, request.POST.get("next", "")]
    return redirect(begun.page)


@require_safe
@never_cache
def identity_return(request: HttpRequest) -> HttpResponseBase:
    """The browser comes back from the provider."""
    reference, state, after = request.session.pop(_VERIFYING, ["", "", ""])
    signed_in = kept.signed_in(request)
    access = access_of(request, signing_in.STEP_UP if signed_in else signing_in.SIGN_IN)
    given = request.GET.get("state", "")
    try:
        if not (state and secrets.compare_digest(given.encode(), state.encode())):
            raise CeremonyInvalid("another verification's return")
        person = signing_in.identified(access, reference, request.GET.get("code", ""))
        if signed_in is not None:
            return _confirmed(request, access, signed_in, person, after)
        return _by_identity(request, access, person, after)
    except ProviderUnavailable:
        return _page(request, _PROVIDER, after, status=503)
    except Refused as refusal:
        return _refused(request, access, refusal)


@require_safe
@never_cache
def sign_up(request: HttpRequest) -> HttpResponse:
    """Whom the provider named, and that they have no account yet."""
    access_of(request, signing_in.SIGN_UP)
    person, _after = _signing_up(request)
    return render(request, "signin/sign_up.html", {"name": person.name, "born": person.born})


@require_POST
@never_cache
def signed_up(request: HttpRequest) -> HttpResponseBase:
    """Make the account."""
    browser, access = kept.browser(request), access_of(request, signing_in.SIGN_UP)
    person, after = _signing_up(request)
    try:
        begun = signing_in.sign_up(access, person, browser)
    except AlreadyKnown as refusal:
        return _refused(request, access, refusal)
    return welcome(request, begun, browser, after or "/account")


@require_POST
@never_cache
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this sign-in."""
    session = kept.signed_in(request)
    access = access_of(request, signing_in.SIGN_OUT, session)
    if session is not None:
        signing_in.sign_out(access, session)
    kept.forget(request)
    return redirect("/")


@require_safe
@never_cache
def confirm(request: HttpRequest, factor: str) -> HttpResponse:
    """Show something again before an act that asks for it."""
    if kept.signed_in(request) is None:
        return redirect("/sign-in")
    if factor not in set(Factor):
        raise Http404
    return _confirming(request, factor, request.GET.get("next", ""))


@require_POST
@never_cache
def confirm_by_passkey(request: HttpRequest) -> HttpResponseBase:
    """The passkey, shown again."""
    session = kept.signed_in(request)
    access = access_of(request, signing_in.STEP_UP, session)
    if session is None:
        access.refused("NotSignedIn")
        return redirect("/sign-in")
    challenge, after = kept.challenge(request), request.POST.get("next", "")
    try:
        if challenge is None:
            raise CeremonyInvalid("nothing was asked")
        signing_in.step_up_by_passkey(access, session, challenge, answer_of(request))
    except Refused as refusal:
        signing_in.refused(access, refusal)
        return _confirming(request, Factor.PASSKEY, after, _NOT_IN, status=403)
    return redirect(kept.safe_next(request, after, "/"))


def access_of(request: HttpRequest, transaction: str, session: Session | None = None) -> Access:
    """The one access of this request, by whoever is signed in or by a stranger."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    caller = (
        identify.stranger(address=address)
        if session is None
        else signing_in.of_account(session, address=address)
    )
    access = page_access.begun(request)
    if access is None:
        return page_access.begin(request, transaction, caller)
    access.caller = caller  # As themself, whatever they act as elsewhere.
    return page_access.access_of(request, transaction)


def answer_of(request: HttpRequest) -> dict[str, Any]:
    """What an authenticator answered, as the browser tells it; raises CeremonyInvalid."""
    text = request.POST.get("answer", "")
    try:
        told = msgspec.json.decode(text) if len(text) <= LARGEST_ANSWER else None
    except (msgspec.MsgspecError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise CeremonyInvalid("no answer")
    return told


def _by_identity(
    request: HttpRequest, access: Access, person: VerifiedPerson, after: str
) -> HttpResponseBase:
    browser = kept.browser(request)
    try:
        begun = signing_in.by_identity(access, person, browser)
    except NotRecognised as refusal:
        if blocking.blocked(person) is not None:
            kept.keep_blocked(request, person)
            return redirect("sign-in-blocked")
        if signing_in.has_account(person):
            return _refused(request, access, refusal)
        request.session[_VERIFIED] = [sealed.carry(person), after]
        return redirect("/sign-up")
    return welcome(request, begun, browser, after)


def _confirmed(
    request: HttpRequest, access: Access, session: Session, person: VerifiedPerson, after: str
) -> HttpResponseBase:
    access.caller = signing_in.of_account(session, address=access.caller.address)
    try:
        signing_in.step_up_by_identity(access, session, person)
    except Refused as refusal:
        signing_in.refused(access, refusal)
        return _confirming(request, Factor.IDENTITY, after, _NOT_IN, status=403)
    return redirect(kept.safe_next(request, after, "/"))


def _signing_up(request: HttpRequest) -> tuple[VerifiedPerson, str]:
    carried, after = request.session.get(_VERIFIED, ["", ""])
    if not carried:
        raise Http404
    return sealed.carried(carried), after


def welcome(
    request: HttpRequest, begun: Begin, browser: Browser, after: str | None = None
) -> HttpResponseBase:
    """On from a sign-in to where the person wanted to go."""
    given = request.POST.get("next", "") if after is None else after
    onward = kept.safe_next(request, given, "/")
    kept.keep(request, begun)
    response = redirect(onward)
    kept.remember(response, browser)
    return response


def _refused(request: HttpRequest, access: Access, refusal: Refused) -> HttpResponse:
    """One answer for whatever was wrong: nobody learns whether there is such an account."""
    signing_in.refused(access, refusal)
    words = _WAIT if isinstance(refusal, TooSoon) else _NOT_IN
    return _page(request, words, request.POST.get("next", ""), status=403)


def _confirming(
    request: HttpRequest, factor: str, after: str, words: str | Promise = "", status: int = 200
) -> HttpResponse:
    told = {"factor": factor, "next": after, "words": words}
    return _with_provider(render(request, "signin/confirm.html", told, status=status))


def _page(
    request: HttpRequest, words: str | Promise, after: str, status: int = 200
) -> HttpResponse:
    told = {"next": after, "words": words}
    return _with_provider(render(request, "signin/sign_in.html", told, status=status))


def _with_provider(response: HttpResponse) -> HttpResponse:
    """A page whose form leads on to the provider of 본인확인 says so to the browser."""
    parts = urlsplit(settings.NARU.identity_provider)
    if parts.netloc:
        response.naru_leads_to = f"{parts.scheme}://{parts.netloc}"  # type: ignore[attr-defined]  # Read by `node.headers`.
    return response


_NOT_IN: Final = _("로그인하지 못했습니다. 다시 해 보거나 다른 방법을 고르세요.")
_WAIT: Final = _(
    "여러 번 실패해서 잠시 기다려야 합니다. 조금 뒤에 다시 하거나 다른 방법을 고르세요."
)
_PROVIDER: Final = _("지금은 본인확인 기관과 이어지지 않습니다. 조금 뒤에 다시 해 보세요.")
