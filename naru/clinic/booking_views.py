"""예약: a coordinator's diary, and booking for whoever telephones (진료협력센터)."""

from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from naru.clinic import booking_presenters as presenters
from naru.consent.errors import NotPermitted
from naru.domain import roles
from naru.domain.scheduling import Appointment, InvalidSchedule, SlotName
from naru.exchange.access import Access
from naru.exchange.page_access import access_of
from naru.exchange.treatment import reception
from naru.scheduling import appointments, queries, services
from naru.scheduling.errors import AlreadyBooked, NotOpen, SchedulingRefused, SlotTaken
from naru.ui import appointments as in_words
from naru.ui import viewing
from naru.ui.clock import day, now, today

if TYPE_CHECKING:
    from collections.abc import Callable

ROOM: Final = _("예약")
LOOK: Final = "appointments"
CHANGE: Final = "appointment"
FIND: Final = "appointment patient"
"""The transactions of these pages, as the audit names them."""

OFFERED_DAYS: Final = 28

_TAKEN: Final = _("그 시간은 방금 다른 분이 예약했습니다. 아래의 다음 빈 시간에서 골라 주세요.")
_WORDS: Final[dict[type[Exception], object]] = {
    SlotTaken: _TAKEN,
    AlreadyBooked: _("이 환자는 그 시간에 이미 예약이 있습니다."),
    NotOpen: _("지금은 바꿀 수 없는 예약입니다. 지금 상태를 다시 확인해 주세요."),
    SchedulingRefused: _("그 시간에는 예약할 수 없습니다. 다른 시간을 골라 주세요."),
}


@require_safe
@viewing.for_action("book-appointment", ROOM)
def diary(request: HttpRequest) -> HttpResponse:
    """A day, or a week, of the institution's appointments."""
    access = access_of(request, LOOK)
    return _diary(request, access)


@require_POST
@viewing.for_action("book-appointment", ROOM)
def find(request: HttpRequest) -> HttpResponse:
    """Find for whom a booking is made: by our own number, or by name and birth."""
    access = access_of(request, FIND)
    number = request.POST.get("number", "").strip()
    name = " ".join(request.POST.get("name", "").split())
    born = day(request.POST.get("born"), access.time)
    if number:
        found = reception.by_number(access, number)
    else:
        found = reception.by_name(access, name, born) if name and born else ()
    if len(found) == 1:
        viewing.choose(request, viewing.PATIENT, found[0].patient)
        return redirect(_back(request))
    shown = {
        "people": [presenters.whom(one) for one in found],
        "given": request.POST,
        "back": _back(request),
    }
    return render(request, "clinic/booking_find.html", shown, status=200 if found else 422)


@require_POST
@viewing.for_action("book-appointment", ROOM)
def book(request: HttpRequest) -> HttpResponse:
    """Give the time to the patient of the form; of a taken one, say what is free next."""
    access = access_of(request, CHANGE)
    patient, once = _uuid(request, "patient"), _uuid(request, "once")
    try:
        made = services.book(access, _slot(request), patient, appointment=once)
    except SchedulingRefused as refusal:
        return _refused(request, refusal, patient)
    except NotPermitted as refusal:
        raise Http404 from refusal
    return redirect("clinic-appointment", made.id)


@require_safe
@viewing.for_action("book-appointment", ROOM)
def one(request: HttpRequest, appointment: UUID) -> HttpResponse:
    """One appointment: what happened to it, and what can be done about it now."""
    return _one(request, access_of(request, LOOK), appointment)


@require_POST
@viewing.for_action("book-appointment", ROOM)
def change(request: HttpRequest, appointment: UUID, what: str) -> HttpResponse:
    """Move it, take it back, or note who came."""
    access = access_of(request, CHANGE)
    acts: dict[str, Callable[[Access, UUID], Appointment]] = {
        "cancel": services.cancel,
        "arrive": services.arrive,
        "no-show": services.no_show,
        "move": lambda access, id_: services.move(access, id_, _slot(request)),
    }
    if what not in acts:
        raise Http404
    try:
        acts[what](access, appointment)
    except SchedulingRefused as refusal:
        return _told(request, refusal, appointment)
    except NotPermitted as refusal:
        raise Http404 from refusal
    return redirect("clinic-appointment", appointment)


def words(refusal: SchedulingRefused) -> str:
    """Why not, in a sentence."""
    return str(_WORDS.get(type(refusal), _WORDS[SchedulingRefused]))


def _diary(request: HttpRequest, access: Access) -> HttpResponse:
    week = request.GET.get("view") == "week"
    first = day(request.GET.get("day"), access.time) or today(access.time)
    try:
        found = appointments.diary(access, first, presenters.WEEK if week else 1)
    except NotPermitted as refusal:
        raise Http404 from refusal
    shown = {
        "week": presenters.week_page(found, first) if week else None,
        "page": presenters.day_page(found, first, access.time),
        "whom": _whom(request, access),
        "edits": roles.may(access.caller.role, "edit-schedule"),
    }
    return render(request, "clinic/appointments.html", shown)


def _one(request: HttpRequest, access: Access, appointment: UUID) -> HttpResponse:
    chosen = day(request.GET.get("day"), access.time)
    try:
        found, free = appointments.others(access, appointment, today(access.time), OFFERED_DAYS)
    except NotPermitted as refusal:
        raise Http404 from refusal
    shown = {
        "page": presenters.booked(found, appointments.person(access, found.patient)),
        "day": today(found.start),
        "happened": presenters.happened(queries.steps(appointment)),
        "choice": in_words.choice([one.slot for one in free], chosen or today(found.start))
        if found.start > access.time
        else None,
        "begun": found.start <= access.time,
        "is_today": today(found.start) == today(access.time),
    }
    return render(request, "clinic/appointment.html", shown)


def _refused(request: HttpRequest, refusal: SchedulingRefused, patient: UUID) -> HttpResponse:
    following = refusal.following if isinstance(refusal, SlotTaken) else ()
    shown = {
        "why": words(refusal),
        "offered": in_words.offered(following),
        "patient": patient,
        "once": request.POST.get("once", ""),
    }
    return render(request, "clinic/booking_refused.html", shown, status=409)


def _told(request: HttpRequest, refusal: SchedulingRefused, appointment: UUID) -> HttpResponse:
    following = refusal.following if isinstance(refusal, SlotTaken) else ()
    shown = {
        "why": words(refusal),
        "offered": in_words.offered(following),
        "appointment": appointment,
    }
    return render(request, "clinic/booking_refused.html", shown, status=409)


def _whom(request: HttpRequest, access: Access) -> presenters.Whom | None:
    """The patient who is open, where the institution has registered them."""
    patient = viewing.chosen(request, viewing.PATIENT)
    known = None if patient is None else appointments.known(access, patient)
    return None if known is None else presenters.whom(known)


def _slot(request: HttpRequest) -> SlotName:
    try:
        return SlotName.of(request.POST.get("slot", ""))
    except InvalidSchedule as error:
        raise Http404 from error


def _uuid(request: HttpRequest, field: str) -> UUID:
    try:
        return UUID(request.POST.get(field, ""))
    except ValueError as error:
        raise Http404 from error


def _back(request: HttpRequest) -> str:
    back = day(request.POST.get("day"), now())
    return f"/clinic/appointments?day={back}" if back else "/clinic/appointments"
