import csv
import io
from datetime import date
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from naru.console import statistics_presenters as presenters
from naru.exchange.access import Access, together
from naru.exchange.page_access import access_of
from naru.hira import reports
from naru.statistics import months, services
from naru.statistics.measures import report_form
from naru.statistics.months import NotAMonth, read_month, written
from naru.statistics.services import MayNotSee, Report
from naru.ui import viewing
from naru.ui.clock import month as written_month
from naru.ui.clock import today

POLICY = _("정책 통계")
REPORT = _("월간 보고")
MONTHS = 13


@require_safe
@viewing.for_action("see-statistics", POLICY)
def policy(request: HttpRequest) -> HttpResponse:
    """A month by region, exactly as the audit log has it; counted again from it on the spot."""
    access = access_of(request, services.POLICY)
    month = _month(request, access)
    with together(access):
        found = services.policy_month(access, month)
        compared = services.compare(access, month)
    page = presenters.policy(found, compared)
    return render(request, "console/policy.html", {"page": page, "months": _months(access, month)})


@require_safe
@viewing.for_action("administer-institution", REPORT)
def report(request: HttpRequest) -> HttpResponse:
    """An institution's month, in the columns of the form."""
    access = access_of(request, services.REPORT)
    month = _month(request, access)
    known = services.reportable(access)
    if not known:
        return viewing.not_open(request, REPORT, _("보고할 기관이 없습니다."))
    found = _report(request, access, month)
    context = {
        "page": presenters.report(found),
        "months": _months(access, month),
        "month": written(month),
        "known": [(one.id, one.name, one.id == found.institution.id) for one in known],
        "institution": found.institution.id,
    }
    return render(request, "console/report.html", context)


@require_safe
@viewing.for_action("administer-institution", REPORT)
def report_csv(request: HttpRequest) -> HttpResponse:
    """The same as CSV, with the form's own names of the columns."""
    row = presenters.row(_of(request))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, [one.name for one in report_form().columns])
    writer.writeheader()
    writer.writerow(row)
    answer = HttpResponse(text.getvalue().encode(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="naru-exchange-report.csv"'
    return answer


@require_safe
@viewing.for_action("administer-institution", REPORT)
def report_json(request: HttpRequest) -> HttpResponse:
    """The same as JSON, with the version and status of the form."""
    form = report_form()
    row = presenters.row(_of(request))
    return JsonResponse({"form": form.version, "status": form.status, "rows": [row]})


def _of(request: HttpRequest) -> Report:
    access = access_of(request, services.REPORT)
    return _report(request, access, _month(request, access))


def _report(request: HttpRequest, access: Access, month: date) -> Report:
    known = services.reportable(access)
    try:
        own = access.caller.institution
        first = own if any(one.id == own for one in known) else known[0].id if known else None
        asked = request.GET.get("institution")
        chosen = UUID(asked) if asked else first
        if chosen is None:
            raise Http404
        return reports.monthly(access, chosen, month)
    except (ValueError, MayNotSee):
        raise Http404 from None


def _month(request: HttpRequest, access: Access) -> date:
    try:
        return read_month(request.GET.get("month", ""))
    except NotAMonth:
        return today(access.time).replace(day=1)


def _months(access: Access, chosen: date) -> list[tuple[str, str, bool]]:
    found = months.until(today(access.time), MONTHS)
    return [(written(one), written_month(one), one == chosen) for one in reversed(found)]
