from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from naru.audit.records import RecordId
from naru.exchange import crossings
from naru.portal import access_presenters
from naru.portal.access_presenters import SHOWN
from naru.portal.consent_views import of_whom
from naru.portal.views import ROOM, before
from naru.ui import viewing

ACCESSES = "own accesses"
QUESTION = "question an access"
"""The transactions of these pages, as the audit names them."""


@require_safe
@viewing.for_action("see-own-matters", ROOM)
def accesses(request: HttpRequest) -> HttpResponse:
    """Who saw what of mine, as what, for what, and why it was allowed."""
    access, patient = of_whom(request, ACCESSES)
    earlier = before(request)
    page = access_presenters.accesses(crossings.who_saw(access, patient, SHOWN, earlier))
    return render(request, "portal/accesses.html", {"page": page, "earlier": earlier})


@require_POST
@viewing.for_action("report-access", ROOM)
def question(request: HttpRequest) -> HttpResponse:
    """Ask the institution about an access that the patient does not know of."""
    access, patient = of_whom(request, QUESTION)
    try:
        record = RecordId(UUID(request.POST.get("record", "")))
        crossings.question(access, patient, record)
    except (ValueError, crossings.NotTheirs) as error:
        raise Http404 from error
    return redirect("portal-accesses")
