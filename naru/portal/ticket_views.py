"""A citizen says that a record or an access is wrong, and reads what became of it."""

from typing import Final
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from naru.audit.records import RecordId
from naru.consent.errors import ConsentRefused
from naru.exchange.access import Access
from naru.portal import ticket_presenters as presenters
from naru.portal.consent_views import of_whom
from naru.tickets import queries, services
from naru.tickets.errors import NotTheirs, TicketRefused
from naru.ui import viewing

ROOM = _("문의")

LOOK: Final = "own tickets"
OPEN: Final = "open ticket"
"""The transactions, as the audit names them."""

LONGEST_NAME: Final = 256

_WORDS: Final = _("무엇이 틀렸는지 1,000자 안으로 적어 주세요.")
_CLOSED: Final = _("끝난 문의이거나 적은 말이 없습니다. 1,000자 안으로 적어 주세요.")


@require_safe
@viewing.for_action("see-own-matters", ROOM)
def listed(request: HttpRequest) -> HttpResponse:
    """What was said to be wrong, and how it stands."""
    access, patient = of_whom(request, LOOK)
    rows = presenters.rows(queries.of_patient(access, patient))
    return render(request, "portal/tickets.html", {"rows": rows})


@require_POST
@viewing.for_action("report-access", ROOM)
def new(request: HttpRequest) -> HttpResponseBase:
    """The form about a document or an access; sent with words, a ticket. Neither is in an address.

    The same form twice leads to the same ticket.
    """
    access, patient = of_whom(request, OPEN)
    if "words" not in request.POST:
        return _form(request)
    try:
        opened = _opened(request, access, patient)
    except (NotTheirs, ValueError) as nobody:
        raise Http404 from nobody
    except (TicketRefused, ConsentRefused):
        return _form(request, _WORDS)
    return redirect("portal-ticket", opened)


@require_safe
@viewing.for_action("see-own-matters", ROOM)
def one(request: HttpRequest, ticket: UUID) -> HttpResponse:
    """Its number, and what was said."""
    access, patient = of_whom(request, LOOK)
    return _shown(request, access, patient, ticket)


@require_POST
@viewing.for_action("report-access", ROOM)
def reply(request: HttpRequest, ticket: UUID) -> HttpResponseBase:
    """One word more."""
    access, patient = of_whom(request, OPEN)
    try:
        services.reply(access, patient, ticket, request.POST.get("words", ""))
    except NotTheirs as nobody:
        raise Http404 from nobody
    except TicketRefused:
        return _shown(request, access, patient, ticket, _CLOSED)
    return redirect("portal-ticket", ticket)


def _opened(request: HttpRequest, access: Access, patient: UUID) -> UUID:
    words, once = request.POST.get("words", ""), UUID(request.POST.get("once", ""))
    if record := request.POST.get("record"):
        found = RecordId(UUID(record))
        return services.about_access(access, patient, found, words, once)
    return services.about_record(access, patient, request.POST.get("document", ""), words, once)


def _form(request: HttpRequest, refused: str | Promise = "") -> HttpResponse:
    shown = {
        "document": request.POST.get("document", "")[:LONGEST_NAME],
        "record": request.POST.get("record", "")[:LONGEST_NAME],
        "words": request.POST.get("words", "")[:10_000],
        "once": request.POST.get("once", "")[:40] or uuid4(),
        "refused": refused,
    }
    return render(request, "portal/ticket_form.html", shown, status=422 if refused else 200)


def _shown(
    request: HttpRequest,
    access: Access,
    patient: UUID,
    ticket: UUID,
    refused: str | Promise = "",
) -> HttpResponse:
    try:
        page = presenters.page(queries.own(access, patient, ticket))
    except NotTheirs as nobody:
        raise Http404 from nobody
    shown = {"page": page, "refused": refused}
    return render(request, "portal/ticket.html", shown, status=422 if refused else 200)
