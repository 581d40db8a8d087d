"""What an Encounter says of treatment (FHIR R4 8.11): that it is planned, goes on, is over."""

from datetime import UTC, datetime, timedelta
from typing import Final

from naru.domain.arrangements import RelationKind, Visit
from naru.formats.fhir.records import terms
from naru.formats.fhir.resource import Resource

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_CALENDAR: Final = 250_000_000_000_000_000
"""Microseconds: beyond these ends an interval is open."""

_GOING_ON: Final = frozenset({"arrived", "triaged", "in-progress", "onleave", "finished"})
_STAYS: Final = frozenset({"IMP", "ACUTE", "NONAC"})
"""v3 ActEncounterCode of those who stay; KR Core requires a class of this system."""


def visit_of(resource: Resource) -> Visit | None:
    """The visit that an Encounter is; None for any other resource."""
    if resource.get("resourceType") != "Encounter":
        return None
    kind = _kind(resource)
    if kind is None:
        return Visit(kind=None)
    since, until = _period(resource)
    return Visit(kind=kind, since=since, until=until)


def _kind(resource: Resource) -> RelationKind | None:
    status = resource.get("status")
    if status == "planned":
        return RelationKind.BOOKING
    if status not in _GOING_ON:  # Cancelled, entered in error, unknown.
        return None
    code = resource.get("class")
    stays = isinstance(code, dict) and code.get("code") in _STAYS
    return RelationKind.ADMISSION if stays else RelationKind.RECEPTION


def _period(resource: Resource) -> tuple[datetime | None, datetime | None]:
    for kind, value in terms.found_at(resource, "period"):
        interval = terms.day_interval(kind, value)
        if interval is not None:
            return _moment(interval.low), _moment(interval.high)
    return None, None


def _moment(microseconds: int) -> datetime | None:
    if abs(microseconds) >= _CALENDAR:
        return None
    return _EPOCH + timedelta(microseconds=microseconds)
