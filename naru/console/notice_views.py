from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from naru.console.views import ROOM
from naru.exchange import notices
from naru.exchange.notices import KINDS, State
from naru.exchange.page_access import access_of
from naru.ui import viewing
from naru.ui.clock import moment

DELIVERIES = "list deliveries"
"""The transaction of this page, as the audit names it."""

_STATES: Final = {
    State.QUEUED: (gettext_lazy("기다림"), ""),
    State.SENT: (gettext_lazy("보냄"), "info"),
    State.DELIVERED: (gettext_lazy("전달됨"), "ok"),
    State.READ: (gettext_lazy("읽음"), "ok"),
    State.FAILED: (gettext_lazy("보내지 못함"), "stop"),
    State.RETURNED: (gettext_lazy("반송됨"), "warn"),
    State.GIVEN_UP: (gettext_lazy("중단함"), ""),
}
_CHANNELS: Final = {
    "chat": gettext_lazy("카카오톡 알림"),
    "sms": gettext_lazy("문자"),
    "email": gettext_lazy("이메일"),
    "letter": gettext_lazy("편지"),
}


@require_safe
@viewing.for_action("run-node", ROOM)
def deliveries(request: HttpRequest) -> HttpResponse:
    """What became of notices; nothing of whom they are for or what they say."""
    try:
        state = State(request.GET["state"]) if request.GET.get("state") else None
    except ValueError as error:
        raise Http404 from error
    access = access_of(request, DELIVERIES)
    language = "en" if get_language() == "en" else "ko"
    found = notices.overview(access, state=state)
    rows = [
        {
            "kind": KINDS[one.kind].words[language].title,
            "channel": _CHANNELS.get(one.channel, one.channel),
            "word": _STATES[one.state][0],
            "tag": _STATES[one.state][1],
            "reason": one.reason,
            "when": moment(one.changed),
            "delivery": str(one.delivery),
        }
        for one in found.deliveries
    ]
    counts = found.counts
    states = [(each.value, word, tag, counts.get(each, 0)) for each, (word, tag) in _STATES.items()]
    wrong = counts.get(State.FAILED, 0) + counts.get(State.RETURNED, 0)
    heading = _("전달되지 않은 알림이 %(count)d건 있습니다") % {"count": wrong}
    page = {"heading": heading if wrong else _("알림이 제대로 나가고 있습니다"), "rows": rows}
    shown = page | {"away": found.away}
    return render(request, "console/notices.html", {"page": shown, "states": states})
