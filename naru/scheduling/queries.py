"""What can be booked and what is. Nothing here asks who may see it: see `appointments`."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from naru.domain.departments import canonical
from naru.domain.scheduling import (
    LONGEST,
    Appointment,
    AppointmentStatus,
    Schedule,
    Slot,
    SlotName,
    left,
)
from naru.scheduling import codec, models
from naru.storage.columns import keys, places


@dataclass(frozen=True, slots=True, kw_only=True)
class Free:
    """A slot and how many can still be seen within it."""

    slot: Slot
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What happened to an appointment; `start` is when it is to be since then."""

    what: str
    time: datetime
    institution: UUID | None
    role: str
    start: datetime


def schedules(institution: UUID, department: str | None = None) -> tuple[Schedule, ...]:
    """The schedules of an institution, or of one department, by department and practitioner."""
    rows = models.Schedule.objects.filter(institution=institution)
    found = [codec.value(one) for one in rows.order_by("department", "practitioner", "id")]
    wanted = None if department is None else canonical(department)
    return tuple(one for one in found if wanted is None or canonical(one.department) == wanted)


def every(
    ids: Collection[UUID] | None, institutions: Collection[UUID] | None
) -> tuple[Schedule, ...]:
    """Every schedule, of some ids or institutions alone where they are given, in their order."""
    rows = models.Schedule.objects.order_by("id")
    if ids is not None:
        rows = rows.filter(schedule__in=list(ids))
    if institutions is not None:
        rows = rows.filter(institution__in=list(institutions))
    return tuple(codec.value(one) for one in rows)


def schedule(id_: UUID) -> Schedule | None:
    """One schedule."""
    kept = models.Schedule.objects.filter(schedule=id_).first()
    return None if kept is None else codec.value(kept)


def is_at(slot: SlotName, institution: UUID) -> bool:
    """Whether a slot is of a schedule of the institution's."""
    return models.Schedule.objects.filter(schedule=slot.schedule, institution=institution).exists()


def departments(institution: UUID) -> tuple[str, ...]:
    """The departments of an institution at which something can be booked."""
    found = models.Schedule.objects.filter(institution=institution)
    return tuple(found.order_by("department").values_list("department", flat=True).distinct())


def institutions() -> frozenset[UUID]:
    """The institutions at which something can be booked."""
    return frozenset(models.Schedule.objects.values_list("institution", flat=True).distinct())


def free(
    institution: UUID, department: str | None, since: datetime, until: datetime
) -> tuple[Free, ...]:
    """The slots that begin from `since` on and before `until` and are not full, in order."""
    return free_of(schedules(institution, department), since, until)


def free_of(of: Iterable[Schedule], since: datetime, until: datetime) -> tuple[Free, ...]:
    """The same of some schedules."""
    chosen = {one.id: one for one in of}
    taken = _taken(chosen, since, until)
    found = [
        Free(slot=slot, left=remaining)
        for one in chosen.values()
        for slot in one.slots(since, until)
        if (remaining := left(slot, taken[one.id]))
    ]
    return tuple(sorted(found, key=lambda one: (one.slot.start, one.slot.schedule.practitioner)))


def one(appointment: UUID) -> Appointment | None:
    """One appointment."""
    found = models.Appointment.objects.select_related("schedule")
    kept = found.filter(appointment=appointment).first()
    return None if kept is None else value(kept)


def of_referral(referral: UUID) -> Appointment | None:
    """The appointment that a referral asked for; of several the last."""
    return next(iter(every_of_referral(referral)), None)


def every_of_referral(referral: UUID) -> tuple[Appointment, ...]:
    """Every appointment that was made for a referral, the last first."""
    found = models.Appointment.objects.select_related("schedule").filter(referral=referral)
    return tuple(map(value, found.order_by("-id")))


def of_patient(patients: Collection[UUID]) -> tuple[Appointment, ...]:
    """The appointments of a person, by all their keys, the latest first."""
    # Written by hand: it is a part of every patient's first page.
    asked = keys(patients)
    statement = f"SELECT id FROM scheduling_appointment WHERE patient IN {places(asked)}"  # noqa: S608  # Only placeholders.
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        ids = [id_ for (id_,) in cursor.fetchall()]
    if not ids:
        return ()
    found = models.Appointment.objects.select_related("schedule").filter(id__in=ids)
    return tuple(map(value, found.order_by("-start", "-id")))


def at_institution(institution: UUID, since: datetime, until: datetime) -> tuple[Appointment, ...]:
    """The appointments at an institution that begin within, in order; cancelled ones too."""
    found = models.Appointment.objects.select_related("schedule").filter(
        schedule__institution=institution, start__gte=since, start__lt=until
    )
    return tuple(map(value, found.order_by("start", "schedule__practitioner", "id")))


def steps(appointment: UUID) -> tuple[Step, ...]:
    """What happened to an appointment, in order."""
    kept = models.Step.objects.filter(appointment__appointment=appointment).order_by("id")
    return tuple(
        Step(
            what=each.what,
            time=each.time,
            institution=each.institution,
            role=each.role,
            start=each.start,
        )
        for each in kept
    )


def value(kept: models.Appointment) -> Appointment:
    """The appointment of a row that was read with its schedule."""
    return Appointment(
        id=kept.appointment,
        institution=kept.schedule.institution,
        department=kept.schedule.department,
        practitioner=kept.schedule.practitioner,
        schedule=kept.schedule.schedule,
        patient=kept.patient,
        start=kept.start,
        end=kept.end,
        status=AppointmentStatus(kept.status),
        confirmed=kept.confirmed,
        booked_by=kept.booked_by,
        referral=kept.referral,
    )


def _taken(
    of: Collection[UUID], since: datetime, until: datetime
) -> dict[UUID, list[tuple[datetime, datetime]]]:
    """The times that are taken of each schedule and reach into the period's slots."""
    rows = models.Appointment.objects.filter(
        schedule__schedule__in=list(of), seat__isnull=False, start__lt=until + LONGEST
    ).filter(end__gt=since)
    taken: dict[UUID, list[tuple[datetime, datetime]]] = {one: [] for one in of}
    for id_, start, end in rows.values_list("schedule__schedule", "start", "end"):
        taken[id_].append((start, end))
    return taken
