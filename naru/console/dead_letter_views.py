from typing import Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from naru.console.views import ROOM
from naru.exchange import dead_letters, notices
from naru.exchange.dead_letters import GivenUp
from naru.exchange.page_access import access_of
from naru.ui import viewing
from naru.ui.clock import moment

ACTION = "run-node"

_REASONS: Final = {
    GivenUp.OBSOLETE: gettext_lazy("때가 지나 필요 없음"),
    GivenUp.BY_HAND: gettext_lazy("다른 방법으로 처리함"),
    GivenUp.TWICE: gettext_lazy("다른 일이 이미 처리함"),
    GivenUp.NOBODY: gettext_lazy("받을 곳이 없어짐"),
}


@require_safe
@viewing.for_action(ACTION, ROOM)
def not_done(request: HttpRequest) -> HttpResponse:
    """What could not be done, why, and what to do with it; nothing about any person."""
    found = dead_letters.not_done(access_of(request, dead_letters.DEAD))
    dead = sum(one.dead for one in found.queues)
    wrong = dead + len(found.notices)
    heading = _("사람이 볼 일이 %(count)d건 있습니다") % {"count": wrong}
    page = {
        "heading": heading if wrong else _("처리하지 못한 일이 없습니다"),
        "letters": [(one, moment(one.last)) for one in found.letters],
        "dead": dead,
        "queues": found.queues,
        "notices": [(one, moment(one.changed)) for one in found.notices],
        "destinations": [
            (one, moment(one.next) if one.next and one.attempts else "")
            for one in found.destinations
        ],
        "reasons": [(one.value, words) for one, words in _REASONS.items()],
    }  # fmt: skip
    return render(request, "console/dead.html", {"page": page})


@require_POST
@viewing.for_action(ACTION, ROOM)
def replay(request: HttpRequest) -> HttpResponseBase:
    """Do the chosen work again."""
    dead_letters.replay(access_of(request, dead_letters.DEAD), _chosen(request))
    return redirect("console-dead")


@require_POST
@viewing.for_action(ACTION, ROOM)
def give_up(request: HttpRequest) -> HttpResponseBase:
    """Never do the chosen work, for the reason that was chosen."""
    access = access_of(request, dead_letters.DEAD)
    try:
        reason = GivenUp(request.POST.get("reason", ""))
    except ValueError:
        raise Http404 from None
    dead_letters.give_up(access, _chosen(request), reason)
    return redirect("console-dead")


@require_POST
@viewing.for_action(ACTION, ROOM)
def retry(request: HttpRequest) -> HttpResponseBase:
    """Send a notice again that did not arrive; without a choice, all of them."""
    access = access_of(request, notices.DELIVERY)
    try:
        given = request.POST.get("delivery", "")
        chosen = UUID(given) if given else None
    except ValueError:
        raise Http404 from None
    notices.retry(access, chosen)
    return redirect("console-dead")


@require_POST
@viewing.for_action(ACTION, ROOM)
def give_up_notice(request: HttpRequest) -> HttpResponseBase:
    """Never send a notice again that did not arrive, for the reason that was chosen."""
    access = access_of(request, notices.DELIVERY)
    try:
        reason = GivenUp(request.POST.get("reason", ""))
        chosen = UUID(request.POST.get("delivery", ""))
    except ValueError:
        raise Http404 from None
    if not notices.give_up(access, chosen, reason.value):
        raise Http404
    return redirect("console-dead")


def _chosen(request: HttpRequest) -> list[int]:
    """The numbers of the chosen work, as many as one page has; what is no number is left out."""
    given = request.POST.getlist("work")[: dead_letters.MOST]
    return [int(one) for one in given if one.isascii() and one.isdecimal() and len(one) <= 18]  # noqa: PLR2004  # A bigint's digits.
