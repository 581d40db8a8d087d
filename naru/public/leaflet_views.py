"""One sheet of paper that says what the exchange is; it is printed from the browser."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from naru.exchange.institutions import participation
from naru.ui.clock import moment, now


@require_safe
def leaflet(request: HttpRequest) -> HttpResponse:
    """The leaflet, with the numbers of this moment."""
    found = participation.counts(now())
    return render(request, "public/leaflet.html", {"numbers": found, "as_of": moment(found.as_of)})
