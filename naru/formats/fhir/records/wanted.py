"""What a sent Appointment asks of a schedule here (FHIR R4 12.2)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final
from uuid import UUID

from naru.domain.bookings import RECORD, Wanted
from naru.domain.korea import KST
from naru.domain.scheduling import AppointmentStatus, SlotName
from naru.formats.fhir import moments
from naru.formats.fhir.outcome import IssueType, refused
from naru.formats.fhir.resource import Resource

UUID_URN: Final = "urn:uuid:"

_STATUS: Final[Mapping[str, AppointmentStatus]] = {
    "booked": AppointmentStatus.BOOKED,
    "arrived": AppointmentStatus.ARRIVED,
    "checked-in": AppointmentStatus.ARRIVED,
    "fulfilled": AppointmentStatus.FULFILLED,
    "cancelled": AppointmentStatus.CANCELLED,
    "entered-in-error": AppointmentStatus.CANCELLED,
    "noshow": AppointmentStatus.NOSHOW,
}
"""The rest (proposed, pending, waitlist) takes no place."""


def wanted(resource: Resource, base: str) -> Wanted | None:
    """What an Appointment asks of a schedule; None for any other resource. Raises Refused."""
    if resource.get("resourceType") != RECORD:
        return None
    return Wanted(
        slot=_slot(resource, base),
        status=status_of(resource),
        start=moment_of(resource.get("start")),
        end=moment_of(resource.get("end")),
        referral=_referral(resource),
    )


def status_of(resource: Resource) -> AppointmentStatus | None:
    """What the status of a resource says of a booking; None where it takes no place."""
    return _STATUS.get(resource.get("status", ""))


def moment_of(text: object) -> datetime | None:
    """The moment of an instant; None where there is none."""
    if not isinstance(text, str):
        return None
    try:
        return moments.interval(text, zone=KST).low.astimezone(UTC)
    except moments.NotAMoment:  # The check of types has named it before.
        return None


def _slot(resource: Resource, base: str) -> SlotName | None:
    """The slot of ours that is named; those of another server are none. Raises Refused."""
    led = (str(one.get("reference", "")) for one in resource.get("slot", ()))
    ours = [one for each in led if (one := each.removeprefix(f"{base}/")).startswith("Slot/")]
    if not ours:
        return None
    try:
        (name,) = ours
        return SlotName.of(name.removeprefix("Slot/"))
    except ValueError:  # Several, or InvalidSchedule.
        raise refused(
            IssueType.VALUE,
            "An appointment takes one slot, by the id that it has here.",
            "Appointment.slot",
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
        ) from None


def _referral(resource: Resource) -> UUID | None:
    """The referral that it answers: a request that is named by the UUID of ours."""
    for one in resource.get("basedOn", ()):
        value = str(one.get("identifier", {}).get("value", ""))
        if value.startswith(UUID_URN):
            try:
                return UUID(value.removeprefix(UUID_URN))
            except ValueError:  # Of another's making.
                continue
    return None
