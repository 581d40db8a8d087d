"""The first layer: the published schema, where the operator gives it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from lxml import etree
from lxml.etree import _Element

from naru.domain.findings import Finding
from naru.formats.cda.rules.whole import Whole
from naru.formats.xml.schema import load_schema

_FILES: Final = (
    "extensions/SDTC/infrastructure/cda/CDA_SDTC.xsd",
    "infrastructure/cda/CDA_SDTC.xsd",
    "CDA.xsd",
    "infrastructure/cda/CDA.xsd",
    "normative/infrastructure/cda/CDA.xsd",
)
"""Where HL7's package of CDA R2 has the schema; with the extensions of SDTC, which others use."""

_STEP: Final = re.compile(r"([^\[\]]+)(?:\[(\d{1,6})\])?")
_ATTRIBUTE_NAME: Final = re.compile(r"attribute '(?:\{[^}]*\})?([\w.-]{1,64})'")
_EXPECTED: Final = re.compile(r"Expected is (?:one of )?\(([^()]{1,2000})\)")
_LOCAL: Final = re.compile(r"\}([\w.-]{1,64})")
_MOST: Final = 50
_ELEMENT: Final = frozenset({"SCHEMAV_ELEMENT_CONTENT", "SCHEMAV_CVC_ELT_1", "SCHEMAV_CVC_ELT_4_2"})
_ATTRIBUTE: Final = ("SCHEMAV_CVC_COMPLEX_TYPE_3", "SCHEMAV_CVC_COMPLEX_TYPE_4")
_VALUE: Final = ("SCHEMAV_CVC_", "SCHEMAV_ATTR")


class NoSchema(ValueError):
    """The folder that the operator gave holds no schema of CDA, or one that does not compile."""


def schema_in(folder: Path) -> etree.XMLSchema:
    """The schema of CDA R2 in a folder, compiled once. Raises NoSchema."""
    candidates = [folder] if folder.is_file() else [folder / one for one in _FILES]
    found = next((one for one in candidates if one.is_file()), None)
    if found is None:
        raise NoSchema(f"{folder} holds no CDA.xsd")
    try:
        return load_schema(found)
    except (etree.XMLSchemaParseError, etree.XMLSyntaxError) as error:
        raise NoSchema(f"{found} is no schema that can be used") from error


def breaches(whole: Whole, schema: etree.XMLSchema) -> Iterator[Finding]:
    """Each place where the document does not follow the schema."""
    if schema.validate(whole.root):
        return
    told = set()
    log: list[Any] = [*schema.error_log]  # type: ignore[misc]  # The stubs miss that it iterates.
    for error in log[:_MOST]:
        element = _at(whole.root, error.path or "")
        rule = _rule(error.type_name)
        finding = _finding(whole, rule, element, error.message)
        if finding not in told:
            told.add(finding)
            yield finding


def _finding(whole: Whole, rule: str, element: _Element, message: str) -> Finding:
    """The schema's own words may quote the document: only names are taken from them."""
    name = etree.QName(element).localname
    attribute = _ATTRIBUTE_NAME.search(message)
    if attribute is not None:
        name = f"{name}/@{attribute[1]}"
    wanted = _EXPECTED.search(message)
    expected = ", ".join(_LOCAL.findall(wanted[1])) if wanted else ""
    return whole.finding(rule, element, element=name, expected=expected or "-")


def _at(root: _Element, path: str) -> _Element:
    """The element of a path as libxml2 writes it: any name, or a prefixed one, and a position."""
    element = root
    for step in path.split("/")[2:]:
        found = _STEP.fullmatch(step)
        name, position = (found[1], int(found[2] or 1)) if found else ("", 0)
        like = [one for one in element.iterchildren("*") if name in {"*", _name(one)}]
        if not 0 < position <= len(like):
            break
        element = like[position - 1]
    return element


def _name(element: _Element) -> str:
    local = etree.QName(element).localname
    return f"{element.prefix}:{local}" if element.prefix else local


def _rule(kind: str) -> str:
    if kind in _ELEMENT:
        return "schema.element"
    if kind.startswith(_ATTRIBUTE):
        return "schema.attribute"
    return "schema.value" if kind.startswith(_VALUE) else "schema.other"
