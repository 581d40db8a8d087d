"""The entries of papers: an act, a diagnosis or a medication, with an observation for each field.

What CDA has a place for in a diagnosis or a medication stands there, so that any reader of CDA
finds it; each other field is an observation under the entry.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from lxml.etree import _Element

from naru.formats.cda.datatypes import attribute, attribute_of, hl7, path
from naru.formats.cda.errors import CdaRefused, IncompleteDocument
from naru.formats.cda.paper_fields import (
    Field,
    Values,
    put,
    read_value,
    value_at,
    write_value,
)
from naru.formats.xml.escape import escape

if TYPE_CHECKING:
    from naru.formats.cda.papers import PaperSection

_VALUE: Final = 'value xsi:type="CD"'
_MATERIAL: Final = ("consumable", "manufacturedProduct", "manufacturedMaterial", "code")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """How one kind of entry is written around its observations, and what stands in it itself."""

    native: frozenset[str]
    write: "Callable[[PaperSection, Values, str, str], str]"
    read: Callable[[_Element, dict[str, Any]], None]

    def rest(self, fields: tuple[Field, ...]) -> tuple[Field, ...]:
        """The fields that are observations."""
        return tuple(field for field in fields if field.name not in self.native)


def write_observations(system: str, fields: tuple[Field, ...], item: Values) -> str:
    """An observation for each field that has a value."""
    return "".join(
        '<entryRelationship typeCode="COMP"><observation classCode="OBS" moodCode="EVN">'
        f'<code code="{field.name}" codeSystem="{system}" displayName="{escape(field.title)}"/>'
        f"{write_value(field, value)}</observation></entryRelationship>"
        for field in fields
        if (value := value_at(item, field)) is not None
    )


def read_observations(fields: tuple[Field, ...], entry: _Element, item: dict[str, Any]) -> None:
    """Put what the observations say; each field may stand once, and words that do not are empty."""
    known = {field.name: field for field in fields}
    for observation in entry.iterfind(path("entryRelationship", "observation")):
        name = attribute_of(observation, "code", name="code")
        value = observation.find(hl7("value"))
        if name not in known or value is None:
            raise CdaRefused("a field of the paper is unknown, repeated or without a value")
        field = known.pop(name)
        put(item, field, read_value(field, value))
    for field in known.values():
        if field.is_words:
            put(item, field, "")


def _reference(reference: str) -> str:
    return f'<text><reference value="#{reference}"/></text>'


def _write_act(section: "PaperSection", _item: Values, reference: str, within: str) -> str:
    return (
        '<act classCode="ACT" moodCode="EVN">'
        f'<code code="{section.name}" codeSystem="{section.system}"/>'
        f'{_reference(reference)}<statusCode code="completed"/>{within}</act>'
    )


def _read_nothing(_entry: _Element, _item: dict[str, Any]) -> None:
    """An act says nothing itself."""


def _write_diagnosis(section: "PaperSection", item: Values, reference: str, within: str) -> str:
    day = item.get("date")
    time = f'<effectiveTime value="{day.replace("-", "")}"/>' if day else ""
    return (
        '<observation classCode="OBS" moodCode="EVN">'
        '<code code="29308-4" codeSystem="2.16.840.1.113883.6.1" displayName="Diagnosis"/>'
        f'{_reference(reference)}<statusCode code="completed"/>{time}'
        f"{_coded(_VALUE, section.codes, item)}{within}</observation>"
    )


def _read_diagnosis(entry: _Element, item: dict[str, Any]) -> None:
    day = attribute_of(entry, "effectiveTime", name="value")
    if day:
        item["date"] = f"{day[:4]}-{day[4:6]}-{day[6:]}"
    _read_coded(entry.find(hl7("value")), item)


def _write_medication(section: "PaperSection", item: Values, reference: str, within: str) -> str:
    return (
        f'<substanceAdministration classCode="SBADM" moodCode="RQO">{_reference(reference)}'
        '<statusCode code="active"/><consumable typeCode="CSM">'
        '<manufacturedProduct classCode="MANU">'
        '<manufacturedMaterial classCode="MMAT" determinerCode="KIND">'
        f"{_coded('code', section.codes, item)}</manufacturedMaterial></manufacturedProduct>"
        f"</consumable>{within}</substanceAdministration>"
    )


def _read_medication(entry: _Element, item: dict[str, Any]) -> None:
    _read_coded(entry.find(path(*_MATERIAL)), item)


def _coded(start: str, system: str, item: Values) -> str:
    """The item's code and name, and its other codes (`translations`) where it has some."""
    code = item["code"]
    held = [each["code"] for each in item.get("translations", ())]
    if "" in held or any(char.isspace() for each in (code, *held) for char in each):
        raise IncompleteDocument(("부호에 빈칸이 있습니다",))
    said = f' code="{escape(code)}" codeSystem="{system}"' if code else ' nullFlavor="NI"'
    name = attribute("displayName", item.get("name", ""))
    others = "".join(
        f'<translation code="{escape(one["code"])}" codeSystemName="{escape(one["system"])}"'
        f"{attribute('displayName', one.get('display', ''))}/>"
        for one in item.get("translations", ())
    )
    return f"<{start}{said}{name}>{others}</{start.partition(' ')[0]}>"


def _read_coded(element: _Element | None, item: dict[str, Any]) -> None:
    if element is None:
        raise CdaRefused("an entry of the paper has no code")
    item["code"] = element.get("code", "")
    item["name"] = element.get("displayName", "")
    others = [
        {
            "system": each.get("codeSystemName", ""),
            "code": each.get("code", ""),
            "display": each.get("displayName", ""),
        }
        for each in element.iterchildren(hl7("translation"))
    ]
    if others:
        item["translations"] = others


SHELLS: Final[Mapping[str, Shell]] = {
    "act": Shell(native=frozenset(), write=_write_act, read=_read_nothing),
    "diagnosis": Shell(
        native=frozenset({"date", "code", "name", "translations"}),
        write=_write_diagnosis,
        read=_read_diagnosis,
    ),
    "medication": Shell(
        native=frozenset({"code", "name"}), write=_write_medication, read=_read_medication
    ),
}
