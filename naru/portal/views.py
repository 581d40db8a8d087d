from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from naru.audit.records import RecordId
from naru.domain.caller import Caller
from naru.exchange import identify
from naru.patients import queries as patients
from naru.portal import acts, papers, presenters
from naru.ui import viewing
from naru.ui.clock import now

ROOM = _("환자 포털")
CHOOSE = _("교류 시연 화면에서 누구의 화면을 볼지 먼저 고르세요.")


@require_safe
@viewing.only_on_a_demo_node(ROOM)
def home(request: HttpRequest) -> HttpResponse:
    """Who saw my record, and whether I consent."""
    patient = viewing.chosen(request, viewing.PATIENT)
    if patient is None:
        return viewing.not_open(request, ROOM, CHOOSE)
    before = _before(request)
    crossings, standing = acts.look(_caller(request, patient), patient, now(), before=before)
    name = presenters.full_name(patients.demographics(patient))
    more = len(crossings) == acts.DEEP
    page = presenters.home(name, crossings, standing, more=more, earlier=before is not None)
    return render(request, "portal/home.html", {"page": page, "earlier": before})


@require_POST
@viewing.only_on_a_demo_node(ROOM)
def consent(request: HttpRequest) -> HttpResponse:
    """Turn the consent on or off, as the form says."""
    patient = viewing.chosen(request, viewing.PATIENT)
    if patient is None:
        return viewing.not_open(request, ROOM, CHOOSE)
    on = request.POST.get("wanted") == "on"
    acts.turn(_caller(request, patient), patient, now(), on=on)
    return redirect("portal")


@require_safe
@viewing.only_on_a_demo_node(ROOM)
def paper(request: HttpRequest) -> HttpResponse:
    """The consent as it stands, as a document to keep or to take elsewhere."""
    patient = viewing.chosen(request, viewing.PATIENT)
    if patient is None:
        return viewing.not_open(request, ROOM, CHOOSE)
    content = papers.consent_paper(_caller(request, patient), patient, now())
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


def _caller(request: HttpRequest, patient: UUID) -> Caller:
    return identify.patient(patient, address=request.META.get("REMOTE_ADDR", ""))
