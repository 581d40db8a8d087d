"""내 기록: everything of mine as one line of time, and the results of tests."""

from typing import Final
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from naru.exchange import standing
from naru.exchange.access import together
from naru.exchange.charts import own_record, past_history
from naru.exchange.consent.issue import full_name
from naru.patients import queries as patients
from naru.portal import mandate_presenters, result_presenters
from naru.portal.consent_views import consent_text, of_whom
from naru.portal.timeline import Narrowed, timeline
from naru.portal.views import ROOM
from naru.ui import consent_form, viewing

RECORDS: Final = "own whole record"
RESULTS: Final = "own results"
"""The transactions of these pages, as the audit names them."""

_LONGEST: Final = 200
_PAGES: Final = 1_000
_FIELDS: Final = ("kind", "source", "first", "last")


@require_safe
@viewing.for_action("see-own-record", ROOM)
def records(request: HttpRequest) -> HttpResponse:
    """Documents and single records, newest first, with their origin, by kind, origin and day."""
    access, patient = of_whom(request, RECORDS)
    narrowed = _narrowed(request)
    found = own_record.of_patient(access, patient)
    page = timeline(full_name(patients.demographics(patient)), found, narrowed)
    asked = {name: given for name in _FIELDS if (given := getattr(narrowed, name))}
    shown = {
        "page": page,
        "asked": asked,
        "query": urlencode(asked),
        "number": narrowed.page,
        "text": consent_text(),
        "behalf": mandate_presenters.behalf(access, patient),
    }
    return render(request, "portal/records.html", shown)


@require_safe
@viewing.for_action("see-own-record", ROOM)
def results(request: HttpRequest) -> HttpResponse:
    """Each test with all its results over time."""
    access, patient = of_whom(request, RESULTS)
    with together(access):
        consented = standing.of_patient(access, patient).consented
        gathered = past_history.gather(access, patient)
    what, why = result_presenters.empty(gathered, consented=consented)
    shown = {
        "results": result_presenters.results(gathered),
        "name": full_name(patients.demographics(patient)),
        "empty_what": what,
        "empty_why": why,
        "unread": len(gathered.unread),
        "behalf": mandate_presenters.behalf(access, patient),
    }
    return render(request, "portal/results.html", shown)


def _narrowed(request: HttpRequest) -> Narrowed:
    """What the filter asks for. Raises Http404 for what no form of ours sends."""
    given = request.GET
    try:
        first, last = (consent_form.day(given.get(name, "")) for name in ("first", "last"))
        page = int(given.get("page", "1"))
    except ValueError as error:
        raise Http404 from error
    if not 0 < page <= _PAGES:
        raise Http404
    return Narrowed(
        kind=given.get("kind", "")[:_LONGEST],
        source=given.get("source", "")[:_LONGEST],
        first=f"{first or ''}",
        last=f"{last or ''}",
        page=page,
    )
