"""What an Encounter or an Appointment says of treatment (FHIR R4 8.11, 12.2).

That it is to come, goes on, is over, or does not count.
"""

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from naru.domain.arrangements import RelationKind, Visit
from naru.formats.fhir.records import terms
from naru.formats.fhir.resource import Resource
from naru.formats.fhir.values import reference

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_CALENDAR: Final = 250_000_000_000_000_000
"""Microseconds: beyond these ends an interval is open."""

_GOING_ON: Final = frozenset({"arrived", "triaged", "in-progress", "onleave", "finished"})
_STAYS: Final = frozenset({"IMP", "ACUTE", "NONAC"})
"""v3 ActEncounterCode of those who stay; KR Core requires a class of this system."""

_AGREED: Final = frozenset({"booked", "arrived", "checked-in", "fulfilled"})
"""Of an Appointment; what is proposed, waits, was cancelled or missed is no treatment."""


def visit_of(resource: Resource) -> Visit | None:
    """The visit that an Encounter or Appointment is; None for any other resource."""
    match resource.get("resourceType"):
        case "Encounter":
            return _visit(resource, _encountered(resource), *_period(resource))
        case "Appointment":
            return _appointment(resource)
    return None


def _appointment(resource: Resource) -> Visit:
    since, until = (_at(resource, "start", high=False), _at(resource, "end", high=True))
    # One without a day is not agreed (R4 12.2, app-3), and whoever declined does not come.
    agreed = resource.get("status") in _AGREED and since is not None and not _declined(resource)
    kind = RelationKind.BOOKING if agreed else None
    return _visit(resource, kind, since, until if until is not None else since)


def _visit(
    resource: Resource,
    kind: RelationKind | None,
    since: datetime | None,
    until: datetime | None,
) -> Visit:
    name, kept = _name(resource), _appointment_of(resource)
    if kind is None:
        return Visit(kind=None, name=name, appointment=kept)
    return Visit(kind=kind, since=since, until=until, name=name, appointment=kept)


def _appointment_of(resource: Resource) -> UUID | None:
    """The appointment here that an Encounter keeps (R4 Encounter.appointment)."""
    for _, value in terms.found_at(resource, "appointment"):
        led = reference(value.get("reference", ""))
        if led.type == "Appointment" and not led.base:
            try:
                return UUID(led.id)
            except ValueError:  # No id of ours.
                continue
    return None


def _name(resource: Resource) -> str:
    """The first of the sender's own identifiers."""
    for _, value in terms.found_at(resource, "identifier"):
        if value.get("value"):
            return f"{value.get('system', '')}|{value['value']}"
    return ""


def _encountered(resource: Resource) -> RelationKind | None:
    status = resource.get("status")
    if status == "planned":
        return RelationKind.BOOKING
    if status not in _GOING_ON:  # Cancelled, entered in error, unknown.
        return None
    code = resource.get("class")
    stays = isinstance(code, dict) and code.get("code") in _STAYS
    return RelationKind.ADMISSION if stays else RelationKind.RECEPTION


def _declined(resource: Resource) -> bool:
    """Whether the patient said that they do not come."""
    return any(
        one.get("status") == "declined" and _is_patient(one.get("actor"))
        for one in resource.get("participant", ())
        if isinstance(one, dict)
    )


def _is_patient(actor: object) -> bool:
    if not isinstance(actor, dict):
        return False
    led = actor.get("reference", "")
    return actor.get("type") == "Patient" or "Patient/" in str(led)


def _period(resource: Resource) -> tuple[datetime | None, datetime | None]:
    for kind, value in terms.found_at(resource, "period"):
        interval = terms.day_interval(kind, value)
        if interval is not None:
            return _moment(interval.low), _moment(interval.high)
    return None, None


def _at(resource: Resource, element: str, *, high: bool) -> datetime | None:
    for kind, value in terms.found_at(resource, element):
        interval = terms.day_interval(kind, value)
        if interval is not None:
            return _moment(interval.high if high else interval.low)
    return None


def _moment(microseconds: int) -> datetime | None:
    if abs(microseconds) >= _CALENDAR:
        return None
    return _EPOCH + timedelta(microseconds=microseconds)
