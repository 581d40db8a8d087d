"""A hospital with a doctor who can be booked, and who asks there."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import count
from uuid import uuid4

from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role
from naru.domain.korea import korean_day, midnight
from naru.domain.scheduling import Hours, Schedule, Slot
from naru.exchange.access import Access
from naru.scheduling import schedules
from naru.ui.clock import now
from tests.exchange.hospitals import Hospital, Patient

DAY = (Hours(time(9), time(12)), Hours(time(13), time(17)))
DEPARTMENT = "01^^http://www.hl7korea.or.kr/CodeSystem/hira-medical-department"
_doctors = count(1)


def tomorrow() -> date:
    return korean_day(now()) + timedelta(days=1)


def asks(hospital: Hospital | None, role: Role = Role.REFERRAL_COORDINATOR) -> Access:
    """An access of somebody at the hospital, at this moment."""
    caller = Caller(
        role=role,
        purpose=PurposeOfUse.TREATMENT,
        assurance=Assurance.SESSION,
        institution=hospital.id if hospital else None,
        person=uuid4(),
    )
    return Access(transaction="TEST", caller=caller, time=now())


def says(patient: Patient) -> Access:
    """An access of the patient, at this moment."""
    caller = Caller(
        role=Role.PATIENT,
        purpose=PurposeOfUse.PATIENT_REQUEST,
        assurance=Assurance.SESSION,
        patient=patient.key,
    )
    return Access(transaction="TEST", caller=caller, time=now())


def at(access: Access, time: datetime) -> Access:
    """The same access at another moment."""
    return replace(access, time=time, request_id=uuid4())


def doctor(hospital: Hospital, **more: object) -> Schedule:
    """A schedule of the hospital, every day from nine to five without noon, by half hours."""
    schedule = Schedule(
        id=uuid4(),
        institution=hospital.id,
        department=DEPARTMENT,
        practitioner=f"의사 {next(_doctors)}",
        weekly=(DAY,) * 7,
        slot=timedelta(minutes=30),
        first=korean_day(now()),
        closed_on_holidays=False,
    )
    kept = replace(schedule, **more)  # type: ignore[arg-type]  # Each is of its field's type.
    schedules.keep(asks(hospital), kept)
    return kept


def slots(schedule: Schedule, day: date | None = None) -> Iterator[Slot]:
    """The slots of a day, of tomorrow where none is said."""
    since = midnight(day or tomorrow())
    return schedule.slots(since, since + timedelta(days=1))
