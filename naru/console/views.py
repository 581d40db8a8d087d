from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from naru.console import presenters
from naru.ui import viewing

ROOM = _("운영")


@require_safe
@viewing.for_action("run-node", ROOM)
def overview(request: HttpRequest) -> HttpResponse:
    """The node's doors, its health, and what waits; nothing about any person."""
    page = presenters.overview(settings.NARU_DOORS)
    return render(request, "console/overview.html", {"page": page})
