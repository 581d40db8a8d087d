"""The world outside on a page: what each program stands for, and whether it is connected."""

from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from naru.demo import outside
from naru.demo.outside import Outside

_KINDS: Final = {
    "identity": (
        gettext_lazy("본인확인 기관"),
        gettext_lazy("누구인지 확인합니다. 꺼져 있으면 새로 로그인할 수 없습니다."),
    ),
    "relay": (
        gettext_lazy("심평원 의뢰·회송 중계시스템"),
        gettext_lazy("의뢰와 회송을 넘겨받습니다. 꺼져 있으면 넘길 것이 남아 기다립니다."),
    ),
    "sender": (
        gettext_lazy("메시지 발송사"),
        gettext_lazy("카카오톡 알림, 문자, 이메일을 받습니다. 꺼져 있으면 알림이 남아 기다립니다."),
    ),
    "agency": (
        gettext_lazy("제출받는 기관"),
        gettext_lazy(
            "환자가 제출한 문서만 받습니다. 꺼져 있어도 제출되고, 열기 전에는 회수할 수 있습니다."
        ),
    ),
}


@require_safe
def outside_world(request: HttpRequest) -> HttpResponse:
    """Where each is; nothing of anybody stands here."""
    if not settings.NARU.demo:
        raise Http404
    rows = [_row(one) for one in outside.read(settings.NARU.data)]
    away = sum(not one["on"] for one in rows)
    heading = _("연결되지 않은 곳이 %(count)d곳 있습니다") % {"count": away}
    page = {"heading": heading if away else _("바깥의 프로그램이 모두 켜져 있습니다"), "rows": rows}
    return render(request, "demo/outside.html", {"page": page})


def _row(one: Outside) -> dict[str, object]:
    kind, about = _KINDS[one.key]
    return {
        "kind": kind,
        "name": _(one.name) if one.name else "",
        "about": about,
        "address": one.address,
        "on": one.answers(),
    }
