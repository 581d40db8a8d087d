"""The narrative as hostile input: what CDA's narrative block does not allow (CDA R2 4.3.5)."""

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree
from lxml.etree import _Element

from naru.domain.findings import Finding
from naru.formats.cda.datatypes import hl7
from naru.formats.cda.rules.whole import Whole
from naru.formats.xml.namespaces import XSI

_SECTION: Final = hl7("section")
_TEXT: Final = hl7("text")
_XSI: Final = f"{{{XSI}}}"
_LINK: Final = hl7("linkHtml")
_ELEMENTS: Final = frozenset(
    map(
        hl7,
        (
            *("br", "caption", "col", "colgroup", "content", "footnote", "footnoteRef", "item"),
            *("linkHtml", "list", "paragraph", "renderMultiMedia", "sub", "sup"),
            *("table", "tbody", "td", "text", "tfoot", "th", "thead", "tr"),
        ),
    )
)
_ATTRIBUTES: Final = frozenset(
    (
        *("ID", "IDREF", "IDREFS", "language", "styleCode", "revised", "mediaType", "name", "href"),
        *("rel", "rev", "title", "listType", "referencedObject", "abbr", "align", "axis", "border"),
        *("cellpadding", "cellspacing", "char", "charoff", "colspan", "frame", "headers"),
        *("rowspan", "rules", "scope", "span", "summary", "valign", "width"),
    )
)
_PLAIN: Final = _ELEMENTS - {_LINK}
_HARMLESS: Final = _ATTRIBUTES - {"styleCode"}
_WEB: Final = re.compile(r"(?:https?://|#|mailto:|tel:)[^\s<>\"']*", re.IGNORECASE)
_STYLE: Final = re.compile(r"[\w\s.+%#-]*")
_MOST: Final = 50
"""Breaches that are told; a narrative that is all hostile needs no more."""


def breaches(whole: Whole) -> Iterator[Finding]:
    """Each thing in the narrative that no reader should carry out."""
    told = 0
    for section in whole.root.iter(_SECTION):
        text = next(section.iterchildren(_TEXT), None)
        if text is None:
            continue
        for element in text.iter(etree.Element):
            # Of almost all nothing is to be looked at twice.
            names = element.keys()
            if element.tag in _PLAIN and (not names or _HARMLESS.issuperset(names)):
                continue
            for rule, values in _of(element):
                yield whole.finding(rule, element, **values)
                told += 1
                if told == _MOST:
                    return


def _of(element: _Element) -> Iterator[tuple[str, dict[str, str]]]:
    if element.tag not in _ELEMENTS:
        yield "narrative.element", {"element": _name(element.tag)}
    names = [str(name) for name in element.keys()]  # noqa: SIM118  # An element is no mapping.
    foreign = (one for one in names if one not in _ATTRIBUTES and not one.startswith(_XSI))
    wrong = next(foreign, None)
    if wrong is not None:
        yield "narrative.attribute", {"attribute": _name(wrong)}
    if element.tag == _LINK and _WEB.fullmatch(element.get("href", "#").strip()) is None:
        yield "narrative.link", {}
    if _STYLE.fullmatch(element.get("styleCode", "")) is None:
        yield "narrative.style", {}


def _name(tag: object) -> str:
    return etree.QName(str(tag)).localname
