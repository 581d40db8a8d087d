"""Appointments and free times in words, the same on the patient's pages and the institution's."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Final

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from naru.domain.departments import name_of
from naru.domain.korea import KST, korean_day
from naru.domain.scheduling import Appointment, AppointmentStatus, Slot
from naru.ui.clock import written

DAYS_OFFERED: Final = 5
"""Days with free times that are offered side by side where somebody chooses another time."""

_WEEKDAYS: Final = tuple(
    map(gettext_lazy, ("월요일", "화요일", "수요일", "목요일", "금요일", "토요일", "일요일"))
)
_STATES: Final = {
    AppointmentStatus.BOOKED: ("info", gettext_lazy("예약됨")),
    AppointmentStatus.ARRIVED: ("ok", gettext_lazy("도착함")),
    AppointmentStatus.FULFILLED: ("ok", gettext_lazy("진료를 마침")),
    AppointmentStatus.CANCELLED: ("", gettext_lazy("취소됨")),
    AppointmentStatus.NOSHOW: ("stop", gettext_lazy("오지 않음")),
}
_HAPPENED: Final = {
    "booked": gettext_lazy("예약을 잡았습니다"),
    "confirmed": gettext_lazy("환자가 온다고 확인했습니다"),
    "moved": gettext_lazy("시간을 바꾸었습니다"),
    "cancelled": gettext_lazy("취소했습니다"),
    "arrived": gettext_lazy("환자가 도착했습니다"),
    "noshow": gettext_lazy("환자가 오지 않았습니다"),
    "fulfilled": gettext_lazy("진료를 마쳤습니다"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedDay:
    """A day that has free times."""

    day: date
    name: str
    free: int
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Times to choose from: some days, and by practitioner the times of the chosen one.

    Each time is its slot and its words.
    """

    days: tuple[OfferedDay, ...]
    times: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


def day_name(day: date) -> str:
    """`2026-11-23 월요일`."""
    told = {"day": written(day), "weekday": _WEEKDAYS[day.weekday()]}
    return _("%(day)s %(weekday)s") % told


def clock(time: datetime) -> str:
    """`09:30`, in Korea's time."""
    return f"{time.astimezone(KST):%H:%M}"


def at(time: datetime) -> str:
    """`2026-11-23 월요일 09:30`."""
    return f"{day_name(korean_day(time))} {clock(time)}"


def department(code: str) -> str:
    """What a department is called; its code where nobody knows."""
    return name_of(code, english=get_language() == "en") or code.partition("^^")[0]


def state(appointment: Appointment) -> tuple[str, str]:
    """How a tag of it looks, and its word."""
    if appointment.status is AppointmentStatus.BOOKED and appointment.confirmed:
        return "ok", _("환자가 확인함")
    look, word = _STATES[appointment.status]
    return look, str(word)


def happened(what: str, start: datetime) -> str:
    """What happened to an appointment; `start` is when it was to be from then on."""
    told = str(_HAPPENED.get(what, what))
    return f"{told}: {at(start)}" if what == "moved" else told


def choice(free: Sequence[Slot], chosen: date | None) -> Choice:
    """The first days that have a free time, and the times of the chosen one, or the first."""
    by_day = {day: [*found] for day, found in groupby(free, lambda one: korean_day(one.start))}
    days = [*by_day][:DAYS_OFFERED]
    if chosen in by_day and chosen not in days:
        days = [*days[:-1], chosen]
    shown = chosen if chosen in by_day else next(iter(days), None)
    return Choice(
        days=tuple(
            OfferedDay(day=one, name=day_name(one), free=len(by_day[one]), chosen=one == shown)
            for one in days
        ),
        times=_times(by_day[shown]) if shown else (),
    )


def offered(slots: Collection[Slot]) -> tuple[tuple[str, str], ...]:
    """Free times in words, each by its slot."""
    return tuple((str(one.name), f"{at(one.start)} · {one.schedule.practitioner}") for one in slots)


def _times(slots: Iterable[Slot]) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    found: dict[str, list[tuple[str, str]]] = {}
    for one in slots:
        found.setdefault(one.schedule.practitioner, []).append((str(one.name), clock(one.start)))
    return tuple((name, tuple(times)) for name, times in found.items())
