"""First pages of those who have no other: the state's auditor, researchers, vendors."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from naru.console import role_presenters as presenters
from naru.exchange.audit import statistics as audit_statistics
from naru.exchange.consent import programmes
from naru.exchange.institutions import vendors
from naru.exchange.page_access import access_of
from naru.ui import viewing

AUDIT = _("감사 통계")
PROGRAMMES = _("연구와 사업")
VENDOR = _("연계 시험")


@require_safe
@viewing.for_action("read-audit", AUDIT)
def auditor(request: HttpRequest) -> HttpResponse:
    """The policy in force and the numbers, read-only."""
    found = audit_statistics.statistics(access_of(request, audit_statistics.STATISTICS))
    return render(request, "console/audit.html", {"page": presenters.audit(found)})


@require_safe
@viewing.for_action("see-programme", PROGRAMMES)
def researcher(request: HttpRequest) -> HttpResponse:
    """The approved programmes, and what cannot be done yet, with the reason."""
    found = programmes.approved(access_of(request, programmes.PROGRAMMES))
    return render(request, "console/programmes.html", {"programmes": presenters.listed(found)})


@require_safe
@viewing.for_action("run-conformance", VENDOR)
def vendor(request: HttpRequest) -> HttpResponse:
    """The vendor's own apps and test certificates, and how to test."""
    access = access_of(request, vendors.VENDOR)
    page = presenters.vendor(vendors.own(access), access.time)
    page["at_institution"] = access.caller.institution is not None
    return render(request, "console/vendor.html", page)
