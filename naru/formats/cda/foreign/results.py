"""Results of tests: observations alone, or grouped by the order that asked for them."""

from collections.abc import Iterator

from lxml.etree import _Element

from naru.domain.clinical import Interpretation, TestResult
from naru.formats.cda.datatypes import attribute_of, hl7, path
from naru.formats.cda.foreign.walk import Walk, plain, tables
from naru.formats.xml.namespaces import XSI

_TYPE = f"{{{XSI}}}type"


def read_results(walk: Walk, entry: _Element) -> Iterator[TestResult]:
    """The results of one entry."""
    if entry.tag == hl7("observation"):
        yield from _read(walk, entry, entry, "")
        return
    order = walk.concept(entry.find(hl7("code"))).name
    inside = [
        *entry.findall(path("component", "observation")),
        *entry.findall(path("component", "organizer", "component", "observation")),
        *entry.findall(path("entryRelationship", "observation")),
    ]
    if not inside:
        walk.miss(entry, "검사결과가 들어 있지 않습니다.")
    for observation in inside:
        yield from _read(walk, observation, entry, order)


def _read(walk: Walk, observation: _Element, around: _Element, order: str) -> Iterator[TestResult]:
    named = walk.concept(observation.find(hl7("code")))
    result, unit = value_in_words(walk, observation)
    name = named.name or next((each.code for each in named.codings), "")
    if not name:
        walk.miss(observation, "검사의 부호도 이름도 없습니다.")
        return
    if not result:
        walk.miss(observation, "검사결과의 값이 없습니다.")
        return
    time = walk.when(observation, around)
    if time is not None:
        code, others = named.of("EDI")
        yield TestResult(
            time=time,
            name=name,
            result=result,
            code=code,
            item=order,
            reference=_reference(walk, observation),
            unit=unit,
            interpretation=_interpretation(observation),
            translations=others,
        )


def value_in_words(walk: Walk, observation: _Element) -> tuple[str, str]:
    """The value of an observation and its unit, whatever its type is."""
    value = observation.find(hl7("value"))
    if value is None:
        return "", ""
    kind = value.get(_TYPE, "").rpartition(":")[2]
    unit = "".join(value.get("unit", "").split())
    unit = "" if unit == "1" else unit  # UCUM's unity: a number without a unit.
    if kind in {"PQ", "INT", "REAL", "MO", "TS", "BL"}:
        return value.get("value", ""), unit
    if kind in {"CD", "CE", "CV", "CO", "CS"}:
        named = walk.concept(value)
        return named.name or next((each.code for each in named.codings), ""), ""
    if kind.startswith(("IVL", "RTO")):
        return _range(value)
    return walk.text(value) or value.get("value", ""), unit


def _range(value: _Element) -> tuple[str, str]:
    ends = [value.find(hl7(end)) for end in ("low", "high", "numerator", "denominator")]
    texts = ["" if end is None else end.get("value", "") for end in ends]
    unit = next((end.get("unit", "") for end in ends if end is not None and end.get("unit")), "")
    low, high, numerator, denominator = texts
    if numerator or denominator:
        return f"{numerator}:{denominator}", unit
    if low and high:
        return f"{low} - {high}", unit
    return (f"≥ {low}" if low else f"≤ {high}" if high else ""), unit


def _reference(walk: Walk, observation: _Element) -> str:
    for limits in observation.iterfind(path("referenceRange", "observationRange")):
        value = limits.find(hl7("value"))
        said = walk.text(limits.find(hl7("text")))
        if said or value is None:
            return said
        text, unit = _range(value)
        return plain(f"{text} {unit}")
    return ""


def _interpretation(observation: _Element) -> Interpretation | None:
    code = attribute_of(observation, "interpretationCode", name="code")
    known = tables()["interpretations"].get(code)
    return None if known is None else Interpretation(known)
