from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from naru.exchange import notices
from naru.exchange.notices import NotOptional, Recipient, UnknownKind, ValueRefused, Wish
from naru.portal import notice_presenters
from naru.portal.consent_views import of_whom
from naru.portal.views import ROOM
from naru.ui import viewing

INBOX = "own notices"
READ = "notice read"
PREFER = "notice preferences"
"""The transactions of these pages, as the audit names them."""


@require_safe
@viewing.for_action("see-own-matters", ROOM)
def inbox(request: HttpRequest) -> HttpResponse:
    """What I was told, and how I want to be told."""
    access, patient = of_whom(request, INBOX)
    language = get_language() or "ko"
    found = notices.of_patient(access, patient, language=language, before=_before(request))
    page = notice_presenters.inbox(found, language)
    return render(request, "portal/notices.html", {"page": page, "earlier": _before(request)})


@require_POST
@viewing.for_action("see-own-matters", ROOM)
def read(request: HttpRequest) -> HttpResponse:
    """Note that I read one of them."""
    access, patient = of_whom(request, READ)
    notice = _uuid(request.POST.get("notice", ""))
    if not notices.read(access, [Recipient.patient(patient)], notice, patient):
        raise Http404
    return redirect("portal" if request.POST.get("back") == "home" else "portal-notices")


@require_POST
@viewing.for_action("see-own-matters", ROOM)
def prefer(request: HttpRequest) -> HttpResponse:
    """Keep how I want to be told."""
    access, patient = of_whom(request, PREFER)
    asked = {name: one for name, one in request.POST.items() if name.startswith("kind-")}
    try:
        wishes = {name.removeprefix("kind-"): Wish(str(one)) for name, one in asked.items()}
        language, first = request.POST.get("language", "ko"), request.POST.get("first", "")
        notices.prefer(access, patient, wishes, language=language, first=first)
    except (ValueError, NotOptional, UnknownKind, ValueRefused) as error:
        raise Http404 from error  # No form of ours asks for that.
    return redirect("portal-notices")


@require_POST
@viewing.for_action("see-own-matters", ROOM)
def prefer_all(request: HttpRequest) -> HttpResponse:
    """All that I did not turn off at once, or once a day: by one press."""
    access, patient = of_whom(request, PREFER)
    try:
        wish = Wish(request.POST.get("wish", ""))
    except ValueError as error:
        raise Http404 from error
    if wish is Wish.OFF:
        raise Http404  # Each kind is turned off by itself.
    notices.prefer_all(access, patient, wish)
    return redirect("portal-notices")


def _before(request: HttpRequest) -> UUID | None:
    given = request.GET.get("before")
    return _uuid(given) if given else None


def _uuid(given: str) -> UUID:
    try:
        return UUID(given)
    except ValueError as error:
        raise Http404 from error
