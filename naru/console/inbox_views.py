"""What those of one role at an institution were told: they share an inbox."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from naru.domain.caller import Caller
from naru.exchange import notices
from naru.exchange.notices import LIMIT, Recipient
from naru.exchange.operating import inboxes
from naru.exchange.page_access import access_of
from naru.ui import viewing
from naru.ui.clock import moment, now, today

ROOM = _("알림")
INBOX = "institution's notices"
READ = "notice read"
"""The transactions of these pages, as the audit names them."""


@require_safe
@viewing.for_action("read-notices", ROOM)
def inbox(request: HttpRequest) -> HttpResponse:
    """What I and those of my role here were told."""
    return _page(request, "console-inbox")


@require_safe
@viewing.for_action("review-accesses", ROOM)
def of_officers(request: HttpRequest) -> HttpResponse:
    """What the institution's privacy officers were told."""
    return _page(request, "console-review-inbox")


@require_POST
@viewing.for_action("read-notices", ROOM)
def read(request: HttpRequest) -> HttpResponse:
    """Note that one of them was read."""
    return _read(request, "console-inbox")


@require_POST
@viewing.for_action("review-accesses", ROOM)
def read_by_officer(request: HttpRequest) -> HttpResponse:
    """Note that a privacy officer read one of them."""
    return _read(request, "console-review-inbox")


def _page(request: HttpRequest, name: str) -> HttpResponse:
    caller = viewing.caller(request)
    access = access_of(request, INBOX)
    before = _uuid(request.GET["before"]) if request.GET.get("before") else None
    language = get_language() or "ko"
    found = notices.at_institution(access, _recipients(caller), language=language, before=before)
    rows = [
        {
            "notice": str(one.notice),
            "title": one.title,
            "text": one.text,
            "when": moment(one.at),
            "new": one.read_at is None,
        }
        for one in found
    ]
    context = {
        "rows": rows,
        "place": name,
        "reading": f"{name}-read",
        "older": rows[-1]["notice"] if len(rows) == LIMIT else "",
    }
    return render(request, "console/inbox.html", context)


def _read(request: HttpRequest, name: str) -> HttpResponse:
    caller = viewing.caller(request)
    access = access_of(request, READ)
    if not notices.read(access, _recipients(caller), _uuid(request.POST.get("notice", ""))):
        raise Http404
    return redirect(name)


def _recipients(caller: Caller) -> tuple[Recipient, ...]:
    mine = () if caller.person is None else (Recipient.account(caller.person),)
    if caller.institution is None:
        return (*mine, *inboxes(caller.role, today(now())))
    return (*mine, Recipient.at_institution(caller.institution, caller.role))


def _uuid(given: str) -> UUID:
    try:
        return UUID(given)
    except ValueError as error:
        raise Http404 from error
