"""월 접속기록 점검: an officer looks through what those of their own body did."""

from datetime import date
from typing import Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from naru.console import review_presenters
from naru.exchange.access import Access
from naru.exchange.audit import review as access_review
from naru.exchange.page_access import access_of
from naru.ui import viewing
from naru.ui.clock import now, today

ROOM = _("접속기록 점검")
REVIEW = "review accesses"
SIGN = "sign review"
EXPORT = "export accesses"
WATCH = "watch patient"
"""The transactions of these pages, as the audit names them."""

BEGINNING: Final = date(2000, 1, 1)
"""Before any month of an exchange."""


@require_safe
@viewing.for_action("review-accesses", ROOM)
def month(request: HttpRequest) -> HttpResponse:
    """A month of whoever the reader reviews, what stands out first."""
    return _page(request)


@require_POST
@viewing.for_action("review-accesses", ROOM)
def sign(request: HttpRequest) -> HttpResponse:
    """Sign that the month was looked through."""
    chosen = _month(request.POST.get("month", ""))
    try:
        access_review.sign(_access(request, SIGN), chosen, request.POST.get("words", ""))
    except access_review.WordsMissing:
        return _page(request, chosen, missing="sign")
    except access_review.NotTheirs as error:
        raise Http404 from error
    return redirect(f"{request.path.rpartition('/')[0]}?month={chosen:%Y-%m}")


@require_POST
@viewing.for_action("review-accesses", ROOM)
def export(request: HttpRequest) -> HttpResponse:
    """The month as a table to keep (CSV), for a reason that is recorded."""
    chosen = _month(request.POST.get("month", ""))
    try:
        found = access_review.export(
            _access(request, EXPORT), chosen, request.POST.get("reason", "")
        )
    except access_review.WordsMissing:
        return _page(request, chosen, missing="export")
    except access_review.NotTheirs as error:
        raise Http404 from error
    return HttpResponse(
        review_presenters.table(found),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="accesses-{chosen:%Y-%m}.csv"',
            "Cache-Control": "no-store",
        },
    )


@require_POST
@viewing.for_action("review-accesses", ROOM)
def watch(request: HttpRequest) -> HttpResponse:
    """Have every access to a patient shown among what stands out, or no more."""
    chosen = _month(request.POST.get("month", ""))
    try:
        patient = UUID(request.POST.get("patient", ""))
        on = request.POST.get("on") == "on"
        access_review.watch(_access(request, WATCH), patient, on=on)
    except (ValueError, access_review.NotTheirs) as error:
        raise Http404 from error
    return redirect(f"{request.path.rpartition('/')[0]}?month={chosen:%Y-%m}")


def _page(request: HttpRequest, chosen: date | None = None, *, missing: str = "") -> HttpResponse:
    chosen = chosen or _month(request.GET.get("month", ""))
    try:
        found = access_review.of_month(_access(request, REVIEW), chosen)
    except access_review.NotTheirs as error:
        raise Http404 from error
    page = review_presenters.month(found, today(now()), whole=request.GET.get("all") == "1")
    context = {"page": page, "missing": missing}
    return render(request, "console/review.html", context, status=400 if missing else 200)


def _access(request: HttpRequest, transaction: str) -> Access:
    return access_of(request, transaction)


def _month(given: str) -> date:
    """The first day of the month; of this one where none is given."""
    this = today(now()).replace(day=1)
    try:
        chosen = date.fromisoformat(f"{given}-01") if given else this
    except ValueError as error:
        raise Http404 from error
    if not BEGINNING <= chosen <= this:
        raise Http404
    return chosen
