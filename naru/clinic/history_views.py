from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from naru.clinic import acts, emergency_presenters, history_presenters, presenters
from naru.clinic.choosing import ROOM, choose_first, whom
from naru.exchange.charts.past_history import LOOK, gather
from naru.exchange.page_access import access_of
from naru.patients import queries as patients
from naru.ui import viewing
from naru.ui.clock import today


@require_safe
@viewing.for_action("see-patient", ROOM)
def past_history(request: HttpRequest) -> HttpResponse:
    """All that may be read of the patient, on one page."""
    access, found = access_of(request, LOOK), whom(request)
    if found is None:
        return choose_first(request)
    _institution, patient = found
    emergency = acts.asking(access, patient)
    told = gather(access, patient)
    shown = {
        "page": presenters.person(patients.demographics(patient)),
        "history": history_presenters.page(told, today(access.time)),
        "banner": emergency_presenters.banner(emergency),
    }
    return render(request, "clinic/history.html", shown)
