"""What a browser keeps of a sign-in: an id in its session, and a secret by which it is known again.

The session's key is new at every sign-in, so that nobody can prepare one for somebody else.
"""

import re
import secrets
from datetime import datetime
from typing import Final, cast
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from naru.accounts import sealed, sessions
from naru.accounts.passkeys import Challenge
from naru.accounts.values import Session, VerifiedPerson
from naru.domain import roles
from naru.domain.roles import Factor
from naru.exchange.callers import clinic_launch
from naru.exchange.callers.signing_in import Begin, Browser
from naru.signin import unsent
from naru.ui.clock import now

DEVICE_COOKIE: Final = "naru-device"
DEVICE_SECONDS: Final = 400 * 24 * 60 * 60
"""As long as browsers keep a cookie at most."""

_SIGN_IN: Final = "sign-in"
_CHALLENGE: Final = "challenge"
_BLOCKED: Final = "blocked"
_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_BROWSERS: Final = (("Edg/", "Edge"), ("SamsungBrowser", "Samsung Internet"), ("Whale", "Whale"),
                    ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip
_MACHINES: Final = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"),
                    ("Windows", "Windows"), ("Mac OS", "Mac"), ("Linux", "Linux"))  # fmt: skip


def signed_in(request: HttpRequest) -> Session | None:
    """The sign-in of this browser, if it stands; asked once for each request."""
    if not hasattr(request, "naru_signed_in"):
        kept = request.session.get(_SIGN_IN)
        found = sessions.session(UUID(kept), now()) if kept else None
        request.naru_signed_in = found  # type: ignore[attr-defined]  # Kept for this request.
    return cast("Session | None", request.naru_signed_in)  # type: ignore[attr-defined]  # Same.


def keep(request: HttpRequest, begun: Begin) -> None:
    """The browser is signed in from now on, under a new session key.

    Nothing else is kept but what the same account was sending when its sign-in ran out, and what
    an EMR is opening, which says itself for whom.
    """
    owner = sessions.whose(begun.session)
    unsent_of_theirs = None if owner is None else unsent.carried(request, owner)
    launch = clinic_launch.carried(request.session)
    request.session.flush()
    request.session[_SIGN_IN] = str(begun.session)
    unsent.put_back(request, unsent_of_theirs)
    clinic_launch.put_back(request.session, launch)


def ran_out(request: HttpRequest) -> UUID | None:
    """Whose sign-in this browser had, whether or not it still stands."""
    kept = request.session.get(_SIGN_IN)
    return sessions.whose(UUID(kept)) if kept else None


def act_anew(request: HttpRequest) -> None:
    """The person acts as somebody else from now on: under a new key, and with nobody open.

    Who was open at one institution is not for the next one to see.
    """
    sign_in = request.session[_SIGN_IN]
    request.session.flush()
    request.session[_SIGN_IN] = sign_in


def forget(request: HttpRequest) -> None:
    """The browser is signed in no more."""
    request.session.flush()


def browser(request: HttpRequest) -> Browser:
    """The device that asks: known again by its cookie, new without one."""
    kept = request.COOKIES.get(DEVICE_COOKIE, "")
    device = kept if _SECRET.fullmatch(kept) else secrets.token_urlsafe(32)
    return Browser(device=device, name=_name(request.headers.get("User-Agent", "")))


def remember(response: HttpResponseBase, browser: Browser) -> None:
    """Let the device be known again."""
    response.set_cookie(
        DEVICE_COOKIE,
        browser.device,
        max_age=DEVICE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def keep_challenge(request: HttpRequest, challenge: Challenge) -> None:
    """Keep what a passkey was asked."""
    request.session[_CHALLENGE] = [challenge.value, challenge.ends.isoformat()]


def challenge(request: HttpRequest) -> Challenge | None:
    """What a passkey was asked, once."""
    kept = request.session.pop(_CHALLENGE, None)
    if kept is None:
        return None
    return Challenge(value=kept[0], ends=datetime.fromisoformat(kept[1]))


def keep_blocked(request: HttpRequest, person: VerifiedPerson) -> None:
    """Keep, sealed, who was just verified and has an account that is blocked."""
    request.session[_BLOCKED] = [sealed.carry(person), now().isoformat()]


def blocked_person(request: HttpRequest) -> VerifiedPerson | None:
    """Whom the provider named a moment ago; what is older is to be shown again."""
    carried, at = request.session.get(_BLOCKED, ["", ""])
    if not carried or now() - datetime.fromisoformat(at) > roles.fresh(Factor.IDENTITY):
        return None
    return sealed.carried(carried)


def safe_next(request: HttpRequest, given: str, otherwise: str) -> str:
    """Where to go on: an address of this node's own pages, and nowhere else."""
    host = {request.get_host()}
    if given and url_has_allowed_host_and_scheme(given, host):
        parts = urlsplit(given)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        if path.startswith("/") and not path.startswith("//"):
            return path
    return otherwise


def _name(agent: str) -> str:
    program = next((name for mark, name in _BROWSERS if mark in agent), "")
    machine = next((name for mark, name in _MACHINES if mark in agent), "")
    return " · ".join(part for part in (machine, program) if part) or _("알 수 없는 기기")
