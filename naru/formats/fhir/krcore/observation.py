"""What every Observation of a document has: category, code, subject, value."""

import re
from decimal import Decimal
from typing import Final

from naru.formats.fhir.krcore.frame import Frame, reference
from naru.formats.fhir.krcore.profiles import Profile
from naru.formats.fhir.krcore.reading import child, number, word
from naru.formats.fhir.krcore.systems import UCUM
from naru.formats.fhir.resource import Resource

CATEGORY: Final = "http://terminology.hl7.org/CodeSystem/observation-category"
_NUMBER: Final = re.compile(r"(<=|<|>=|>)?(-?(?:0|[1-9]\d{0,14})(?:\.\d{1,9})?)", re.ASCII)


def to_observation(
    frame: Frame, place: str, category: str, code: Resource, profile: Profile | None = None
) -> Resource:
    """An Observation that is final, without its value and time."""
    told = frame.new("Observation", place, profile)
    told["status"] = "final"
    told["category"] = [{"coding": [{"system": CATEGORY, "code": category}]}]
    told["code"] = code
    told["subject"] = reference(frame.patient)
    if frame.encounter is not None:
        told["encounter"] = reference(frame.encounter)
    return told


def to_value(words: str, unit: str) -> Resource:
    """The value[x] of a result: a quantity where it is a number with a unit, else its words."""
    found = _NUMBER.fullmatch(words)
    if found is None or not unit.strip():
        return {"valueString": words} if words.strip() else {}
    told: Resource = {"value": Decimal(found[2])}
    if found[1]:
        told["comparator"] = found[1]
    told["unit"] = unit
    if not re.search(r"\s|[^!-~]", unit):
        told |= {"system": UCUM, "code": unit}
    return {"valueQuantity": told}


def from_value(told: Resource) -> tuple[str, str]:
    """Words and unit of a value, of whatever type it is."""
    quantity = child(told, "valueQuantity")
    value = number(quantity, "value")
    if value is not None:
        unit = word(quantity, "unit") or word(quantity, "code")
        return f"{word(quantity, 'comparator')}{value}", unit
    concept = child(told, "valueCodeableConcept")
    words = word(concept, "text") or word(concept, "coding", "display")
    return word(told, "valueString") or words or _other(told), ""


def _other(told: Resource) -> str:
    for name in ("valueInteger", "valueBoolean", "valueDateTime", "valueTime"):
        if name in told:
            return str(told[name])
    return ""
