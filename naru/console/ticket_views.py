"""The tickets that an office answers: its own, and nobody else's."""

from typing import Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from naru.console import ticket_presenters as presenters
from naru.exchange.access import Access
from naru.exchange.page_access import access_of
from naru.tickets import queries, services
from naru.tickets.errors import NotTheirs, TicketRefused
from naru.ui import viewing

ROOM = _("문의")

LOOK: Final = "tickets"
ANSWER: Final = "answer ticket"
"""The transactions, as the audit names them."""

_REFUSED: Final = _("답을 1,000자 안으로 적어 주세요. 끝난 문의에는 적을 수 없습니다.")


@require_safe
@viewing.for_action("answer-ticket", ROOM)
def waiting(request: HttpRequest) -> HttpResponse:
    """What waits, then what was closed."""
    rows = presenters.rows(queries.waiting(access_of(request, LOOK)))
    return render(request, "console/tickets.html", {"rows": rows})


@require_safe
@viewing.for_action("answer-ticket", ROOM)
def one(request: HttpRequest, ticket: UUID) -> HttpResponse:
    """One, with all that was said."""
    return _shown(request, access_of(request, LOOK), ticket)


@require_POST
@viewing.for_action("answer-ticket", ROOM)
def answer(request: HttpRequest, ticket: UUID) -> HttpResponseBase:
    """Answer the patient, or note for the office; and close it if that is all."""
    access = access_of(request, ANSWER)
    told = request.POST.get("to") != "office"
    close = request.POST.get("close") == "yes"
    try:
        services.answer(access, ticket, request.POST.get("words", ""), told=told, close=close)
    except NotTheirs as nobody:
        raise Http404 from nobody
    except TicketRefused:
        return _shown(request, access, ticket, _REFUSED)
    return redirect("console-ticket", ticket)


def _shown(
    request: HttpRequest, access: Access, ticket: UUID, refused: str | Promise = ""
) -> HttpResponse:
    try:
        page = presenters.page(queries.at_office(access, ticket))
    except NotTheirs as nobody:
        raise Http404 from nobody
    shown = {"page": page, "refused": refused}
    return render(request, "console/ticket.html", shown, status=422 if refused else 200)
