from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from naru.clinic import acts, emergency_presenters, presenters
from naru.domain import roles
from naru.domain.xds import DocumentRequest
from naru.exchange.page_access import access_of
from naru.patients import queries as patients
from naru.ui import viewing
from naru.viewer.showing import document, handed_out

ROOM = _("진료실")
CHOOSE = _("교류 시연 화면에서 어느 병원의 화면을 볼지 먼저 고르세요.")


@require_safe
@viewing.for_action("see-patient", ROOM)
def first_view(request: HttpRequest) -> HttpResponse:
    """What this institution sees of the patient now."""
    access = access_of(request, acts.FIND)
    chosen = whom(request)
    if chosen is None and not settings.NARU.demo:
        return redirect("clinic-patient")
    if chosen is None:
        return viewing.not_open(request, ROOM, CHOOSE)
    institution, patient = chosen
    emergency = acts.asking(access, patient)
    entries = acts.find(access, patient)
    page = presenters.first_view(institution, patients.demographics(patient), entries)
    banner = emergency_presenters.banner(emergency)
    can_open = roles.may(access.caller.role, "open-emergency")
    can_send = roles.may(access.caller.role, "send-referral")
    shown = {"page": page, "banner": banner, "can_open": can_open, "can_send": can_send}
    return render(request, "clinic/first_view.html", shown)


@require_POST
@viewing.for_action("see-patient", ROOM)
def open_one(request: HttpRequest) -> HttpResponse:
    """Open one document and show what it says; `as` asks for it as a file."""
    access, chosen = access_of(request, acts.OPEN), whom(request)
    if chosen is None:
        return viewing.not_open(request, ROOM, CHOOSE)
    asked = DocumentRequest(
        repository_unique_id=request.POST.get("repository", ""),
        document_unique_id=request.POST.get("document", ""),
    )
    emergency = acts.asking(access, chosen[1])
    opened = acts.open_document(access, asked)
    if form := request.POST.get("as"):
        return handed_out(opened, form)
    shown = {"page": document(opened), "banner": emergency_presenters.banner(emergency)}
    return render(request, "clinic/document.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@viewing.for_action("see-patient", ROOM)
def choose(request: HttpRequest) -> HttpResponse:
    """Open a patient of one's own institution, by its number: never in the address."""
    access, refused = access_of(request, acts.LOOK), False
    if request.method == "POST":
        number = request.POST.get("number", "").strip()
        found = acts.by_number(access, number)
        if len(found) == 1:
            viewing.choose(request, viewing.PATIENT, found[0].patient)
            return redirect("clinic")
        refused = True
    shown = {"refused": refused}
    return render(request, "clinic/choose.html", shown, status=422 if refused else 200)


def whom(request: HttpRequest) -> tuple[UUID, UUID] | None:
    """From which institution one looks, at which patient; None where none is chosen."""
    institution = viewing.caller(request).institution
    patient = viewing.chosen(request, viewing.PATIENT)
    if institution is None or patient is None:
        return None
    return institution, patient
