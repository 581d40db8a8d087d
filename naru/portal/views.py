from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from naru.audit.records import RecordId
from naru.exchange.charts import home as patient_home
from naru.patients import queries as patients
from naru.portal import acts, consent_presenters, home_presenters
from naru.portal.consent_views import of_whom
from naru.referrals import queries as referrals
from naru.scheduling import queries as scheduling
from naru.ui import viewing

ROOM = _("마이차트")


@require_safe
@viewing.for_action("see-own-matters", ROOM)
def home(request: HttpRequest) -> HttpResponse:
    """What stands, who looked, what needs me and what changed."""
    access, patient = of_whom(request, acts.LOOK)
    language = "en" if consent_presenters.language().startswith("en") else "ko"
    found = patient_home.look(access, patient, language=language)
    keys = patients.identity_set(patient)
    page = home_presenters.page(
        found,
        access.caller.role,
        referrals.of_patient(keys),
        scheduling.of_patient(keys),
        now=access.time,
    )
    return render(request, "portal/home.html", {"page": page})


def before(request: HttpRequest) -> RecordId | None:
    """The record from which the list goes on, as the page before it said."""
    given = request.GET.get("before")
    try:
        return RecordId(UUID(given)) if given else None
    except ValueError as error:
        raise Http404 from error
