"""진료 일정: an institution says who can be booked, when, and on which days not."""

from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from naru.clinic import booking_presenters as presenters
from naru.clinic import schedule_forms
from naru.clinic.schedule_forms import ScheduleForm
from naru.consent.errors import NotPermitted
from naru.domain import roles
from naru.exchange.access import Access
from naru.exchange.page_access import access_of
from naru.scheduling import schedules as kept
from naru.ui import viewing
from naru.ui.clock import today

if TYPE_CHECKING:
    from naru.domain.scheduling import Schedule

ROOM: Final = _("진료 일정")
LOOK: Final = "schedules"
KEEP: Final = "schedule"
"""The transactions of these pages, as the audit names them."""

_WRONG: Final = {
    "practitioner": _("의료진의 이름을 적어 주세요."),
    "department": _("진료과를 골라 주세요."),
    "minutes": _("한 사람에 몇 분인지 숫자로 적어 주세요."),
    "capacity": _("같은 시간에 몇 명인지 숫자로 적어 주세요."),
    "first": _("시작하는 날을 골라 주세요."),
    "last": _("끝나는 날을 확인해 주세요."),
    "exceptions": _("한 줄에 하나씩, 날짜부터 적어 주세요. 예: 2026-12-24 09:00-12:00 학회"),
    "whole": _("시간이 서로 겹치거나, 길이나 날짜가 맞지 않습니다. 다시 확인해 주세요."),
}
_HOURS: Final = _("시간을 09:00-12:00, 13:00-17:00처럼 적어 주세요. 쉬는 요일은 비워 둡니다.")
_WEEKDAYS: Final = dict(
    zip(
        schedule_forms.WEEKDAYS,
        (_("월요일"), _("화요일"), _("수요일"), _("목요일"), _("금요일"), _("토요일"), _("일요일")),
        strict=True,
    )
)


@require_safe
@viewing.for_action("edit-schedule", ROOM)
def schedules(request: HttpRequest) -> HttpResponse:
    """The institution's schedules."""
    access = access_of(request, LOOK)
    try:
        found = kept.own(access)
    except NotPermitted as refusal:
        raise Http404 from refusal
    rows = [presenters.schedule(one) for one in found]
    books = roles.may(viewing.caller(request).role, "book-appointment")
    return render(request, "clinic/schedules.html", {"rows": rows, "books": books})


@require_http_methods(["GET", "HEAD", "POST"])
@viewing.for_action("edit-schedule", ROOM)
def new(request: HttpRequest) -> HttpResponse:
    """A new schedule."""
    access = access_of(request, KEEP)
    if request.method == "POST":
        return _keep(request, access, uuid4())
    given = {"minutes": "15", "capacity": "1", "holidays": "closed", "first": ""}
    given["first"] = f"{today(access.time)}"
    return _form(request, ScheduleForm(given=given))


@require_http_methods(["GET", "HEAD", "POST"])
@viewing.for_action("edit-schedule", ROOM)
def edit(request: HttpRequest, schedule: UUID) -> HttpResponse:
    """Change one; what is booked stays, and whom it leaves outside is named."""
    access = access_of(request, KEEP)
    try:
        found = kept.one(access, schedule)  # Nobody is told what is wrong with another's.
    except NotPermitted as refusal:
        raise Http404 from refusal
    if request.method == "POST":
        return _keep(request, access, schedule)
    return _form(request, schedule_forms.of_schedule(found))


def _keep(request: HttpRequest, access: Access, id_: UUID) -> HttpResponse:
    here = access.caller.institution
    form = schedule_forms.of_post(request.POST)
    said: Schedule | None = None if here is None else form.schedule(id_, here)
    if said is None:
        return _form(request, form, status=422)
    try:
        stranded = kept.keep(access, said)
    except NotPermitted as refusal:
        raise Http404 from refusal
    if not stranded:
        return redirect("clinic-schedules")
    shown = {"stranded": [presenters.booked(one) for one in stranded]}
    return render(request, "clinic/schedule_stranded.html", shown)


def _form(request: HttpRequest, form: ScheduleForm, status: int = 200) -> HttpResponse:
    shown = {
        "given": form.given,
        "wrong": {name: str(_WRONG.get(name, _HOURS)) for name in sorted(form.wrong)},
        "weekdays": [
            (name, str(word), form.given.get(name, ""), name in form.wrong)
            for name, word in _WEEKDAYS.items()
        ],
        "departments": schedule_forms.departments(),
    }
    return render(request, "clinic/schedule.html", shown, status=status)
