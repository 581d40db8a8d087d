from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from naru.audit.records import RecordId
from naru.domain.caller import Caller
from naru.exchange.consent_issue import full_name
from naru.patients import queries as patients
from naru.portal import acts, papers, presenters
from naru.ui import viewing
from naru.ui.clock import now

ROOM = _("환자 포털")


@require_safe
@viewing.for_action("see-own-record", ROOM)
def home(request: HttpRequest) -> HttpResponse:
    """Who saw my record, and whether I consent."""
    caller, patient = _of_whom(request)
    before = _before(request)
    crossings, standing = acts.look(caller, patient, now(), before=before)
    name = full_name(patients.demographics(patient))
    more = len(crossings) == acts.DEEP
    page = presenters.home(name, crossings, standing, more=more, earlier=before is not None)
    return render(request, "portal/home.html", {"page": page, "earlier": before})


@require_POST
@viewing.for_action("give-consent", ROOM)
def consent(request: HttpRequest) -> HttpResponse:
    """Turn the consent on or off, as the form says."""
    caller, patient = _of_whom(request)
    acts.turn(caller, patient, now(), on=request.POST.get("wanted") == "on")
    return redirect("portal")


@require_safe
@viewing.for_action("see-own-record", ROOM)
def paper(request: HttpRequest) -> HttpResponse:
    """The consent as it stands, as a document to keep or to take elsewhere."""
    caller, patient = _of_whom(request)
    content = papers.consent_paper(caller, patient, now())
    if content is None:
        raise Http404
    return HttpResponse(
        content,
        content_type="application/xml; charset=utf-8",
        headers={
            "Content-Disposition": 'attachment; filename="consent.xml"',
            "Cache-Control": "no-store",
        },
    )


def _before(request: HttpRequest) -> RecordId | None:
    """The record from which the list goes on, as the page before it said."""
    given = request.GET.get("before")
    try:
        return RecordId(UUID(given)) if given else None
    except ValueError as error:
        raise Http404 from error


def _of_whom(request: HttpRequest) -> tuple[Caller, UUID]:
    """Who looks, and whose page it is: their own, or that of the person whom they represent."""
    caller = viewing.caller(request)
    assert caller.patient is not None, "a citizen's caller names whose records are theirs"
    return caller, caller.patient
