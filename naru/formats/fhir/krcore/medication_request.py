"""krcore-medicationrequest beside 약물처방: the prescriber's words, and the numbers in them.

The words stand as they were written in `dosageInstruction.text`, one line each with its label, and
are read back from there; what can be counted in them stands as quantities beside.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Final

import msgspec

from naru.domain.clinical import Medication
from naru.domain.days_of_supply import days_of_supply
from naru.domain.terminology import System, code_system
from naru.formats.fhir.krcore.frame import Frame, absent, moment, reference
from naru.formats.fhir.krcore.profiles import Extension, Profile
from naru.formats.fhir.krcore.reading import child, each, number, when, word
from naru.formats.fhir.krcore.systems import (
    UCUM,
    codings_of,
    concept,
    of_url,
    translations,
    url_of,
)
from naru.formats.fhir.resource import Resource

_LABELS: Final = {"dose": "용량", "times": "횟수", "days": "투여기간", "usage": "용법"}
_DOSE: Final = re.compile(r"\s*(\d{1,9}(?:\.\d{1,6})?)\s*([^\s\d/][^\d]*?)?\s*")
_PLACES: Final = 6
_PART: Final = re.compile(r"\s*(\d{1,4})/(\d{1,4})\s*([^\s\d/][^\d]*?)?\s*")
_TIMES: Final = re.compile(r"\s*(?:(?:1일|하루|매일)\s*)?(\d{1,3})\s*(?:회|번)?\s*")
_CATEGORIES: Final = "http://terminology.hl7.org/CodeSystem/medicationrequest-category"


@cache
def _units() -> Mapping[str, str]:
    file = resources.files("naru.formats.fhir.krcore") / "data" / "dose_units.json"
    found: Mapping[str, str] = msgspec.json.decode(file.read_bytes())["units"]
    return found


def unit_code(unit: str) -> str:
    """UCUM's code of a unit's name; "" where it has none."""
    return _units().get(unit, "")


def to_medication_request(
    frame: Frame, medication: Medication, place: str, *, at_discharge: bool = False
) -> Resource:
    """An order whose present state a document does not tell."""
    told = frame.new("MedicationRequest", place, Profile.MEDICATION_REQUEST)
    told["status"] = "unknown"
    told["intent"] = "order"
    if at_discharge:
        told["category"] = [{"coding": [{"system": _CATEGORIES, "code": "discharge"}]}]
    told["medicationCodeableConcept"] = _medication(medication)
    told["subject"] = reference(frame.patient)
    if frame.encounter is not None:
        told["encounter"] = reference(frame.encounter)
    told["authoredOn"] = moment(medication.time)
    if frame.author is not None:
        told["requester"] = reference(frame.author)
    told["dosageInstruction"] = [_dosage(medication)]
    if days := days_of_supply(medication.days):
        duration = {"value": days, "unit": "일", "system": UCUM, "code": "d"}
        told["dispenseRequest"] = {"expectedSupplyDuration": duration}
    return told


def _medication(medication: Medication) -> Resource:
    codes = []
    if medication.code.strip():
        url = url_of(medication.system, System.EDI_MEDICATION)
        codes.append(of_url(url, medication.code, medication.name))
    others = [*translations(medication.translations, System.EDI_MEDICATION)]
    atc = code_system(System.ATC).url
    # An ingredient is told as KR Core tells it; whatever else is the product in other systems.
    codes += [one for one in others if one["system"] != atc]
    for one in codes:
        if "display" not in one:  # KR Core demands one.
            one["_display"] = absent()
    ingredients = [{"coding": [one]} for one in others if one["system"] == atc] or [absent()]
    told = concept(codes, medication.name)
    url = Extension.MEDICATION_INGREDIENT.url
    extensions = [{"url": url, "valueCodeableConcept": one} for one in ingredients]
    return {"extension": [*told.pop("extension", []), *extensions], **told}


def _dosage(medication: Medication) -> Resource:
    lines = [
        f"{label}: {words}"
        for name, label in _LABELS.items()
        if (words := getattr(medication, name)).strip()
    ]
    told: Resource = {"text": "\n".join(lines)} if lines else {}
    repeat: Resource = {}
    if days := days_of_supply(medication.days):
        repeat["boundsDuration"] = {"value": days, "unit": "일", "system": UCUM, "code": "d"}
    if times := _count(_TIMES, medication.times):
        repeat |= {"frequency": times, "period": 1, "periodUnit": "d"}
    if repeat:
        told["timing"] = {"repeat": repeat}
    told["doseAndRate"] = [{"doseQuantity": quantity(medication.dose)}]
    return told


def quantity(words: str) -> Resource:
    """A dose as a quantity: `1정`, `0.5 mL`, `1/2정`; what is none is said to stand in the text."""
    value, unit = _read_dose(words)
    # A third of a tablet is no decimal; its words are.
    if not value or value != round(value, _PLACES):
        return absent("as-text" if words.strip() else "unknown")
    told: Resource = {"value": value}
    if unit:
        told["unit"] = unit
        if code := unit_code(unit):
            told |= {"system": UCUM, "code": code}
    return told


def _read_dose(words: str) -> tuple[Decimal, str]:
    if found := _DOSE.fullmatch(words):
        return Decimal(found[1]), found[2] or ""
    found = _PART.fullmatch(words)
    if found is None or not int(found[2]):
        return Decimal(0), ""
    return Decimal(found[1]) / Decimal(found[2]), found[3] or ""


def _count(pattern: re.Pattern[str], words: str) -> int:
    found = pattern.fullmatch(words)
    return int(found[1]) if found else 0


def from_medication_request(resource: Resource) -> Medication | None:
    """The prescription; None where it has no time."""
    time = when(word(resource, "authoredOn"))
    if not isinstance(time, date | datetime):
        return None
    told = child(resource, "medicationCodeableConcept")
    own, *others = codings_of(told) or [None]
    ingredients = [
        one
        for extension in each(told, "extension")
        if extension.get("url") == Extension.MEDICATION_INGREDIENT.url
        for one in codings_of(extension.get("valueCodeableConcept"))
    ]
    if own is not None and own.system == "ATC":
        ingredients, own = [own, *ingredients], None
    words = _words(child(resource, "dosageInstruction"))
    return Medication(
        time=time,
        code="" if own is None else own.code,
        name=word(told, "text") or ("" if own is None else own.display),
        system="KD" if own is None else own.system,
        translations=(*others, *ingredients),
        **words,
    )


def _words(dosage: Resource) -> dict[str, str]:
    text = word(dosage, "text")
    found = _labelled(text)
    if found or not dosage:
        return found
    return {name: words for name, words in _counted(dosage) if words} | (
        {"usage": text} if text else {}
    )


def _labelled(text: str) -> dict[str, str]:
    """The words of each line that our labels begin, in their order."""
    found: dict[str, str] = {}
    last = ""
    for line in text.split("\n") if text else ():
        label = next(((n, v) for n, v in _later(last) if line.startswith(f"{v}: ")), None)
        if label is not None:
            last = label[0]
            found[last] = line[len(label[1]) + 2 :]
        elif last:
            found[last] += f"\n{line}"
        else:
            return {}
    return found


def _later(last: str) -> Iterator[tuple[str, str]]:
    names = [*_LABELS]
    begin = names.index(last) + 1 if last else 0
    for name in names[begin:]:
        yield name, _LABELS[name]


def _counted(dosage: Resource) -> Iterator[tuple[str, str]]:
    dose = child(dosage, "doseAndRate", "doseQuantity")
    value = number(dose, "value")
    unit = word(dose, "unit") or word(dose, "code")
    yield "dose", "" if value is None else f"{value}{unit}"
    repeat = child(dosage, "timing", "repeat")
    frequency = number(repeat, "frequency")
    daily = word(repeat, "periodUnit") == "d" and number(repeat, "period") in {None, Decimal(1)}
    yield "times", str(frequency) if frequency is not None and daily else ""
    bounds = child(repeat, "boundsDuration")
    days = number(bounds, "value")
    yield "days", str(days) if days is not None and word(bounds, "code") == "d" else ""
