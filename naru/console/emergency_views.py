"""The privacy officer's review of what was opened in an emergency."""

from typing import Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from naru.consent.errors import CaseClosed, NotPermitted
from naru.console import emergency_presenters as presenters
from naru.console.one_institution import shows_one_institution
from naru.exchange.access import Access
from naru.exchange.page_access import access_of
from naru.exchange.without_consent import emergency
from naru.ui import viewing

ROOM = _("운영")

REVIEW: Final = "emergency review"
"""The transaction, as the audit names it."""

_JUSTIFIED: Final = {"yes": True, "no": False}


@require_safe
@viewing.for_action("review-emergency", ROOM)
@shows_one_institution(REVIEW)
def waiting(request: HttpRequest) -> HttpResponse:
    """What this institution opened in emergencies, the first due at the head."""
    return _shown(request)


@require_POST
@viewing.for_action("review-emergency", ROOM)
def decide(request: HttpRequest, case: UUID) -> HttpResponse:
    """Say whether it was justified, and why; this closes the review."""
    justified = _JUSTIFIED.get(request.POST.get("justified", ""))
    words = request.POST.get("words", "")
    if justified is None or not words.strip():
        return _shown(request, str(_("정당한지 고르고, 살펴본 것을 적어 주세요.")))
    try:
        emergency.review(_access(request), case, words, justified=justified)
    except CaseClosed:
        return _shown(request, str(_("이미 검토가 끝난 사건입니다.")))
    except NotPermitted as refusal:
        raise Http404 from refusal
    return redirect("console-emergencies")


def _shown(request: HttpRequest, refused: str = "") -> HttpResponse:
    page = presenters.page(emergency.reviews(_access(request)))
    shown = {"page": page, "refused": refused}
    return render(request, "console/emergencies.html", shown, status=422 if refused else 200)


def _access(request: HttpRequest) -> Access:
    return access_of(request, REVIEW)
