"""The clinic's page as an EMR opens it: the patient and the reason are chosen."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from naru.clinic import visit
from naru.clinic.choosing import ROOM
from naru.consent.errors import NotRegisteredHere
from naru.exchange.callers import clinic_launch
from naru.exchange.callers.clinic_launch import LaunchOfAnother
from naru.exchange.page_access import access_of
from naru.ui import viewing

_NOT_HERE = _("이 환자를 지금은 열 수 없습니다. 진료 프로그램에서 다시 여세요.")


@require_safe
@never_cache
@viewing.for_action("see-patient", ROOM)
def launch(request: HttpRequest) -> HttpResponse:
    """Begin the visit for which the person came; without one the patient is still to be chosen."""
    access = access_of(request, clinic_launch.OPEN)
    found = clinic_launch.kept(request.session, access.time)
    clinic_launch.forget(request.session)
    if found is None:
        return redirect("clinic-patient")
    try:
        clinic_launch.open_patient(access, found)
    except (LaunchOfAnother, NotRegisteredHere):
        return viewing.not_open(request, ROOM, _NOT_HERE)
    visit.begin(request, found.patient, found.reason, access.time)
    return redirect("clinic")
