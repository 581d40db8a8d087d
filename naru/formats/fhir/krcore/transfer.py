"""An emergency transfer (전원) as one Observation: KR Core and R4 have no resource of its own."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from naru.domain.clinical import PatientState, Transfer
from naru.formats.fhir.krcore.frame import Frame, moment
from naru.formats.fhir.krcore.observation import to_observation
from naru.formats.fhir.krcore.profiles import OURS
from naru.formats.fhir.krcore.reading import each, number, when, word
from naru.formats.fhir.krcore.systems import UCUM
from naru.formats.fhir.resource import Resource

SYSTEM: Final = f"{OURS}/CodeSystem/transfer"
_CODE: Final = {"coding": [{"system": SYSTEM, "code": "transfer"}], "text": "전원 이송 정보"}
_WORDS: Final = {
    "arrived": "도착시간",
    "departed": "이송시간",
    "means": "이송수단",
    "vehicle": "차량번호",
    "attendant": "응급의료종사자",
    "triage": "중증도 분류",
}
_STATES: Final = {"before": "처치 전", "after": "처치 후"}
_STATE: Final = {
    "consciousness": ("의식상태", ""),
    "systolic": ("수축기 혈압", "mm[Hg]"),
    "diastolic": ("이완기 혈압", "mm[Hg]"),
    "temperature": ("체온", "Cel"),
    "heart_rate": ("심박수", "/min"),
}


def to_transfer(frame: Frame, transfer: Transfer) -> Resource:
    """The Observation with a component for each thing that was said."""
    told = to_observation(frame, "transfer", "survey", _CODE)
    if components := [*_components(transfer)]:
        told["component"] = components
    return told


def _components(transfer: Transfer) -> Iterator[Resource]:
    for name, words in _WORDS.items():
        if value := _value(getattr(transfer, name), ""):
            yield _coded(name, words) | value
    for state, when_ in _STATES.items():
        for name, (words, unit) in _STATE.items():
            if value := _value(getattr(getattr(transfer, state), name), unit):
                yield _coded(f"{state}-{name}", f"{when_} {words}") | value


def _coded(code: str, words: str) -> Resource:
    return {"code": {"coding": [{"system": SYSTEM, "code": code}], "text": words}}


def _value(value: object, unit: str) -> Resource:
    match value:
        case datetime():
            return {"valueDateTime": moment(value)}
        case Decimal():
            return {"valueQuantity": {"value": value, "system": UCUM, "code": unit}}
        case str() if value.strip():
            return {"valueString": value}
    return {}


def is_transfer(resource: Resource) -> bool:
    """Whether an Observation is one of these."""
    return word(resource, "code", "coding", "system") == SYSTEM


def from_transfer(resource: Resource) -> Transfer:
    """The transfer."""
    told: dict[str, Any] = {}
    states: dict[str, dict[str, Any]] = {one: {} for one in _STATES}
    for one in each(resource, "component"):
        state, _, name = word(one, "code", "coding", "code").partition("-")
        if state in states and name in _STATE:
            states[state][name] = (
                number(one, "valueQuantity", "value") if _STATE[name][1] else _text(one)
            )
        elif state in {"arrived", "departed"}:
            time = when(word(one, "valueDateTime"))
            told[state] = time if isinstance(time, datetime) else None
        elif state in _WORDS:
            told[state] = _text(one)
    return Transfer(
        **told, before=PatientState(**states["before"]), after=PatientState(**states["after"])
    )


def _text(component: Resource) -> str:
    return word(component, "valueString")
