"""As whom a page is looked at. Until sign-in is built, only a demo node lets one choose."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PATIENT = "patient"
INSTITUTION = "institution"
OPERATOR = "operator"

View = Callable[..., HttpResponseBase]


def choose(request: HttpRequest, who: str, id_: UUID | None) -> None:
    """Keep in the session as whom the pages are looked at."""
    request.session[f"viewing-{who}"] = str(id_ or "")


def chosen(request: HttpRequest, who: str) -> UUID | None:
    """The patient or institution that was chosen, if one was."""
    kept = request.session.get(f"viewing-{who}")
    return UUID(kept) if kept else None


def only_on_a_demo_node(room: str | Promise) -> Callable[[View], View]:
    """Answer with a page in words (403) on any node that is not a demo."""

    def guarded(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *arguments: object, **named: object) -> HttpResponseBase:
            if not settings.NARU.demo:
                return not_open(request, room, _NO_SIGN_IN)
            return view(request, *arguments, **named)

        return answer

    return guarded


def not_open(request: HttpRequest, room: str | Promise, why: str | Promise) -> HttpResponse:
    """A calm page that says why there is nothing to see here."""
    return render(request, "ui/not_open.html", {"room": room, "why": why}, status=403)


_NO_SIGN_IN = _(
    "이 노드에는 아직 로그인이 없습니다. 로그인이 열리기 전에는 아무 기록도 보여 주지 않습니다."
)
