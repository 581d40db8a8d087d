"""How records are kept safe, as it stands at this moment."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from naru.public import privacy_presenters as presenters
from naru.ui.clock import now


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Every control, looked at for this answer."""
    return render(request, "public/privacy.html", {"page": presenters.page(now())})
