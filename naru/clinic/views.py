from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from naru.clinic import (
    acts,
    emergency_presenters,
    first_view_presenters,
    presenters,
    taking_out,
    visit,
)
from naru.clinic.choosing import ROOM, choose_first, whom
from naru.domain import roles
from naru.domain.order_checks import Order, OrderKind
from naru.domain.xds import DocumentRequest
from naru.exchange.charts import first_view as exchange
from naru.exchange.charts.past_history import LOOK
from naru.exchange.page_access import access_of
from naru.patients import queries as patients
from naru.ui import viewing
from naru.ui.clock import today
from naru.viewer.showing import document, form_asked, handed_out

KINDS = ((OrderKind.DRUG, _("약")), (OrderKind.IMAGING, _("영상검사")), (OrderKind.TEST, _("검사")))
LONGEST = 200
"""Characters of an order's name."""


@require_safe
@viewing.for_action("see-patient", ROOM)
def first_view(request: HttpRequest) -> HttpResponse:
    """What this institution sees of the patient now."""
    return _shown(request, None)


@require_POST
@viewing.for_action("see-patient", ROOM)
def check(request: HttpRequest) -> HttpResponse:
    """The same page, with what an order would meet in what is seen there."""
    name = request.POST.get("name", "").strip()[:LONGEST]
    try:
        kind = OrderKind(request.POST.get("kind", ""))
    except ValueError:
        return _shown(request, None)
    on = today(access_of(request).time)
    return _shown(request, Order(kind=kind, date=on, name=name) if name else None)


@require_safe
@viewing.for_action("see-patient", ROOM)
def documents(request: HttpRequest) -> HttpResponse:
    """Every document that this institution sees of the patient now."""
    access, chosen = access_of(request, acts.FIND), whom(request)
    if chosen is None:
        return choose_first(request)
    _institution, patient = chosen
    emergency = acts.asking(access, patient)
    found = tuple(reversed(acts.find(access, patient)))
    on = today(access.time)
    shown = {
        "page": presenters.person(patients.demographics(patient)),
        "documents": first_view_presenters.documents(found, on, len(found)),
        "banner": emergency_presenters.banner(emergency),
    }
    return render(request, "clinic/documents.html", shown)


def _shown(request: HttpRequest, order: Order | None) -> HttpResponse:
    access, chosen = access_of(request, LOOK), whom(request)
    if chosen is None:
        return choose_first(request)
    institution, patient = chosen
    emergency = acts.asking(access, patient)
    told = exchange.look(access, patient, order)
    purpose = str(_("응급 진료")) if emergency else visit.reason(request, patient)
    known, on = patients.demographics(patient), today(access.time)
    shown = {
        "page": first_view_presenters.page(institution, known, told, on, purpose),
        "banner": emergency_presenters.banner(emergency),
        "can_open": roles.may(access.caller.role, "open-emergency"),
        "can_protect": roles.may(access.caller.role, "flag-abuse"),
        "can_send": roles.may(access.caller.role, "send-referral"),
        "kinds": KINDS,
        "kind": order.kind if order else "",
        "checked": order.name if order else "",
    }
    return render(request, "clinic/first_view.html", shown)


@require_POST
@viewing.for_action("see-patient", ROOM)
def open_one(request: HttpRequest) -> HttpResponse:
    """Open one document and show what it says; `as` asks for it as a file, with a reason."""
    access, chosen = access_of(request, acts.OPEN), whom(request)
    if chosen is None:
        return choose_first(request)
    form = form_asked(request)
    if form and (question := taking_out.asked(request)):
        return question
    repository, _blank, document_id = request.POST.get("open", "").partition(" ")
    asked = DocumentRequest(
        repository_unique_id=repository or request.POST.get("repository", ""),
        document_unique_id=document_id or request.POST.get("document", ""),
    )
    # Whoever has a patient open asks of that patient, whether or not there is such a document:
    # an officer who reads the table of accesses learns from it neither that there is nor is not.
    access.concerns(chosen[1])
    emergency = acts.asking(access, chosen[1])
    opened = acts.open_document(access, asked)
    if form:
        return handed_out(opened, form)
    shown = {"page": document(opened), "banner": emergency_presenters.banner(emergency)}
    return render(request, "clinic/document.html", shown)
