"""Numbers that anybody may have, by month and region, with the data behind them."""

import csv
import io
from datetime import date

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from naru.public import statistics_presenters as presenters
from naru.statistics import open_data
from naru.statistics.months import NotAMonth, read_month, written
from naru.ui.clock import month as written_month
from naru.ui.clock import now, today

COLUMNS = ("month", "region", "measure", "count", "not_told_below", "as_of")


@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    """A month by region, and the twelve months of the whole country."""
    open_ = open_data.open_months(today(now()))
    month = _month(request, open_)
    found, series = open_data.open_month(month), open_data.series(open_[0], open_[-1])
    page = presenters.page(found, series)
    chosen = [(written(one), written_month(one), one == month) for one in reversed(open_)]
    return render(request, "public/statistics.html", {"page": page, "months": chosen})


@require_safe
def open_csv(request: HttpRequest) -> HttpResponse:
    """A month's numbers as CSV; an empty count is one that is not told."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(row.values() for row in _rows(request))
    answer = HttpResponse(text.getvalue().encode(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="naru-statistics.csv"'
    return answer


@require_safe
def open_json(request: HttpRequest) -> HttpResponse:
    """The same as JSON."""
    return JsonResponse({"rows": list(_rows(request))})


@require_safe
def dictionary(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  # Django's form.
    """What each column and each measure means."""
    return JsonResponse(presenters.dictionary(COLUMNS))


def _rows(request: HttpRequest) -> list[dict[str, object]]:
    month = _month(request, open_data.open_months(today(now())))
    found = open_data.open_month(month)
    as_of = found.as_of.isoformat() if found.as_of else ""
    return [
        {
            "month": written(one.month),
            "region": one.region or "all",
            "measure": one.measure,
            "count": one.count,
            "not_told_below": found.small,
            "as_of": as_of,
        }
        for one in found.cells
    ]


def _month(request: HttpRequest, known: tuple[date, ...]) -> date:
    """The month that is asked, if it is open; else the last."""
    try:
        asked = read_month(request.GET.get("month", ""))
    except NotAMonth:
        return known[-1]
    return asked if asked in known else known[-1]
