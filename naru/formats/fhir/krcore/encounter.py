"""krcore-encounter beside the visit of which a document tells."""

from datetime import date, datetime

from naru.domain.clinical import Encounter, EncounterKind
from naru.formats.fhir.krcore.frame import Frame, moment, reference
from naru.formats.fhir.krcore.practitioner import from_specialty, to_specialty
from naru.formats.fhir.krcore.profiles import Profile
from naru.formats.fhir.krcore.reading import child, day, when, word
from naru.formats.fhir.krcore.systems import V3
from naru.formats.fhir.resource import Resource

_DISPLAYS = {
    EncounterKind.AMBULATORY: "ambulatory",
    EncounterKind.INPATIENT: "inpatient encounter",
    EncounterKind.EMERGENCY: "emergency",
}


def to_encounter(frame: Frame, encounter: Encounter, organization: Resource) -> Resource:
    """The Encounter: over, but for a stay whose end was not told."""
    told = frame.new("Encounter", "", Profile.ENCOUNTER)
    stays = encounter.kind is EncounterKind.INPATIENT and encounter.until is None
    told["status"] = "in-progress" if stays else "finished"
    told["class"] = {
        "system": f"{V3}ActCode",
        "code": encounter.kind.value,
        "display": _DISPLAYS[encounter.kind],
    }
    if encounter.department is not None:
        told["serviceType"] = to_specialty(encounter.department)
    told["subject"] = reference(frame.patient)
    told["period"] = {"start": moment(encounter.date)}
    if encounter.until is not None:
        told["period"]["end"] = moment(encounter.until)
    told["serviceProvider"] = reference(organization)
    return told


def from_encounter(resource: Resource) -> Encounter | None:
    """The visit; None without a day on which it began."""
    begun = day(word(resource, "period", "start"))
    if begun is None:
        return None
    code = word(resource, "class", "code")
    end = when(word(resource, "period", "end"))
    return Encounter(
        date=begun,
        kind=EncounterKind(code) if code in set(EncounterKind) else EncounterKind.AMBULATORY,
        until=end if isinstance(end, date | datetime) else None,
        department=from_specialty(child(resource, "serviceType")),
    )
