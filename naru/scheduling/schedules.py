"""An institution's own schedules: who may be booked, when, and on which days not."""

from dataclasses import replace
from typing import Final
from uuid import UUID

from naru.audit.records import AuditedObject
from naru.domain import roles
from naru.domain.scheduling import Appointment, Schedule
from naru.exchange.access import Access, changing, reading
from naru.exchange.arranging import require
from naru.scheduling import codec, models, queries

SCHEDULE: Final = "schedule"
"""The kind of an audited object that is a schedule, by its id."""


def own(access: Access) -> tuple[Schedule, ...]:
    """The schedules of the caller's institution. Raises NotPermitted."""
    with reading(access):
        return queries.schedules(_institution(access, "edit-schedule"))


def one(access: Access, schedule: UUID) -> Schedule:
    """One of them. Raises NotPermitted."""
    with reading(access):
        found = queries.schedule(schedule)
        require(found is not None)
        assert found is not None
        require(found.institution == _institution(access, "edit-schedule"))
        return found


def keep(access: Access, schedule: Schedule) -> tuple[Appointment, ...]:
    """Keep a new schedule of the caller's institution, or change one.

    What was booked stays booked: the appointments to come that lie outside the new hours are
    answered, so that somebody calls the patients. Raises NotPermitted.
    """
    with changing(access):
        here = _institution(access, "edit-schedule")
        row = models.Schedule.objects.select_for_update().filter(schedule=schedule.id).first()
        require(schedule.institution == here and (row is None or row.institution == here))
        kept = replace(schedule, institution=here)
        access.objects.append(AuditedObject(SCHEDULE, str(kept.id)))
        models.Schedule.objects.update_or_create(schedule=kept.id, defaults=codec.row(kept))
        stranded = [one for one in _to_come(access, kept) if not _fits(kept, one)]
        for one in stranded:
            access.concerns(one.patient)
        return tuple(stranded)


def _institution(access: Access, action: str) -> UUID:
    here = access.caller.institution
    require(here is not None and roles.may(access.caller.role, action))
    assert here is not None
    return here


def _to_come(access: Access, schedule: Schedule) -> list[Appointment]:
    rows = models.Appointment.objects.select_related("schedule").filter(
        schedule__schedule=schedule.id, seat__isnull=False, start__gt=access.time
    )
    return [queries.value(row) for row in rows.order_by("start")]


def _fits(schedule: Schedule, appointment: Appointment) -> bool:
    slot = schedule.slot_at(appointment.start)
    return slot is not None and slot.end == appointment.end
