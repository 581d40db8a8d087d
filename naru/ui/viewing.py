"""As whom a page is looked at: the person who signed in, or on a demo the story's chosen person."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Final, Protocol, cast
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.functional import Promise

from naru.domain import roles
from naru.domain.caller import Caller, Role

PATIENT = "patient"
INSTITUTION = "institution"
OPERATOR = "operator"

SIGN_IN: Final = "/sign-in"
"""Where a person signs in, and comes back from."""

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """Who looks, and may."""

    caller: Caller


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInFirst:
    """Nobody has signed in, or what was shown then is not enough for this act: go there.

    `back` is where to come back to, where that is not the page that was asked for.
    """

    path: str = SIGN_IN
    back: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Whoever signed in may not do this. The refusal has left its record."""

    why: str | Promise


class Asking(Protocol):
    """What the middleware of `signin` puts on each request as `asking`."""

    def __call__(self, action: str) -> Admitted | SignInFirst | Refused:
        """Whether whoever asks may do this, and who it is."""


def choose(request: HttpRequest, who: str, id_: UUID | None) -> None:
    """Keep in the session as whom the pages are looked at."""
    request.session[f"viewing-{who}"] = str(id_ or "")


def chosen(request: HttpRequest, who: str) -> UUID | None:
    """The patient or institution that was chosen, if one was."""
    kept = request.session.get(f"viewing-{who}")
    return UUID(kept) if kept else None


def for_action(action: str, room: str | Promise) -> Callable[[View], View]:
    """Open a page to whom `roles.json` allows the action; `caller(request)` then says who it is.

    Whoever has not signed in, or has not shown what the act asks for, is led to do so and comes
    back; all others get a page in words (403). An unknown action is a KeyError at import.
    """
    known = roles.role_table().actions[action].code

    def guarded(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *arguments: object, **named: object) -> HttpResponseBase:
            asking = cast("Asking", request.asking)  # type: ignore[attr-defined]  # Put there by the middleware.
            match asking(known):
                case Admitted(caller=who):
                    request.caller = who  # type: ignore[attr-defined]  # Read by `caller` alone.
                    return view(request, *arguments, **named)
                case SignInFirst(path=path, back=back):
                    onward = urlencode({"next": back or _back(request)})
                    return HttpResponseRedirect(f"{path}?{onward}")
                case Refused(why=why):
                    return not_open(request, room, why)

        answer.action = known  # type: ignore[attr-defined]  # Read by the role matrix.
        return answer

    return guarded


def caller(request: HttpRequest) -> Caller:
    """Who looks at a page that is open `for_action`."""
    return cast("Caller", request.caller)  # type: ignore[attr-defined]  # Set by `for_action`.


def role(request: HttpRequest) -> Role | None:
    """As what whoever looks has signed in; None for whoever has not.

    It asks nothing and leaves no record: it chooses what navigation shows, and opens nothing.
    """
    known = getattr(request, "role", None)  # The middleware of `signin` puts it there.
    return known() if known else None


def not_open(request: HttpRequest, room: str | Promise, why: str | Promise) -> HttpResponse:
    """A calm page that says why there is nothing to see here."""
    return render(request, "ui/not_open.html", {"room": room, "why": why}, status=403)


def _back(request: HttpRequest) -> str:
    """The page to come back to; a form that was sent is found again on the page that held it."""
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    return request.headers.get("Referer", "")
