"""Finding an institution that takes part: by name, region, department, distance."""

import math
import re
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from naru.domain import regions
from naru.domain.regions import Point
from naru.exchange.institutions import finder
from naru.public import finder_presenters as presenters
from naru.ui.clock import now

SHOWN = 20
MOST_PAGES = 999
_NUMBER = re.compile(r"[1-9][0-9]{0,2}")


@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """The list and the map. Where the reader stands comes by a form alone, never in an address."""
    posted = request.method == "POST"
    given = request.POST if posted else request.GET
    own = _point(given.get("latitude", ""), given.get("longitude", "")) if posted else None
    asked = {key: value for key, value in given.items() if isinstance(value, str)}
    if own is not None:
        asked.pop("near", None)
    sought = finder.sought(asked, own=own)
    place = regions.places().get(asked.get("near", ""))
    found = finder.find(sought, now())
    at = min(_page(given.get("page", "")), max(math.ceil(len(found.members) / SHOWN), 1))
    kept = {
        "name": sought.name,
        "region": sought.region,
        "department": sought.department.partition("^^")[0],
        "kind": given.get("kind", "") if sought.kind else "",
        "near": place.key if place else "",
    }
    page = presenters.page(found, sought, at, SHOWN, own=own is not None)
    onward = urlencode({key: value for key, value in kept.items() if value})
    return render(
        request,
        "public/find.html",
        {"page": page, "given": kept, "onward": onward, "own": own, "wrong": posted and not own},
    )


def _point(latitude: str, longitude: str) -> Point | None:
    """A place in or around Korea, as typed or as the browser told it; None for anything else."""
    try:
        point = Point(float(latitude), float(longitude))
    except ValueError:
        return None
    inside = 32 <= point.latitude <= 40 and 123 <= point.longitude <= 133  # noqa: PLR2004  # Degrees.
    return point if inside else None


def _page(text: str) -> int:
    return min(int(text), MOST_PAGES) if _NUMBER.fullmatch(text) else 1
