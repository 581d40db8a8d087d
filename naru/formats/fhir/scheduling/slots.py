"""Schedule and Slot (FHIR R4 12.10, 12.11)."""

from naru.domain.bookings import Place
from naru.domain.korea import KST, midnight
from naru.domain.scheduling import Schedule, Slot
from naru.formats.fhir.resource import Resource
from naru.formats.fhir.scheduling.places import location, role, specialty

FREE, BUSY = "free", "busy"


def to_schedule(schedule: Schedule, place: Place) -> Resource:
    """When a practitioner of a department can be seen: from which day to which."""
    horizon = {"start": midnight(schedule.first).astimezone(KST).isoformat()}
    if schedule.last is not None:
        horizon["end"] = f"{schedule.last:%Y-%m-%d}"
    return {
        "resourceType": "Schedule",
        "id": str(schedule.id),
        "active": True,
        "specialty": [specialty(schedule.department)],
        "actor": [role(schedule.id, schedule.practitioner), location(place)],
        "planningHorizon": horizon,
    }


def to_slot(slot: Slot, left: int) -> Resource:
    """A time, and whether somebody can still be seen within it."""
    return {
        "resourceType": "Slot",
        "id": str(slot.name),
        "specialty": [specialty(slot.schedule.department)],
        "schedule": {
            "reference": f"Schedule/{slot.schedule.id}",
            "display": slot.schedule.practitioner,
        },
        "status": FREE if left else BUSY,
        "start": slot.start.astimezone(KST).isoformat(),
        "end": slot.end.astimezone(KST).isoformat(),
    }
