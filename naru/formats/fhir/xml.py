"""FHIR XML to and from the dict of its JSON, by the table of elements (FHIR R4 2.6.1)."""

from collections.abc import Iterable, Iterator
from http import HTTPStatus
from itertools import zip_longest
from typing import Any, Final

from lxml.etree import _Element

from naru.formats.fhir import narrative, primitives
from naru.formats.fhir.elements import Element, Type, resource_types, type_of
from naru.formats.fhir.json import DEFAULT as DEFAULT_JSON
from naru.formats.fhir.json import JsonLimits
from naru.formats.fhir.outcome import IssueType, Refused, refused
from naru.formats.fhir.resource import Json, Resource
from naru.formats.xml import XmlLimits, XmlReason, XmlRefused, escape, parse
from naru.formats.xml.namespaces import XSI

FHIR: Final = "http://hl7.org/fhir"
_TAG: Final = f"{{{FHIR}}}"
_SCHEMA_LOCATION: Final = f"{{{XSI}}}schemaLocation"
_DIV: Final = f"{{{narrative.XHTML}}}div"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>'


def from_xml(data: bytes, *, limits: JsonLimits = DEFAULT_JSON) -> Resource:
    """The resource that the document holds, not yet validated. Raises Refused."""
    root = _parsed(data, limits)
    if root.get(_SCHEMA_LOCATION) is not None:
        del root.attrib[_SCHEMA_LOCATION]  # Read by nobody here, and never followed.
    return _resource(root, "")


def to_xml(resource: Resource, *, pretty: bool = False) -> bytes:
    """The document. What stands in no table of R4 is a fault of ours: KeyError."""
    parts: list[str] = []
    _write_resource(resource, parts, f' xmlns="{FHIR}"')
    return "".join((_HEAD, *(_indented(parts) if pretty else parts))).encode()


def _indented(parts: Iterable[str]) -> Iterator[str]:
    """Each element on a line of its own; a narrative as it stands, where white space is text."""
    depth = 0
    for part in parts:
        closes, leaf = part.startswith("</"), part.startswith("<div") or part.endswith("/>")
        depth -= closes
        yield f"\n{'  ' * depth}{part}"
        depth += not closes and not leaf


def _parsed(data: bytes, limits: JsonLimits) -> _Element:
    # Values stand in attributes: of a document the base64 of its octets.
    bounds = XmlLimits(
        size=limits.size,
        depth=limits.depth,
        markup=limits.values,
        equals_signs=limits.values,
        attribute_length=limits.size,
    )
    try:
        return parse(data, limits=bounds)
    except XmlRefused as refusal:
        if refusal.reason is XmlReason.TOO_LARGE:
            status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            raise refused(IssueType.TOO_LONG, "The body is too large.", status=status) from None
        raise refused(
            IssueType.STRUCTURE, f"The body is no XML that is read here: {refusal}."
        ) from None


def _fault(sentence: str, path: str) -> Refused:
    return refused(IssueType.STRUCTURE, sentence, path)


def _resource(node: _Element, path: str) -> Resource:
    name = _local(node, path)
    if name not in resource_types():
        raise _fault("This is no resource of R4.", path or "resourceType")
    return {"resourceType": name, **_object(node, type_of(name), path or name)}


def _object(node: _Element, type_: Type, path: str) -> dict[str, Any]:
    found = _attributes(node, type_, path)
    last = -1
    _require_no_text(node.text, path)
    for child in node:
        _require_no_text(child.tail, path)
        element = _element(child, type_, path)
        if element.order < last:
            raise _fault("This element stands too late in its order.", f"{path}.{element.group}")
        last = element.order
        _take(child, element, found, f"{path}.{element.group}")
    return _tidy(found)


def _attributes(node: _Element, type_: Type, path: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in node.attrib.items():
        element = type_.elements.get(str(name))
        if element is None or not element.attribute:
            raise _fault("An attribute is not known here.", path)
        found[element.name] = str(value)
    return found


def _element(child: _Element, type_: Type, path: str) -> Element:
    name = "div" if child.tag == _DIV else _local(child, path)
    element = type_.elements.get(name)
    if element is None or element.attribute or (name == "div") != (element.type == "xhtml"):
        raise _fault("This element is not known here.", f"{path}.{name}"[:200])
    return element


def _local(node: _Element, path: str) -> str:
    tag = str(node.tag)  # Of a processing instruction this is no name.
    if not tag.startswith(_TAG):
        raise _fault("An element is not of the namespace of FHIR.", path or "resourceType")
    return tag[len(_TAG) :]


def _require_no_text(text: str | None, path: str) -> None:
    if text is not None and text.strip():
        raise _fault("Text stands where only elements may.", path)


def _take(child: _Element, element: Element, found: dict[str, Any], path: str) -> None:
    value, companion = _read(child, element, path)
    if element.many:
        found.setdefault(element.name, []).append(value)
        found.setdefault(f"_{element.name}", []).append(companion)
        return
    if element.name in found or f"_{element.name}" in found:
        raise _fault("This element stands once.", path)
    if value is not None:
        found[element.name] = value
    if companion is not None:
        found[f"_{element.name}"] = companion


def _tidy(found: dict[str, Any]) -> dict[str, Any]:
    """Without the lists in which nothing stands: values beside extensions, or the reverse."""
    empty = [
        name
        for name, value in found.items()
        if isinstance(value, list) and all(one is None for one in value)
    ]
    for name in empty:
        del found[name]
    return found


def _read(child: _Element, element: Element, path: str) -> tuple[Json, Json]:
    """The value, and what stands beside it under `_name`."""
    if element.type == "xhtml":
        return narrative.written(child), None
    if element.type == "Resource":
        return _contained(child, path), None
    type_ = type_of(element.type)
    if not type_.is_primitive:
        return _object(child, type_, path), None
    text = child.get("value")
    if text is not None:
        del child.attrib["value"]
    companion = _object(child, type_, path)
    value = None if text is None else primitives.from_text(element.type, str(text))
    if value is None and not companion:
        raise _fault("An element is never empty.", path)
    return value, companion or None


def _contained(child: _Element, path: str) -> Resource:
    _require_no_text(child.text, path)
    if len(child) != 1 or child.attrib:
        raise _fault("Here stands one resource.", path)
    _require_no_text(child[0].tail, path)
    return _resource(child[0], path)


def _write_resource(resource: Resource, parts: list[str], namespace: str = "") -> None:
    name = resource["resourceType"]
    parts.append(f"<{name}{namespace}>")
    _write_elements(resource, type_of(name), parts)
    parts.append(f"</{name}>")


def _write_elements(value: dict[str, Any], type_: Type, parts: list[str]) -> None:
    elements = type_.elements
    members = {elements[name.removeprefix("_")] for name in value if name != "resourceType"}
    for element in sorted(members, key=_order):
        if element.attribute:
            continue
        one, beside = value.get(element.name), value.get(f"_{element.name}")
        if not element.many:
            _write_one(element, one, beside, parts)
            continue
        for each, companion in zip_longest(one or (), beside or ()):
            _write_one(element, each, companion, parts)


def _order(element: Element) -> int:
    return element.order


def _write_one(element: Element, value: Any, companion: Any, parts: list[str]) -> None:
    if element.type == "xhtml":
        parts.append(narrative.rewritten(value))
        return
    if element.type == "Resource":
        parts.append(f"<{element.name}>")
        _write_resource(value, parts)
        parts.append(f"</{element.name}>")
        return
    type_ = type_of(element.type)
    if type_.is_primitive:
        _write_primitive(element.name, value, companion, type_, parts)
    else:
        _write_node(element.name, value, type_, "", parts)


def _write_primitive(name: str, value: Json, companion: Any, type_: Type, parts: list[str]) -> None:
    told = "" if value is None else f' value="{escape(primitives.to_text(value))}"'
    if companion is None:
        parts.append(f"<{name}{told}/>")
    else:
        _write_node(name, companion, type_, told, parts)


def _write_node(name: str, value: dict[str, Any], type_: Type, told: str, parts: list[str]) -> None:
    attributes = "".join(
        f' {element.name}="{escape(value[element.name])}"'
        for element in type_.elements.values()
        if element.attribute and element.name in value
    )
    parts.append(f"<{name}{attributes}{told}>")
    _write_elements(value, type_, parts)
    parts.append(f"</{name}>")
