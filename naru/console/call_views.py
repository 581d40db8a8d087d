"""The call-centre desk: who calls, how it stands with them, and a ticket of the call."""

from datetime import date
from typing import Final
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from naru.accounts.errors import NotFound, TooSoon
from naru.console import call_presenters as presenters
from naru.exchange import call_desk
from naru.exchange.access import Access
from naru.exchange.page_access import access_of
from naru.tickets import queries, services
from naru.tickets.errors import TicketRefused
from naru.ui import viewing

ROOM = _("전화 상담")

CALL: Final = "call"
"""The transaction, as the audit names it."""

_KEPT: Final = "call-patient"
_LONGEST: Final = 60
_DIGITS: Final = call_desk.LAST

_NOBODY: Final = _("한 분을 찾지 못했습니다. 이름, 생년월일, 전화번호 끝자리를 다시 물어 보세요.")
_TOO_SOON: Final = _("여러 번 찾지 못했습니다. 잠시 뒤에 다시 하세요.")
_WORDS: Final = _("무슨 전화였는지 1,000자 안으로 적어 주세요.")


@require_http_methods(["GET", "HEAD", "POST"])
@viewing.for_action("take-call", ROOM)
def desk(request: HttpRequest) -> HttpResponse:
    """Find who calls, by what they say; shown is how it stands, and no name."""
    access = access_of(request, CALL)
    if request.method != "POST":
        request.session.pop(_KEPT, None)
        return _shown(request)
    try:
        found = call_desk.find(access, _said(request))
    except (NotFound, ValueError):
        request.session.pop(_KEPT, None)
        return _shown(request, refused=_NOBODY)
    except TooSoon:
        return _shown(request, refused=_TOO_SOON)
    request.session[_KEPT] = str(found)
    return _shown(request, _page(access, found))


@require_POST
@viewing.for_action("take-call", ROOM)
def ticket(request: HttpRequest) -> HttpResponseBase:
    """A ticket of the call: of who was found, or of nobody."""
    access = access_of(request, CALL)
    patient = _kept(request)
    try:
        once = UUID(request.POST.get("once", ""))
        made = services.of_call(access, patient, request.POST.get("words", ""), once)
    except (TicketRefused, ValueError):
        page = None if patient is None else _page(access, patient)
        return _shown(request, page, refused=_WORDS)
    return redirect("console-ticket", made)


def _said(request: HttpRequest) -> call_desk.Caller:
    """What the form says; raises ValueError."""
    name = request.POST.get("name", "").strip()
    telephone = request.POST.get("telephone", "").strip()
    if (
        not name
        or len(name) > _LONGEST
        or not (telephone.isdecimal() and len(telephone) == _DIGITS)
    ):
        raise ValueError("something is not said")
    born = date.fromisoformat(request.POST.get("born", ""))
    return call_desk.Caller(name=name, born=born, telephone=telephone)


def _kept(request: HttpRequest) -> UUID | None:
    kept = request.session.get(_KEPT)
    return UUID(kept) if kept else None


def _page(access: Access, patient: UUID) -> presenters.Page:
    return presenters.page(call_desk.stands(access, patient), queries.states(patient))


def _shown(
    request: HttpRequest,
    page: presenters.Page | None = None,
    *,
    refused: str | Promise = "",
) -> HttpResponse:
    shown = {
        "page": page,
        "refused": refused,
        "once": uuid4(),
        "words": request.POST.get("words", "")[:1_000],
    }
    return render(request, "console/calls.html", shown, status=422 if refused else 200)
