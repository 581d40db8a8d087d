"""Every part of the pages with sample content, on nodes whose records are not real ones."""

from datetime import UTC, datetime, timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from naru.ui import charts
from naru.ui.charts import Bar, Dot, Range, Reading
from naru.ui.parts import Column, Field, Figure, Happening, Nothing, Option, Step, StepState, Table

_FIRST: Final = datetime(2026, 3, 2, tzinfo=UTC)
_HBA1C: Final = (7.4, 7.2, 7.0, 6.9, 6.8)
_USUAL: Final = Range(4.0, 5.6)
_OUTLINE: Final = ((126.8, 37.7), (127.2, 37.7), (127.2, 37.4), (126.8, 37.4))
_LONG: Final = "가나다라마바사" * 40
"""A name that is longer than any screen, to see that it breaks."""


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """What each part looks like, with the tag that writes it."""
    page = {
        "fields": _fields(),
        "table": _table(),
        "course": _course(),
        "happenings": _happenings(),
        "figures": _figures(),
        "nothing": list(Nothing),
        "spark": _spark(),
        "line": _line(),
        "bars": _bars(),
        "map": _map(),
    }
    return render(request, "ui/gallery.html", page)


def _fields() -> list[Field]:
    kinds = (Option("", _("고르세요")), Option("I", _("순환기내과")))
    return [
        Field("reason", _("의뢰 사유"), kind="textarea", hint=_("두세 문장이면 충분합니다."),
              error=_("사유를 적어 주세요."), required=True),
        Field("day", _("희망하는 날"), kind="date", value="2026-12-03"),
        Field("department", _("진료과"), kind="select", options=kinds, value="I"),
        Field("name", _("이름"), value="<b>김하늘</b>", hint=_("적힌 그대로 보입니다.")),
    ]  # fmt: skip


def _table() -> Table:
    columns = (Column(_("항목")), Column(_("결과"), number=True), Column(_("참고치"), number=True),
               Column(_("출처")))  # fmt: skip
    rows = (
        (_("당화혈색소"), "6.8 %", "4.0–5.6", _("이음내과의원")),
        (_("총콜레스테롤"), "182 mg/dL", "< 200", _("이음내과의원")),
        (_LONG, "0.01 ng/mL", "< 0.04", _LONG),
    )
    return Table(_("최근 검사"), columns, rows)


def _course() -> list[Step]:
    return [
        Step(_("의뢰서를 보냈습니다"), StepState.DONE, "11/11"),
        Step(_("병원이 접수했습니다"), StepState.DONE, "11/12"),
        Step(_("진료를 기다리는 중"), StepState.NOW, "12/3", _("예약한 시간은 바꿀 수 있습니다.")),
        Step(_("결과를 보냅니다"), StepState.LATER),
        Step(_("취소되었습니다"), StepState.STOPPED),
    ]


def _happenings() -> list[Happening]:
    clinic, told = _("이음내과의원"), _("관상동맥 평가를 부탁드립니다.")
    return [
        Happening("2026-11-11", _("진료의뢰서"), "09:12", told, clinic,
                  path="#timeline", state="ok", state_word=_("교류됨")),
        Happening("2026-11-11", _("혈액검사"), "08:30", "", clinic),
        Happening("2026-10-02", _("심장초음파"), "14:05", "", _("푸른대학교병원"), state="warn",
                  state_word=_("빼 둠")),
    ]  # fmt: skip


def _figures() -> list[Figure]:
    return [
        Figure(_("오늘의 교류"), "1,284", "", _("어제 같은 시각까지 1,190건")),
        Figure(_("철회가 적용된 시간"), "0.2", "s", _("95 %는 이보다 짧음"), "ok", _("정상")),
        Figure(_("처리하지 못한 일"), "3", "", "", "stop", _("살펴보기")),
    ]


def _readings() -> list[Reading]:
    times = [_FIRST + timedelta(days=60 * at) for at in range(len(_HBA1C))]
    return [
        Reading(time, value, f"{value} %", f"{time:%Y-%m-%d}")
        for time, value in zip(times, _HBA1C, strict=True)
    ]


def _spark() -> str:
    told = _("7.4 %에서 6.8 %로 낮아졌습니다. 참고치는 4.0에서 5.6입니다.")
    return charts.sparkline(_readings(), _USUAL, name="spark", title=_("당화혈색소"), told=told)


def _line() -> str:
    told = _("7.4 %에서 6.8 %로 낮아졌습니다. 참고치는 4.0에서 5.6입니다.")
    return charts.line(_readings(), _USUAL, name="line", title=_("당화혈색소"), told=told)


def _bars() -> str:
    rows = [Bar(_("서울"), 812, "812"), Bar(_("부산"), 340, "340"), Bar(_LONG, 12, "12")]
    return charts.bars(rows, title=_("지역별 교류 건수"))


def _map() -> str:
    places = [
        Dot(126.9, 37.5, _("이음내과의원")),
        Dot(127.1, 37.6, _("푸른대학교병원"), chosen=True),
    ]
    told = _("두 곳 가운데 푸른대학교병원을 골랐습니다.")
    return charts.dots(
        places, name="map", title=_("가까운 참여 기관"), told=told, outlines=[_OUTLINE]
    )
