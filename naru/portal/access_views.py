"""교류 이력: who saw what of mine, one access with its proof, the whole of it as a file."""

from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from naru.audit.records import RecordId
from naru.exchange.audit import crossings
from naru.exchange.audit.crossings import Sought
from naru.portal import access_presenters, mandate_presenters
from naru.portal.access_presenters import SHOWN
from naru.portal.consent_views import of_whom
from naru.portal.tables import lines
from naru.portal.views import ROOM, before
from naru.ui import consent_form, viewing

ACCESSES: Final = "own accesses"
QUESTION: Final = "question an access"
"""The transactions of these pages, as the audit names them."""

_FIELDS: Final = ("kind", "first", "last", "institution", "own")


@require_safe
@viewing.for_action("see-own-matters", ROOM)
def accesses(request: HttpRequest) -> HttpResponse:
    """Who saw what of mine, as what, for what, and why it was allowed."""
    access, patient = of_whom(request, ACCESSES)
    earlier, sought = before(request), _sought(request)
    page = access_presenters.accesses(crossings.who_saw(access, patient, SHOWN, earlier, sought))
    asked = {name: request.GET[name] for name in _FIELDS if request.GET.get(name)}
    shown = {
        "page": page,
        "earlier": earlier,
        "choices": access_presenters.choices(asked.get("kind", "")),
        "asked": asked,
        "query": urlencode(asked),
        "behalf": mandate_presenters.behalf(access, patient),
    }
    return render(request, "portal/accesses.html", shown)


@require_safe
@viewing.for_action("see-own-matters", ROOM)
def access(request: HttpRequest, record: UUID) -> HttpResponse:
    """One access, with what proves it."""
    looking, patient = of_whom(request, ACCESSES)
    found = crossings.one(looking, patient, RecordId(record))
    if found is None:
        raise Http404
    return render(request, "portal/access.html", {"page": access_presenters.one_access(found)})


@require_safe
@viewing.for_action("see-own-matters", ROOM)
def as_file(request: HttpRequest) -> HttpResponse:
    """The same rows as a table to keep (CSV, RFC 4180)."""
    looking, patient = of_whom(request, ACCESSES)
    found = crossings.all_of(looking, patient, _sought(request))
    rows = (access_presenters.cells(access_presenters.row(one)) for one in found.seen)
    return HttpResponse(
        "".join(lines((tuple(map(str, access_presenters.COLUMNS)), *rows))),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="accesses.csv"'},
    )


@require_POST
@viewing.for_action("report-access", ROOM)
def question(request: HttpRequest) -> HttpResponse:
    """Ask the institution about an access that the patient does not know of."""
    looking, patient = of_whom(request, QUESTION)
    try:
        record = RecordId(UUID(request.POST.get("record", "")))
        crossings.question(looking, patient, record)
    except (ValueError, crossings.NotTheirs) as error:
        raise Http404 from error
    return redirect("portal-access", record)


def _sought(request: HttpRequest) -> Sought:
    """What the filter asks for. Raises Http404 for what no form of ours sends."""
    given = request.GET
    try:
        first, last = (consent_form.day(given.get(name, "")) for name in ("first", "last"))
        institution = UUID(given["institution"]) if given.get("institution") else None
    except ValueError as error:
        raise Http404 from error
    return Sought(
        first=first,
        last=last,
        institution=institution,
        of=access_presenters.sought(given.get("kind", "")),
        own=given.get("own") == "1",
    )
