"""Looking at what is booked and what is free, each look recorded with the request."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from naru.audit.records import AuditedObject
from naru.domain import roles
from naru.domain.korea import midnight
from naru.domain.person import Demographics
from naru.domain.scheduling import Appointment, Schedule
from naru.exchange.access import Access, reading
from naru.exchange.arranging import require
from naru.exchange.consent import representing
from naru.exchange.treatment import reception
from naru.exchange.treatment.reception import Known
from naru.patients import queries as patients
from naru.scheduling import permission, queries
from naru.scheduling.queries import Free, Step
from naru.scheduling.services import APPOINTMENT

MOST_DAYS: Final = 31
"""How many days are looked at at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A patient as those know them who expect them; `number` is the institution's own, or empty."""

    demographics: Demographics
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Diary:
    """Some days at an institution: its schedules, who is booked and what is free."""

    schedules: tuple[Schedule, ...]
    appointments: tuple[Appointment, ...]
    free: tuple[Free, ...]
    people: Mapping[UUID, Person]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An appointment with what happened to it."""

    appointment: Appointment
    steps: tuple[Step, ...]


def diary(access: Access, first: date, days: int) -> Diary:
    """The days from `first` on at the caller's institution. Raises NotPermitted."""
    with reading(access):
        here = access.caller.institution
        require(here is not None and roles.may(access.caller.role, "book-appointment"))
        assert here is not None
        since = midnight(first)
        until = since + timedelta(days=min(days, MOST_DAYS))
        booked = queries.at_institution(here, since, until)
        _noted(access, booked)
        return Diary(
            schedules=queries.schedules(here),
            appointments=booked,
            free=queries.free(here, None, max(since, access.time), until),
            people={
                patient: person(access, patient)
                for patient in dict.fromkeys(one.patient for one in booked)
            },
        )


def of_patient(access: Access, patient: UUID) -> tuple[Told, ...]:
    """The patient's appointments, the latest first: the patient's, or who speaks for them.

    Raises NotPermitted, NotMandated.
    """
    with reading(access):
        _own(access, patient)
        found = queries.of_patient(patients.identity_set(patient))
        _noted(access, found)
        return tuple(Told(appointment=one, steps=queries.steps(one.id)) for one in found)


def others(
    access: Access, appointment: UUID, first: date, days: int
) -> tuple[Appointment, tuple[Free, ...]]:
    """An appointment, and the free times of its department to which it may be moved.

    Raises NotPermitted.
    """
    with reading(access):
        found = queries.one(appointment)
        require(found is not None)
        assert found is not None
        if permission.is_patients(access):
            _own(access, found.patient)
        else:
            require(found.institution == access.caller.institution)
            require(roles.may(access.caller.role, "book-appointment"))
        _noted(access, [found])
        since = midnight(first)
        until = since + timedelta(days=min(days, MOST_DAYS))
        since = max(since, access.time)
        return found, queries.free(found.institution, found.department, since, until)


def person(access: Access, patient: UUID) -> Person:
    """Somebody who has an appointment that the request has found."""
    return Person(
        demographics=patients.demographics(patient), number=reception.number(access, patient)
    )


def known(access: Access, patient: UUID) -> Known | None:
    """Somebody whom the caller's institution has registered, as it knows them."""
    number = reception.number(access, patient)
    if not number:
        return None
    access.concerns(patient)
    return Known(patient=patient, number=number, demographics=patients.demographics(patient))


def _own(access: Access, patient: UUID) -> None:
    require(permission.is_patients(access))
    require(access.caller.patient in patients.identity_set(patient))
    representing.require_mandate(access, patient, saying=False)
    access.concerns(patient)


def _noted(access: Access, found: Iterable[Appointment]) -> None:
    for one in found:
        access.concerns(one.patient)
        access.objects.append(AuditedObject(APPOINTMENT, str(one.id), None, one.patient))
