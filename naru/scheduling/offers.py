"""What can be booked, for any institution's system and whoever refers: no word of a patient."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from naru.audit.records import AuditedObject
from naru.directory import queries as directory
from naru.domain import roles
from naru.domain.bookings import Place
from naru.domain.caller import Role
from naru.domain.korea import korean_day
from naru.domain.scheduling import MOST_DAYS, Schedule, Slot, SlotName
from naru.exchange.access import Access, reading
from naru.exchange.arranging import require
from naru.scheduling import queries
from naru.scheduling.schedules import SCHEDULE


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A schedule and where it is."""

    schedule: Schedule
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A slot and how many can still be seen within it."""

    slot: Slot
    left: int


def every(
    access: Access,
    *,
    ids: Collection[UUID] | None = None,
    institutions: Collection[UUID] | None = None,
) -> tuple[Offer, ...]:
    """The schedules of all who take part, or of some alone. Raises NotPermitted."""
    with reading(access):
        _require_asker(access)
        found = queries.every(ids, institutions)
        places = _places(access, {one.institution for one in found})
        return tuple(
            Offer(schedule=one, place=places[one.institution])
            for one in found
            if one.institution in places
        )


def slots(
    access: Access, schedules: Iterable[UUID], since: datetime, until: datetime
) -> tuple[Offered, ...]:
    """Their slots to come that begin within, free and taken ones, in order. Raises NotPermitted."""
    with reading(access):
        _require_asker(access)
        found = [one for each in schedules if (one := _of(access, each)) is not None]
        until = min(until, _furthest(access))
        return _told(access, found, max(since, access.time), until)


def slot(access: Access, name: SlotName) -> Offered | None:
    """One slot to come; None where nobody is seen then. Raises NotPermitted."""
    with reading(access):
        _require_asker(access)
        schedule = _of(access, name.schedule)
        named = None if schedule is None else schedule.slot_at(name.start)
        if schedule is None or named is None:
            return None
        if not access.time < named.start < _furthest(access):
            return None
        told = _told(access, [schedule], named.start, named.end)
        return next(one for one in told if one.slot == named)


def _told(
    access: Access, of: list[Schedule], since: datetime, until: datetime
) -> tuple[Offered, ...]:
    for one in of:
        access.objects.append(AuditedObject(SCHEDULE, str(one.id)))
    free = {one.slot.name: one.left for one in queries.free_of(of, since, until)}
    found = [
        Offered(slot=slot, left=free.get(slot.name, 0))
        for one in of
        for slot in one.slots(since, until)
    ]
    return tuple(sorted(found, key=lambda one: (one.slot.start, str(one.slot.name))))


def _furthest(access: Access) -> datetime:
    return access.time + timedelta(days=MOST_DAYS)


def _of(access: Access, schedule: UUID) -> Schedule | None:
    found = queries.schedule(schedule)
    return found if found and _places(access, {found.institution}) else None


def _places(access: Access, institutions: Iterable[UUID]) -> dict[UUID, Place]:
    """Those who take part today."""
    known = (directory.by_id(one, on=korean_day(access.time)) for one in institutions)
    return {
        one.id: Place(institution=one.id, name=one.name, oid=one.oid or "")
        for one in known
        if one is not None and one.approved
    }


def _require_asker(access: Access) -> None:
    asking = ("book-appointment", "send-referral")
    may = any(roles.may(access.caller.role, one) for one in asking)
    require(may or access.caller.role is Role.SYSTEM)
