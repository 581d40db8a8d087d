"""What other systems told our audit record repository: searched, without a person's name."""

from datetime import datetime, time, timedelta
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from naru.audit.records import Outcome
from naru.console import received_presenters as presenters
from naru.domain.korea import KST
from naru.exchange.audit import search as audit_search
from naru.exchange.audit.search import Sought
from naru.exchange.page_access import access_of
from naru.ui import viewing
from naru.ui.clock import day, now

ROOM = _("받은 감사 메시지")

LONGEST: Final = 64
"""Characters of a code, or of a source's name."""

_MOST_DIGITS: Final = 18


@require_safe
@viewing.for_action("read-received-audit", ROOM)
def received(request: HttpRequest) -> HttpResponse:
    """The newest that fit, and a way to those before."""
    caller = viewing.caller(request)
    access = access_of(request, audit_search.RECEIVED)
    asked = {name: request.GET.get(name, "").strip()[:LONGEST] for name in presenters.FIELDS}
    before = request.GET.get("before", "")
    number = int(before) if before.isascii() and before.isdigit() else None
    if len(before) > _MOST_DIGITS:
        number = None
    found = audit_search.search(access, _sought(asked), number)
    page = presenters.page(found, asked, own=caller.institution)
    kept = {name: value for name, value in asked.items() if value}
    older = urlencode({**kept, "before": found.before}) if found.before else ""
    told = {"page": page, "given": asked, "older": older}
    return render(request, "console/received.html", told)


def _sought(asked: dict[str, str]) -> Sought:
    """What the form asks; what cannot be read asks nothing."""
    first, last = _day(asked["since"]), _day(asked["until"])
    outcomes = {str(one.value): one for one in Outcome}
    return Sought(
        since=first,
        until=last + timedelta(days=1) if last else None,
        event=asked["event"],
        outcome=outcomes.get(asked["outcome"]),
        source=asked["source"],
    )


def _day(text: str) -> datetime | None:
    found = day(text, now())
    return datetime.combine(found, time(), KST) if found else None
