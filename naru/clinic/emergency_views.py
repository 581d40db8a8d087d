"""Opening the record of somebody who cannot be asked (의료법 제21조의2제1항 단서)."""

from typing import Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from naru.clinic import acts
from naru.clinic import emergency_presenters as presenters
from naru.consent.errors import NotPermitted
from naru.domain.arrangements import EmergencyCase
from naru.exchange.access import Access
from naru.exchange.page_access import access_of
from naru.exchange.without_consent.emergency import BEGIN, END
from naru.ui import viewing

ROOM = _("진료실")

_REFUSED: Final = _(
    "열 수 없습니다. 까닭을 적었는지 확인하세요. 보이지 않는 기록이 있을 수 있습니다."
)
_INCOMPLETE: Final = _("경우를 고르고 까닭을 적어 주세요.")


@require_http_methods(["GET", "HEAD", "POST"])
@viewing.for_action("open-emergency", ROOM)
def emergency(request: HttpRequest) -> HttpResponse:
    """Say which of the law's cases it is and why; the record is then open until its end."""
    access, patient = _chosen(request, BEGIN)
    if patient is None:
        return redirect("clinic-patient")
    if request.method != "POST":
        return _form(request, access, patient)
    try:
        case = EmergencyCase(request.POST.get("case", ""))
        hours = int(request.POST.get("hours", ""))
    except ValueError:
        return _form(request, access, patient, str(_INCOMPLETE))
    try:
        acts.open_in_emergency(access, patient, case, request.POST.get("reason", ""), hours)
    except NotPermitted:
        return _form(request, access, patient, str(_REFUSED))
    return redirect("clinic")


@require_POST
@viewing.for_action("see-patient", ROOM)
def end(request: HttpRequest) -> HttpResponse:
    """End it before its time: nothing new has to be shown to see less."""
    access, patient = _chosen(request, END)
    if patient is None:
        raise Http404
    try:
        acts.end_emergency(access, patient, _uuid(request.POST.get("emergency", "")))
    except NotPermitted as refusal:
        raise Http404 from refusal
    return redirect("clinic")


def _form(request: HttpRequest, access: Access, patient: UUID, refused: str = "") -> HttpResponse:
    page = presenters.form(access.caller, patient, request.POST)
    shown = {"page": page, "refused": refused}
    return render(request, "clinic/emergency.html", shown, status=422 if refused else 200)


def _chosen(request: HttpRequest, transaction: str) -> tuple[Access, UUID | None]:
    return access_of(request, transaction), viewing.chosen(request, viewing.PATIENT)


def _uuid(given: str) -> UUID:
    try:
        return UUID(given)
    except ValueError as error:
        raise Http404 from error
