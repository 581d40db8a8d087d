"""Vital signs: what was measured at one time, in our units."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from lxml.etree import _Element

from naru.domain.clinical import VitalSigns
from naru.formats.cda.datatypes import hl7, path
from naru.formats.cda.foreign.results import value_in_words
from naru.formats.cda.foreign.walk import Walk, number, tables

_FREEZING, _FIVE, _NINE = Decimal(32), Decimal(5), Decimal(9)
_PLACES = Decimal("0.01")


def read_vital_signs(walk: Walk, entry: _Element) -> Iterator[VitalSigns]:
    """The measurements of one entry."""
    inside = entry.findall(path("component", "observation"))
    if entry.tag == hl7("observation"):
        inside = [entry]
    found: dict[str, Any] = {}
    for observation in inside:
        name, value = _read(walk, observation)
        if name and name in found:
            walk.miss(observation, "같은 때에 두 번 잰 값은 첫째만 읽었습니다.")
        elif name:
            found[name] = value
    if not inside:
        walk.miss(entry, "생체신호가 들어 있지 않습니다.")
    if not found:
        return
    time = walk.when(entry, *inside)
    if time is not None:
        yield VitalSigns(time=time, **found)


def _read(walk: Walk, observation: _Element) -> tuple[str, Decimal | str]:
    codes = (each.code for each in walk.concept(observation.find(hl7("code"))).codings)
    known = tables()["vital_signs"]
    name = next((known[each] for each in codes if each in known), "")
    if not name:
        walk.miss(observation, "이 생체신호는 읽지 않았습니다.")
        return "", ""
    text, unit = value_in_words(walk, observation)
    wanted = walk.form.raw["vital_signs"][name]["unit"]
    if not wanted:
        return (name, text) if text else ("", "")
    value = in_unit(number(text), unit, wanted)
    if value is None:
        walk.miss(observation, "생체신호의 수나 단위를 읽을 수 없습니다.")
        return "", ""
    return name, value


def in_unit(value: Decimal | None, unit: str, wanted: str) -> Decimal | None:
    """The value in our unit, by the definition of its own; None where there is no such."""
    if value is None or unit == wanted:
        return value
    factor = tables()["units"].get(wanted, {}).get(unit)
    if factor is None:
        return None
    if factor == "5/9-32":
        return ((value - _FREEZING) * _FIVE / _NINE).quantize(_PLACES)
    return (value * Decimal(factor)).quantize(_PLACES)
