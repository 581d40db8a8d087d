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
from naru.domain.caller import Caller
from naru.ui import viewing
from naru.ui.clock import now

ROOM = _("진료실")

_REFUSED: Final = _(
    "열 수 없습니다. 까닭을 적었는지 확인하세요. 보이지 않는 기록이 있을 수 있습니다."
)
_INCOMPLETE: Final = _("경우를 고르고 까닭을 적어 주세요.")


@require_http_methods(["GET", "HEAD", "POST"])
@viewing.for_action("open-emergency", ROOM)
def emergency(request: HttpRequest) -> HttpResponse:
    """Say which of the law's cases it is and why; the record is then open until its end."""
    caller, patient = _chosen(request)
    if patient is None:
        return redirect("clinic-patient")
    if request.method != "POST":
        return _form(request, caller, patient)
    try:
        case = EmergencyCase(request.POST.get("case", ""))
        hours = int(request.POST.get("hours", ""))
    except ValueError:
        return _form(request, caller, patient, str(_INCOMPLETE))
    try:
        acts.open_in_emergency(caller, patient, now(), case, request.POST.get("reason", ""), hours)
    except NotPermitted:
        return _form(request, caller, patient, str(_REFUSED))
    return redirect("clinic")


@require_POST
@viewing.for_action("see-patient", ROOM)
def end(request: HttpRequest) -> HttpResponse:
    """End it before its time: nothing new has to be shown to see less."""
    caller, patient = _chosen(request)
    if patient is None:
        raise Http404
    try:
        acts.end_emergency(caller, patient, _uuid(request.POST.get("emergency", "")), now())
    except NotPermitted as refusal:
        raise Http404 from refusal
    return redirect("clinic")


def _form(request: HttpRequest, caller: Caller, patient: UUID, refused: str = "") -> HttpResponse:
    page = presenters.form(caller, patient, request.POST)
    shown = {"page": page, "refused": refused}
    return render(request, "clinic/emergency.html", shown, status=422 if refused else 200)


def _chosen(request: HttpRequest) -> tuple[Caller, UUID | None]:
    return viewing.caller(request), viewing.chosen(request, viewing.PATIENT)


def _uuid(given: str) -> UUID:
    try:
        return UUID(given)
    except ValueError as error:
        raise Http404 from error
