"""내 예약: a patient sees, confirms, moves and cancels their appointments."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from naru.consent.errors import ConsentRefused
from naru.directory import queries as directory
from naru.domain.korea import korean_day
from naru.domain.scheduling import OPEN, Appointment, InvalidSchedule, SlotName
from naru.exchange.access import Access
from naru.portal.consent_views import of_whom
from naru.portal.views import ROOM
from naru.scheduling import appointments, services
from naru.scheduling.appointments import Told
from naru.scheduling.errors import AlreadyBooked, NotOpen, SchedulingRefused, SlotTaken
from naru.ui import appointments as in_words
from naru.ui import viewing
from naru.ui.clock import day, today
from naru.ui.names import in_language

if TYPE_CHECKING:
    from collections.abc import Callable

LOOK: Final = "own appointments"
CHANGE: Final = "own appointment"
"""The transactions of these pages, as the audit names them."""

OFFERED_DAYS: Final = 28

_WORDS: Final[dict[type[Exception], object]] = {
    SlotTaken: _("그 시간은 방금 다른 분이 예약했습니다. 원래 예약은 그대로입니다."),
    AlreadyBooked: _("그 시간에는 이미 다른 예약이 있습니다. 원래 예약은 그대로입니다."),
    NotOpen: _("지금은 바꿀 수 없는 예약입니다. 병원에 전화해 주세요."),
    SchedulingRefused: _("그 시간에는 예약할 수 없습니다. 원래 예약은 그대로입니다."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An appointment in words."""

    id: UUID
    when: str
    where: str
    who: str
    state: str
    word: str
    confirmed: bool


@require_safe
@viewing.for_action("see-own-matters", ROOM)
def mine(request: HttpRequest) -> HttpResponse:
    """What is to come, what can be done about it, and what was."""
    access, patient = of_whom(request, LOOK)
    try:
        found = appointments.of_patient(access, patient)
    except ConsentRefused as refusal:
        raise Http404 from refusal
    to_come = [one for one in reversed(found) if _is_to_come(one, access)]
    before = [one for one in found if one not in to_come]
    shown = {
        "to_come": [_shown(one.appointment) for one in to_come],
        "before": [_shown(one.appointment) for one in before],
    }
    return render(request, "portal/appointments.html", shown)


@require_safe
@viewing.for_action("see-own-matters", ROOM)
def others(request: HttpRequest, appointment: UUID) -> HttpResponse:
    """The free times to which it may be moved."""
    access, _patient = of_whom(request, LOOK)
    try:
        found, free = appointments.others(access, appointment, today(access.time), OFFERED_DAYS)
    except ConsentRefused as refusal:
        raise Http404 from refusal
    chosen = day(request.GET.get("day"), access.time) or today(found.start)
    shown = {
        "page": _shown(found),
        "choice": in_words.choice([one.slot for one in free], chosen),
    }
    return render(request, "portal/appointment_move.html", shown)


@require_POST
@viewing.for_action("keep-appointment", ROOM)
def change(request: HttpRequest, appointment: UUID, what: str) -> HttpResponse:
    """Confirm it, give it another time, or take it back."""
    access, _patient = of_whom(request, CHANGE)
    acts: dict[str, Callable[[Access, UUID], Appointment]] = {
        "confirm": services.confirm,
        "cancel": services.cancel,
        "move": lambda access, id_: services.move(access, id_, _slot(request)),
    }
    if what not in acts:
        raise Http404
    try:
        acts[what](access, appointment)
    except SchedulingRefused as refusal:
        return _refused(request, refusal, appointment)
    except ConsentRefused as refusal:
        raise Http404 from refusal
    return redirect("portal-appointments")


def _refused(request: HttpRequest, refusal: SchedulingRefused, appointment: UUID) -> HttpResponse:
    following = refusal.following if isinstance(refusal, SlotTaken) else ()
    shown = {
        "why": _WORDS.get(type(refusal), _WORDS[SchedulingRefused]),
        "offered": in_words.offered(following),
        "appointment": appointment,
    }
    return render(request, "portal/appointment_refused.html", shown, status=409)


def _is_to_come(told: Told, access: Access) -> bool:
    appointment = told.appointment
    return appointment.status in OPEN and appointment.start > access.time


def _shown(appointment: Appointment) -> Shown:
    state, word = in_words.state(appointment)
    known = directory.by_id(appointment.institution, on=korean_day(appointment.start))
    return Shown(
        id=appointment.id,
        when=in_words.at(appointment.start),
        where=in_language(known.name) if known else "",
        who=f"{in_words.department(appointment.department)} · {appointment.practitioner}",
        state=state,
        word=word,
        confirmed=appointment.confirmed,
    )


def _slot(request: HttpRequest) -> SlotName:
    try:
        return SlotName.of(request.POST.get("slot", ""))
    except InvalidSchedule as error:
        raise Http404 from error
