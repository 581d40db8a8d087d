"""When the demo's doctors can be seen from the start, and who is booked: no diary opens empty."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import islice
from typing import Final
from uuid import UUID, uuid5

from naru.demo.cast import HANBIT, HOSPITALS, IEUM, ISLAND, PUREUN, Hospital
from naru.demo.population import TOLD, Person
from naru.domain.caller import Role
from naru.domain.departments import DepartmentSystem, table
from naru.domain.korea import korean_day
from naru.domain.scheduling import Hours, Schedule
from naru.exchange import identify
from naru.exchange.access import Access
from naru.scheduling import queries, schedules, services

_NAMES: Final = UUID("5f0b2f6e-6a1c-4c53-9a0e-7f1a2b6d9c31")
"""Under which a schedule of the demo has the same id each time."""

EXPECTED: Final = 4
"""Patients whom each expects."""

_AHEAD: Final = timedelta(days=7)
_MORNING: Final = Hours(time(9), time(12))
_AFTERNOON: Final = Hours(time(13, 30), time(17))
_WEEK: Final = (*((_MORNING, _AFTERNOON),) * 5, (_MORNING,), ())
"""Monday to Friday the whole day, Saturday till noon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Doctor:
    """One who is seen at a hospital, from today or from tomorrow on."""

    at: Hospital
    name: str
    minutes: int
    tomorrow: bool = False


# Beside the first of them the doctor of the story of chest pain opens her own hours, tomorrow.
_DOCTORS: Final = (
    _Doctor(at=PUREUN, name="문가온", minutes=30, tomorrow=True),
    _Doctor(at=IEUM, name="이도윤", minutes=15),
    _Doctor(at=HANBIT, name="홍지온", minutes=30),
    _Doctor(at=ISLAND, name="남궁민솔", minutes=20),
)


def open_times(places: Mapping[str, UUID], known: Mapping[Person, UUID], now: datetime) -> None:
    """Give each their hours, and book some of their hospital's patients within the week.

    Nobody of whom a story tells: a booking opens the record to the hospital, and who comes there
    is for the story to say.
    """
    for one in _DOCTORS:
        here = places[one.at.key]
        schedule = _schedule(one, here, now)
        schedules.keep(_asks(here, "schedule", now), schedule)
        free = queries.free_of([schedule], now, now + _AHEAD)
        apart = [each.slot for each in free][1::3]
        for person, slot in zip(_theirs(one.at, known), apart, strict=False):
            services.book(_asks(here, "appointment", now), slot.name, known[person])


def _schedule(doctor: _Doctor, here: UUID, now: datetime) -> Schedule:
    hira = table().schemes[DepartmentSystem.HIRA]
    return Schedule(
        id=uuid5(_NAMES, doctor.at.key),
        institution=here,
        department=f"{doctor.at.department[0]}^^{hira}",
        practitioner=doctor.name,
        weekly=_WEEK,
        slot=timedelta(minutes=doctor.minutes),
        first=korean_day(now) + timedelta(days=doctor.tomorrow),
    )


def _theirs(hospital: Hospital, known: Mapping[Person, UUID]) -> list[Person]:
    """Some whom the hospital knows and no story."""
    here = HOSPITALS.index(hospital)
    others = (one for one in known if one not in TOLD and one.number % len(HOSPITALS) == here)
    return list(islice(others, EXPECTED))


def _asks(here: UUID, transaction: str, now: datetime) -> Access:
    who = identify.at_clinic(here, role=Role.REFERRAL_COORDINATOR, address="", now=now)
    return Access(transaction=transaction, caller=who, time=now)
