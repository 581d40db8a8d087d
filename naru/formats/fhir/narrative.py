"""Narrative: the XHTML that a person reads (FHIR R4 2.4.0.1).

Others' pages show it, so what could act in a page is refused: scripts, forms, events, frames.
"""

from typing import Final

from lxml.etree import _Element

from naru.formats.fhir.outcome import IssueType, refused
from naru.formats.xml import XmlLimits, XmlRefused, escape, parse

XHTML: Final = "http://www.w3.org/1999/xhtml"
_TAG: Final = f"{{{XHTML}}}"

LIMITS: Final = XmlLimits(size=1024 * 1024, depth=60, text=1024 * 1024, markup=50_000)

# FHIR R4 2.4.0.1: chapters 7-11 (but section 4 of chapter 9) and 15 of HTML 4.0, links and images.
_ELEMENT_NAMES: Final = """
a abbr acronym address b bdo big blockquote br caption center cite code col colgroup dd dfn div dl
dt em font h1 h2 h3 h4 h5 h6 hr i img kbd li ol p pre q s samp small span strike strong sub sup
table tbody td tfoot th thead tr tt u ul var
"""
_ATTRIBUTE_NAMES: Final = """
abbr align alt axis bgcolor border cellpadding cellspacing char charoff cite class clear color
colspan compact dir face frame headers height href hspace id lang longdesc name noshade nowrap rel
rowspan rules scope size span src start style summary title type usemap valign value vspace width
"""
_ELEMENTS: Final = frozenset(_ELEMENT_NAMES.split())
_ATTRIBUTES: Final = frozenset(_ATTRIBUTE_NAMES.split())
_LINKS: Final = frozenset({"href", "src", "longdesc", "cite", "usemap"})
_SCHEMES: Final = ("http:", "https:", "mailto:", "tel:", "data:image/", "urn:", "cid:", "#")
_XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_XML_SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"
_VOID: Final = frozenset({"br", "hr", "img", "col"})


def rewritten(text: str) -> str:
    """The narrative of a JSON text as we write it, checked. Raises Refused."""
    try:
        root = parse(text.encode("utf-8", "replace"), limits=LIMITS)
    except XmlRefused:
        raise refused(IssueType.STRUCTURE, "The narrative is not well-formed XHTML.") from None
    return written(root)


def written(div: _Element) -> str:
    """A narrative as we write it, checked. Raises Refused."""
    if div.tag != f"{_TAG}div":
        raise refused(IssueType.STRUCTURE, "The narrative is no div of XHTML.")
    # FHIR R4 txt-2: the div shall have some non-whitespace content.
    if not any(str(text).strip() for text in div.itertext()) and div.find(f".//{_TAG}img") is None:
        raise refused(IssueType.INVARIANT, "The narrative is empty (txt-2).")
    parts: list[str] = []
    _write(div, parts, f' xmlns="{XHTML}"')
    return "".join(parts)


def _write(element: _Element, parts: list[str], namespace: str = "") -> None:
    name = _name(element)
    parts.append(f"<{name}{namespace}")
    for attribute, value in element.attrib.items():
        parts.append(f' {_attribute(str(attribute), str(value))}="{escape(str(value))}"')
    if name in _VOID and not len(element) and not element.text:
        parts.append("/>")
        return
    parts.append(">")
    parts.append(_text(element.text))
    for child in element:
        _write(child, parts)
        parts.append(_text(child.tail))
    parts.append(f"</{name}>")


def _name(element: _Element) -> str:
    tag = str(element.tag)  # Of a processing instruction this is no name.
    name = tag[len(_TAG) :] if tag.startswith(_TAG) else ""
    if name not in _ELEMENTS:
        raise refused(IssueType.INVARIANT, "The narrative holds what it may not (txt-1).")
    return name


def _attribute(attribute: str, value: str) -> str:
    if attribute in {_XML_LANG, _XML_SPACE}:
        return f"xml:{attribute.rpartition('}')[2]}"
    if attribute not in _ATTRIBUTES:
        raise refused(IssueType.INVARIANT, "The narrative holds what it may not (txt-1).")
    if attribute in _LINKS and not _leads_nowhere_bad(value):
        raise refused(IssueType.SECURITY, "A link of the narrative leads where none may.")
    return attribute


def _leads_nowhere_bad(value: str) -> bool:
    # Browsers skip blanks and controls within a scheme, so `java\tscript:` is one too.
    bare = "".join(sign for sign in value if sign > " ").lower()
    return bare.startswith(_SCHEMES) or ":" not in bare.partition("/")[0]


def _text(text: str | None) -> str:
    """Text between tags; only what must be is escaped, so that line ends stay as they were."""
    if not text:
        return ""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
