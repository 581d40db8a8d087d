"""krcore-vitalsigns and its kin beside 생체신호: one Observation each, and a panel around them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from naru.domain.clinical import VitalSigns
from naru.formats.fhir.krcore.frame import Frame, moment, reference
from naru.formats.fhir.krcore.observation import to_observation
from naru.formats.fhir.krcore.profiles import Profile
from naru.formats.fhir.krcore.reading import each, number, when, word
from naru.formats.fhir.krcore.systems import LOINC, UCUM
from naru.formats.fhir.resource import Resource


@dataclass(frozen=True, slots=True)
class _Sign:
    name: str
    loinc: str
    display: str
    unit: str
    profile: Profile | None = None


_SIGNS: Final = (
    _Sign("height", "8302-2", "Body height", "cm", Profile.BODY_HEIGHT),
    _Sign("weight", "29463-7", "Body weight", "kg", Profile.BODY_WEIGHT),
    _Sign("temperature", "8310-5", "Body temperature", "Cel", Profile.BODY_TEMPERATURE),
    _Sign("heart_rate", "8867-4", "Heart rate", "/min", Profile.HEART_RATE),
    _Sign("respiratory_rate", "9279-1", "Respiratory rate", "/min", Profile.RESPIRATORY_RATE),
    _Sign(
        "oxygen_saturation",
        "2708-6",
        "Oxygen saturation in Arterial blood",
        "%",
        Profile.PULSE_OXIMETRY,
    ),
)
_PRESSURES: Final = (
    _Sign("systolic", "8480-6", "Systolic blood pressure", "mm[Hg]"),
    _Sign("diastolic", "8462-4", "Diastolic blood pressure", "mm[Hg]"),
)
_PRESSURE: Final = _Sign("", "85354-9", "Blood pressure panel with all children optional", "")
_PANEL: Final = _Sign("", "85353-1", "Vital signs, weight, height, head circumference panel", "")
_CONSCIOUSNESS: Final = _Sign("consciousness", "80288-4", "Level of consciousness", "")
_UNITS: Final = {"mm[Hg]": "mmHg", "Cel": "°C", "/min": "회/분"}
_NAMES: Final = {one.loinc: one.name for one in (*_SIGNS, *_PRESSURES)} | {
    "59408-5": "oxygen_saturation",  # Another code for what a finger's clip measures.
    "3141-9": "weight",
}


def to_vital_signs(frame: Frame, signs: VitalSigns, place: str) -> list[Resource]:
    """The panel first, then what was measured."""
    found = [
        _quantity(frame, f"{place}/{one.name}", one, getattr(signs, one.name), signs)
        for one in _SIGNS
        if getattr(signs, one.name) is not None
    ]
    if signs.systolic is not None or signs.diastolic is not None:
        found.append(_pressure(frame, f"{place}/pressure", signs))
    if signs.consciousness.strip():
        said = _observation(frame, f"{place}/consciousness", _CONSCIOUSNESS, signs)
        found.append(said | {"valueString": signs.consciousness})
    panel = _observation(frame, place, _PANEL, signs)
    if found:
        panel["hasMember"] = [reference(one) for one in found]
    else:
        panel["dataAbsentReason"] = _UNKNOWN
    return [panel, *found]


_UNKNOWN: Final[Resource] = {
    "coding": [
        {
            "system": "http://terminology.hl7.org/CodeSystem/data-absent-reason",
            "code": "unknown",
        }
    ]
}


def is_panel(resource: Resource) -> bool:
    """Whether an Observation is a panel as we write it."""
    return word(resource, "code", "coding", "code") == _PANEL.loinc


def from_vital_signs(
    panel: Resource, members: Mapping[str, Resource]
) -> tuple[VitalSigns | None, frozenset[str]]:
    """What a panel holds, and the references to what it holds; None where it has no time."""
    names = [word(one, "reference") for one in each(panel, "hasMember")]
    signs = from_observations([members[one] for one in names if one in members], panel)
    return signs, frozenset(names)


def from_observations(found: list[Resource], of: Resource) -> VitalSigns | None:
    """What was measured at the time of one of them, or of the panel `of`."""
    time = when(word(of, "effectiveDateTime") or word(of, "effectivePeriod", "start"))
    if not isinstance(time, date | datetime):
        return None
    told: dict[str, Any] = {}
    for one in found:
        for part in (one, *each(one, "component")):
            value = number(part, "valueQuantity", "value")
            codes = [word(code, "code") for code in each(part, "code", "coding")]
            name = next((_NAMES[code] for code in codes if code in _NAMES), None)
            if name is not None and value is not None:
                told[name] = value
            elif _CONSCIOUSNESS.loinc in codes:
                told["consciousness"] = word(part, "valueString")
    return VitalSigns(time=time, **told)


def is_vital_sign(resource: Resource) -> bool:
    """Whether an Observation is one of those that a document's vital signs know."""
    known = {*_NAMES, _PRESSURE.loinc, _CONSCIOUSNESS.loinc}
    return any(word(one, "code") in known for one in each(resource, "code", "coding"))


def _observation(
    frame: Frame, place: str, sign: _Sign, signs: VitalSigns, profile: Profile | None = None
) -> Resource:
    told = to_observation(frame, place, "vital-signs", _code(sign), profile)
    told["effectiveDateTime"] = moment(signs.time)
    return told


def _code(sign: _Sign) -> Resource:
    return {"coding": [{"system": LOINC, "code": sign.loinc, "display": sign.display}]}


def _quantity(frame: Frame, place: str, sign: _Sign, value: Decimal, signs: VitalSigns) -> Resource:
    told = _observation(frame, place, sign, signs, sign.profile)
    return told | {"valueQuantity": _measured(sign, value)}


def _measured(sign: _Sign, value: Decimal) -> Resource:
    unit = _UNITS.get(sign.unit, sign.unit)
    return {"value": value, "unit": unit, "system": UCUM, "code": sign.unit}


def _pressure(frame: Frame, place: str, signs: VitalSigns) -> Resource:
    told = _observation(frame, place, _PRESSURE, signs, Profile.BLOOD_PRESSURE)
    told["component"] = [_component(one, getattr(signs, one.name)) for one in _PRESSURES]
    return told


def _component(sign: _Sign, value: Decimal | None) -> Resource:
    told: Resource = {"code": _code(sign)}
    if value is None:
        return told | {"dataAbsentReason": _UNKNOWN}
    return told | {"valueQuantity": _measured(sign, value)}
