"""Where and by whom somebody is seen: references to Location and PractitionerRole, and both."""

from uuid import UUID

from naru.domain.bookings import Place
from naru.domain.departments import name_of
from naru.domain.scheduling import Schedule
from naru.formats.fhir.resource import Resource

URI = "urn:ietf:rfc:3986"


def location(place: Place) -> Resource:
    """The reference to an institution."""
    told: Resource = {"reference": f"Location/{place.institution}", "type": "Location"}
    if place.oid:
        told["identifier"] = _oid(place.oid)
    return {**told, "display": place.name} if place.name else told


def role(schedule: UUID, practitioner: str) -> Resource:
    """The reference to whom a schedule is of: one practitioner in one department."""
    told = {"reference": f"PractitionerRole/{schedule}", "type": "PractitionerRole"}
    return {**told, "display": practitioner} if practitioner else told


def specialty(department: str) -> Resource:
    """A department, which is written `code^^scheme`, as a code."""
    code, _, system = department.partition("^^")
    named = name_of(department)
    coding = {"system": system, "code": code} | ({"display": named} if named else {})
    if not system:
        return {"text": named or department}
    return {"coding": [coding]} | ({"text": named} if named else {})


def to_location(place: Place) -> Resource:
    """An institution at which somebody can be booked."""
    told: Resource = {"resourceType": "Location", "id": str(place.institution)}
    if place.oid:
        told["identifier"] = [_oid(place.oid)]
    return told | {"status": "active", "name": place.name, "mode": "instance"}


def to_practitioner_role(schedule: Schedule, place: Place) -> Resource:
    """Whom a schedule is of."""
    return {
        "resourceType": "PractitionerRole",
        "id": str(schedule.id),
        "active": True,
        "practitioner": {"type": "Practitioner", "display": schedule.practitioner},
        "specialty": [specialty(schedule.department)],
        "location": [location(place)],
    }


def _oid(oid: str) -> Resource:
    return {"system": URI, "value": f"urn:oid:{oid}"}
