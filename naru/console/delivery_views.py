"""An agency's inbox: what patients submitted to it, each opened once; nothing else of anybody."""

from typing import Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from naru.console import delivery_presenters as presenters
from naru.deliveries import queries
from naru.deliveries.errors import NotTheirs
from naru.deliveries.queries import RECEIVED
from naru.domain.xds import DocumentRequest
from naru.exchange.page_access import access_of
from naru.ui import viewing
from naru.viewer.opening import open_document
from naru.viewer.showing import document, form_asked, handed_out

ROOM = _("제출받은 문서")

OPEN: Final = "ITI-43"
"""The transaction, as the audit names it."""


@require_safe
@viewing.for_action("receive-delivery", ROOM)
def inbox(request: HttpRequest) -> HttpResponse:
    """By number, purpose and state; whose it is stands in the documents alone."""
    access = access_of(request, RECEIVED)
    try:
        found = queries.inbox(access).submissions
    except NotTheirs as nobody:
        raise Http404 from nobody
    rows = presenters.rows(found, access.time)
    return render(request, "console/deliveries.html", {"rows": rows})


@require_safe
@viewing.for_action("receive-delivery", ROOM)
def one(request: HttpRequest, submission: UUID) -> HttpResponse:
    """The documents that were chosen, and whether each is the registered one."""
    access = access_of(request, RECEIVED)
    try:
        found, proofs = queries.received(access, submission)
    except NotTheirs as nobody:
        raise Http404 from nobody
    page = presenters.page(found, proofs, access.time)
    return render(request, "console/delivery.html", {"page": page})


@require_POST
@viewing.for_action("receive-delivery", ROOM)
def open_one(request: HttpRequest, submission: UUID) -> HttpResponse:
    """Open one of them, the one time; `as` asks for it as a file."""
    access = access_of(request, OPEN)
    form = form_asked(request)
    try:
        chosen = queries.received_document(access, submission, request.POST.get("document", ""))
    except NotTheirs as nobody:
        raise Http404 from nobody
    asked = DocumentRequest(
        repository_unique_id=chosen.repository, document_unique_id=chosen.document
    )
    opened = open_document(access, asked)
    if form:
        return handed_out(opened, form)
    if opened is None:
        return render(request, "console/delivery_closed.html", {"back": submission}, status=422)
    shown = {
        "page": document(opened),
        "chosen": chosen,
        "checked": presenters.checked(chosen, opened),
        "back": submission,
    }
    return render(request, "console/delivery_open.html", shown)
