"""A hospital's diary, its free times and its schedules, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from naru.directory import queries as directory
from naru.domain.korea import KST, korean_day
from naru.domain.scheduling import OPEN, Appointment, AppointmentStatus, Schedule
from naru.exchange.consent.issue import full_name
from naru.exchange.treatment.reception import Known
from naru.scheduling.appointments import Diary, Person
from naru.scheduling.queries import Step
from naru.ui import appointments as words
from naru.ui.clock import span, today
from naru.ui.names import in_language

WEEK: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """For whom a booking is made."""

    patient: UUID
    name: str
    born: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """An appointment in words."""

    id: UUID
    name: str
    number: str
    state: str
    word: str
    when: str
    where: str
    who: str
    is_open: bool
    confirmed: bool
    cancelled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Time:
    """A time of a day; `slot` is empty where nothing is free, `once` the id of what it makes."""

    at: str
    slot: str
    left: int
    once: UUID
    booked: tuple[Booked, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A practitioner's day; cancelled appointments stand apart."""

    name: str
    department: str
    times: tuple[Time, ...]
    cancelled: tuple[Booked, ...]
    free: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day to choose; `free` times are left in it, `booked` taken."""

    day: date
    name: str
    free: int
    booked: int = 0
    chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPage:
    """A day of the diary."""

    day: date
    heading: str
    before: date
    after: date
    today: date
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekPage:
    """A week of the diary: each practitioner's seven days."""

    heading: str
    before: date
    after: date
    days: tuple[str, ...]
    rows: tuple[tuple[str, str, tuple[Day, ...]], ...]


def whom(known: Known) -> Whom:
    """The patient in words."""
    born = known.demographics.birth_time or ""
    return Whom(
        patient=known.patient,
        name=full_name(known.demographics),
        born=f"{born[:4]}-{born[4:6]}-{born[6:8]}" if born else "",
        number=known.number,
    )


def institution(id_: UUID, on: date) -> str:
    """What an institution is called."""
    known = directory.by_id(id_, on=on)
    return in_language(known.name) if known else _("알 수 없는 기관")


def booked(appointment: Appointment, person: Person | None = None) -> Booked:
    """The appointment in words; of whom, where it is said."""
    state, word = words.state(appointment)
    return Booked(
        id=appointment.id,
        name=(full_name(person.demographics) if person else "") or _("이름 없음"),
        number=person.number if person else "",
        state=state,
        word=word,
        when=words.at(appointment.start),
        where=institution(appointment.institution, korean_day(appointment.start)),
        who=f"{words.department(appointment.department)} · {appointment.practitioner}",
        is_open=appointment.status in OPEN,
        confirmed=appointment.confirmed,
        cancelled=appointment.status is AppointmentStatus.CANCELLED,
    )


def happened(steps: Sequence[Step]) -> tuple[tuple[str, str], ...]:
    """What happened to an appointment, each with its time."""
    return tuple(
        (f"{each.time.astimezone(KST):%Y-%m-%d %H:%M}", words.happened(each.what, each.start))
        for each in steps
    )


def day_page(diary: Diary, day: date, now: datetime) -> DayPage:
    """A day in words."""
    return DayPage(
        day=day,
        heading=words.day_name(day),
        before=day - timedelta(days=1),
        after=day + timedelta(days=1),
        today=today(now),
        columns=tuple(_column(diary, one, day) for one in diary.schedules),
    )


def week_page(diary: Diary, first: date) -> WeekPage:
    """Seven days in words."""
    days = [first + timedelta(days=each) for each in range(WEEK)]
    return WeekPage(
        heading=_("%(day)s부터 한 주") % {"day": words.day_name(first)},
        before=first - timedelta(days=WEEK),
        after=first + timedelta(days=WEEK),
        days=tuple(f"{day.month}/{day.day}" for day in days),
        rows=tuple(
            (
                one.practitioner,
                words.department(one.department),
                tuple(_counted(diary, one, day) for day in days),
            )
            for one in diary.schedules
        ),
    )


def _column(diary: Diary, schedule: Schedule, day: date) -> Column:
    mine = [one for one in diary.appointments if one.schedule == schedule.id]
    of_day = [one for one in mine if korean_day(one.start) == day]
    free = {
        one.slot.start: one
        for one in diary.free
        if one.slot.schedule.id == schedule.id and korean_day(one.slot.start) == day
    }
    seen = [one for one in of_day if one.status is not AppointmentStatus.CANCELLED]
    starts = sorted({*free, *(one.start for one in seen)})
    return Column(
        name=schedule.practitioner,
        department=words.department(schedule.department),
        times=tuple(
            Time(
                at=words.clock(start),
                slot=str(free[start].slot.name) if start in free else "",
                left=free[start].left if start in free else 0,
                once=uuid4(),
                booked=tuple(
                    booked(one, diary.people.get(one.patient)) for one in seen if one.start == start
                ),
            )
            for start in starts
        ),
        cancelled=tuple(
            booked(one, diary.people.get(one.patient))
            for one in of_day
            if one.status is AppointmentStatus.CANCELLED
        ),
        free=len(free),
    )


def _counted(diary: Diary, schedule: Schedule, day: date) -> Day:
    taken = [
        one
        for one in diary.appointments
        if one.schedule == schedule.id
        and korean_day(one.start) == day
        and one.status is not AppointmentStatus.CANCELLED
    ]
    free = [
        one
        for one in diary.free
        if one.slot.schedule.id == schedule.id and korean_day(one.slot.start) == day
    ]
    return Day(day=day, name=words.day_name(day), free=len(free), booked=len(taken))


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleRow:
    """A schedule in words."""

    id: UUID
    practitioner: str
    department: str
    told: str


def schedule(one: Schedule) -> ScheduleRow:
    """The schedule in words."""
    minutes = one.slot // timedelta(minutes=1)
    told = _("%(minutes)s분에 %(capacity)s명") % {"minutes": minutes, "capacity": one.capacity}
    return ScheduleRow(
        id=one.id,
        practitioner=one.practitioner,
        department=words.department(one.department),
        told=f"{told} · {span(one.first, one.last)}",
    )
