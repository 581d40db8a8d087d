from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from naru.console import operation_presenters as presenters
from naru.console.views import ROOM
from naru.exchange.access import together
from naru.exchange.consent import wordings as consent_wordings
from naru.exchange.page_access import access_of
from naru.statistics import capacity as room
from naru.statistics import flow, traffic
from naru.ui import viewing

OPERATIONS = _("교류 상황")


@require_safe
@viewing.for_action("administer-institution", OPERATIONS)
def operations(request: HttpRequest) -> HttpResponse:
    """Who is silent, and what happens in these minutes."""
    access = access_of(request, traffic.TRAFFIC)
    with together(access):
        page = presenters.operations(traffic.pulses(access), flow.flow(access))
    return render(request, "console/operation.html", {"page": page})


@require_safe
@viewing.for_action("administer-institution", OPERATIONS)
def errors(request: HttpRequest) -> HttpResponse:
    """What went wrong in a day, by its code."""
    page = presenters.errors(flow.failures(access_of(request, flow.ERRORS)))
    return render(request, "console/operation.html", {"page": page})


@require_safe
@viewing.for_action("administer-institution", OPERATIONS)
def capacity(request: HttpRequest) -> HttpResponse:
    """What runs out: certificates and keys; to the operator also the disk."""
    access = access_of(request, room.CAPACITY)
    with together(access):
        ends = room.running_out(access)
        whole = room.capacity(access) if room.may_look(access) else None
    page = presenters.capacity(whole, ends, access.time)
    return render(request, "console/operation.html", {"page": page})


@require_safe
@viewing.for_action("run-node", ROOM)
def consent_texts(request: HttpRequest) -> HttpResponse:
    """Every version of what people read before they sign, and which is in force."""
    access = access_of(request, consent_wordings.TEXTS)
    page = presenters.consent_texts(consent_wordings.every(access), access.time)
    return render(request, "console/operation.html", {"page": page})
