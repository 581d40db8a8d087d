"""Medicines that are given, taken or prescribed."""

from collections.abc import Iterator

from lxml.etree import _Element

from naru.domain.clinical import Coding, Medication
from naru.formats.cda.datatypes import attribute_of, hl7, path
from naru.formats.cda.foreign.walk import Named, Walk, denied, plain
from naru.formats.xml.namespaces import XSI

_TYPE = f"{{{XSI}}}type"
_OURS = ("KD", "EDI")


def read_medications(walk: Walk, entry: _Element) -> Iterator[Medication]:
    """The medicines of one entry."""
    own = [entry] if entry.tag == hl7("substanceAdministration") else []
    inside = own or entry.findall(path("entryRelationship", "substanceAdministration"))
    if not inside:
        walk.miss(entry, "약물이 들어 있지 않습니다.")
    for administration in inside:
        yield from _read(walk, administration)


def _read(walk: Walk, entry: _Element) -> Iterator[Medication]:
    named = product(walk, entry)
    if denied(entry):
        walk.miss(entry, "쓰지 않는다고 적힌 약물은 항목으로 두지 않았습니다.")
        return
    if not (named.name or named.codings):
        walk.miss(entry, "약물의 부호도 이름도 없습니다.")
        return
    time = walk.when(entry)
    if time is not None:
        code, system, others = _code(named)
        yield Medication(
            time=time,
            code=code,
            name=named.name,
            system=system,
            dose=_quantity(entry.find(hl7("doseQuantity"))),
            times=_period(entry),
            usage=walk.text(entry.find(hl7("text"))),
            translations=others,
        )


def _code(named: Named) -> tuple[str, str, tuple[Coding, ...]]:
    """Our own code where there is one, else the document's first."""
    for system in _OURS:
        code, others = named.of(system)
        if code:
            return code, system, others
    if not named.codings:
        return "", _OURS[0], ()
    first, *rest = named.codings
    return first.code, first.system, tuple(rest)


def product(walk: Walk, entry: _Element) -> Named:
    """What is given: its codes, and its name however it is told."""
    material = entry.find(path("consumable", "manufacturedProduct", "manufacturedMaterial"))
    if material is None:
        material = entry.find(path("consumable", "manufacturedProduct", "manufacturedLabeledDrug"))
    if material is None:
        return Named((), "")
    named = walk.concept(material.find(hl7("code")))
    return Named(named.codings, named.name or walk.text(material.find(hl7("name"))))


def _quantity(element: _Element | None) -> str:
    if element is None:
        return ""
    return plain(f"{element.get('value', '')} {element.get('unit', '')}")


def _period(entry: _Element) -> str:
    for times in entry.iterchildren(hl7("effectiveTime")):
        if times.get(_TYPE, "").endswith("PIVL_TS"):
            value = attribute_of(times, "period", name="value")
            unit = attribute_of(times, "period", name="unit")
            if value:
                return f"{value} {unit}마다"
    return ""
