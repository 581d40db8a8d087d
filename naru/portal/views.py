from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from naru.audit.records import RecordId
from naru.exchange.consent_issue import full_name
from naru.patients import queries as patients
from naru.portal import acts, consent_presenters, presenters
from naru.portal.consent_views import of_whom
from naru.ui import viewing

ROOM = _("마이차트")


@require_safe
@viewing.for_action("see-own-matters", ROOM)
def home(request: HttpRequest) -> HttpResponse:
    """Who saw my record, and whether I consent."""
    access, patient = of_whom(request, acts.LOOK)
    earlier = before(request)
    crossings, standing = acts.look(access, patient, before=earlier)
    name = full_name(patients.demographics(patient))
    more = len(crossings) == acts.DEEP
    page = presenters.home(name, crossings, standing, more=more, earlier=earlier is not None)
    behalf = consent_presenters.on_behalf(name, acts.represents(access, patient))
    return render(request, "portal/home.html", {"page": page, "earlier": earlier, "behalf": behalf})


def before(request: HttpRequest) -> RecordId | None:
    """The record from which the list goes on, as the page before it said."""
    given = request.GET.get("before")
    try:
        return RecordId(UUID(given)) if given else None
    except ValueError as error:
        raise Http404 from error
