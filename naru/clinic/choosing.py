"""Choosing a patient: of one's own institution, by its number or by name and birth (or a link)."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from naru.clinic import acts, presenters, visit
from naru.exchange.access import Access
from naru.exchange.page_access import access_of
from naru.exchange.treatment.reception import Known
from naru.ui import viewing

ROOM: Final = _("진료실")
CHOOSE: Final = _("교류 시연 화면에서 어느 병원의 화면을 볼지 먼저 고르세요.")

_NOBODY: Final = _("그렇게 등록된 환자가 없습니다. 번호나 이름과 생년월일을 확인하세요.")
_NO_REASON: Final = _("보는 까닭을 골라 주세요.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Somebody to choose."""

    name: str
    person: str
    number: str
    reason: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
@viewing.for_action("see-patient", ROOM)
def choose(request: HttpRequest) -> HttpResponse:
    """Open a patient of one's own institution; who it is never stands in the address."""
    access = access_of(request, acts.LOOK)
    if request.method != "POST":
        return _page(request, access)
    if request.POST.get("reason", "") not in visit.REASONS:
        return _page(request, access, refused=_NO_REASON)
    found = _found(request, access)
    if len(found) == 1:
        visit.begin(request, found[0].patient, request.POST["reason"], access.time)
        return redirect("clinic")
    return _page(request, access, found, refused="" if found else _NOBODY)


def whom(request: HttpRequest) -> tuple[UUID, UUID] | None:
    """From which institution one looks, at which patient; None where none is chosen."""
    institution = viewing.caller(request).institution
    patient = viewing.chosen(request, viewing.PATIENT)
    if institution is None or patient is None:
        return None
    return institution, patient


def choose_first(request: HttpRequest) -> HttpResponse:
    """Where nobody is chosen yet: on to choosing; whoever only looks at a demo is nobody's yet."""
    if settings.NARU.demo and viewing.role(request) is None:
        return viewing.not_open(request, ROOM, CHOOSE)
    return redirect("clinic-patient")


def _found(request: HttpRequest, access: Access) -> tuple[Known, ...]:
    number = request.POST.get("number", "").strip()
    if number:
        return acts.by_number(access, number)
    name = request.POST.get("name", "").strip()
    try:
        born = date.fromisoformat(request.POST.get("born", ""))
    except ValueError:
        return ()
    return acts.by_name(access, name, born) if name else ()


def _page(
    request: HttpRequest,
    access: Access,
    found: tuple[Known, ...] = (),
    refused: str | Promise = "",
) -> HttpResponse:
    opened = {one.patient: one.reason for one in visit.opened(request, access.time)}
    recent = () if request.method == "POST" else acts.opened_today(access, opened)
    shown = {
        "refused": refused,
        "reasons": visit.REASONS.items(),
        "reason": request.POST.get("reason", ""),
        "number": request.POST.get("number", ""),
        "name": request.POST.get("name", ""),
        "born": request.POST.get("born", ""),
        "found": [_line(one) for one in found],
        "recent": [_line(one, opened[one.patient]) for one in recent],
    }
    return render(request, "clinic/choose.html", shown, status=422 if refused else 200)


def _line(one: Known, reason: str = "") -> Line:
    told = presenters.person(one.demographics)
    return Line(name=told.name, person=told.words, number=one.number, reason=reason)
