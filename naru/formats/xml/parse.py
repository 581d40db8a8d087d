"""The one XML parser of all doors.

No document type, entity, external reference, schema location or XInclude is ever followed, and
each limit is checked by a pass that costs no more than reading the bytes once. Comments are left
out of the tree, so that `element.text` is the whole text and what is signed (canonical XML without
comments) is what is read. Processing instructions stay and mean nothing.
"""

import re
import threading
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, cast

from lxml import etree
from lxml.etree import _Element

from naru.formats.xml.encoding import as_utf8
from naru.formats.xml.errors import XmlReason, XmlRefused

MIB: Final = 1024 * 1024
_STRICT_TEXT: Final = 10_000_000  # Above this libxml2 needs its huge mode to hold one text node.
# A long namespace name would be copied at each look at an element's tag, so it is found in the
# bytes: two overlapping reads at most, since a value ends where the next of its kind begins.
_LONG: Final = 2048
_LONG_VALUE: Final = re.compile(
    rb"=[ \t\r\n]*(?:\"[^\"<]{%(long)d}|'[^'<]{%(long)d})" % {b"long": _LONG}
)
_OTHER_NAME: Final = re.compile(rb"[ \t\r\n](?!xmlns)[^ \t\r\n=<>\"']{1,128}[ \t\r\n]*\Z")
_REFERENCE: Final = re.compile(rb"&#(?:x0*([0-9A-Fa-f]{1,6})|0*([0-9]{1,7}));")
_HALVES: Final = range(0xD800, 0xE000)  # Of a pair in UTF-16, and no characters.
_NAME_REACH: Final = 256  # Bytes before a value in which the name of its attribute is looked for.
_ATTRIBUTE: Final = len(' a=""')  # The fewest bytes that one attribute takes.
_USUAL_DEPTH: Final = 40  # Deepest real CDA seen is below it.
_PROLOG_ITEMS: Final = 64  # Comments and instructions before the root; nobody sends more than two.


@dataclass(frozen=True, slots=True, kw_only=True)
class XmlLimits:
    """How much one document may ask of us; every figure is generous to real messages."""

    size: int = 16 * MIB  # Bytes as received: a 10 MiB document inline is 13.4 MiB of base64.
    depth: int = 200  # Deepest real CDA seen is below 40.
    text: int = 15 * MIB  # Characters of one text node, for the same inline document.
    markup: int = 200_000  # Opening angle brackets: 100,000 elements with text, 30 MB of tree.
    equals_signs: int = 100_000  # Bounds attributes and namespace declarations of a document.
    references: int = 1_000_000  # Ampersands: each is a character of text to be looked up.
    attributes: int = 256  # On one element.
    attribute_length: int = 64 * 1024  # Characters of one attribute value.


DEFAULT: Final = XmlLimits()


def parse(data: bytes, *, limits: XmlLimits = DEFAULT) -> _Element:
    """The root element of a document that keeps within the limits; else `XmlRefused`."""
    _check_size(data, limits)
    utf8 = as_utf8(data)
    _check_counts(utf8, limits)
    short = _has_short_tags(utf8, limits)
    if not short:
        _check_namespace_names(utf8)
    _refuse_document_type(utf8)
    root = _tree(utf8, huge=len(utf8) > _STRICT_TEXT)
    _check_tree(root, utf8, limits)
    if not short:
        _check_attributes(root, utf8, limits)
    return root


def recovered(utf8: bytes) -> _Element | None:
    """What can be made out of a broken document, for the eyes of people; no door reads so.

    The caller bounds the octets and leaves out the prolog: a document type is refused here too.
    """
    _refuse_document_type(utf8)
    utf8 = _REFERENCE.sub(_of_a_character, utf8)
    try:
        # Where nothing was recovered there is no element, which the stubs do not know.
        return cast("_Element | None", etree.fromstring(utf8, _parser(huge=False, recover=True)))
    except etree.XMLSyntaxError:
        return None


def _of_a_character(reference: re.Match[bytes]) -> bytes:
    # In recovering, libxml2 would put half of a pair into the tree, of which no text can be made.
    hexadecimal, decimal = reference.groups()
    number = int(hexadecimal, 16) if hexadecimal else int(decimal)
    return "\ufffd".encode() if number in _HALVES else reference[0]


def _check_size(data: bytes, limits: XmlLimits) -> None:
    if not data:
        raise XmlRefused(XmlReason.EMPTY, "the document is empty")
    if len(data) > limits.size:
        raise XmlRefused(XmlReason.TOO_LARGE, f"the document is larger than {limits.size} bytes")


def _check_counts(data: bytes, limits: XmlLimits) -> None:
    if len(data) <= min(limits.markup, limits.equals_signs, limits.references):
        return  # Too short to hold too many of any sign.
    if data.count(b"<") > limits.markup:
        raise XmlRefused(XmlReason.TOO_MUCH_MARKUP, "the document holds too many elements")
    if data.count(b"=") > limits.equals_signs:
        raise XmlRefused(XmlReason.TOO_MANY_ATTRIBUTES, "the document holds too many attributes")
    if data.count(b"&") > limits.references:
        raise XmlRefused(XmlReason.TOO_MUCH_MARKUP, "the document holds too many references")


def _has_short_tags(data: bytes, limits: XmlLimits) -> bool:
    """Whether no tag has room for a long value or for too many attributes, as almost always.

    No tag holds a second `<` (XML 1.0 section 2.3, AttValue), and one as long as two windows would
    fill one of them: where each window holds the sign, every tag is shorter.
    """
    window = min(_LONG, (limits.attributes + 1) * _ATTRIBUTE, limits.attribute_length) // 2
    return window > 0 and all(
        data.find(b"<", at, at + window) >= 0 for at in range(0, len(data), window)
    )


def _check_namespace_names(data: bytes) -> None:
    for value in _LONG_VALUE.finditer(data):
        name = data[max(0, value.start() - _NAME_REACH) : value.start()]
        if _OTHER_NAME.search(name) is None:
            raise XmlRefused(XmlReason.ATTRIBUTE_TOO_LONG, "a namespace name is too long")


def _refuse_document_type(data: bytes) -> None:
    # XML 1.0 section 2.8: a document type can stand only in the prolog. SOAP 1.2 section 5 bars it.
    at = 0
    for _ in range(_PROLOG_ITEMS):
        at = _after_blanks(data, at)
        if data.startswith(b"<?", at):
            at = _after(data, b"?>", at + 2)
        elif data.startswith(b"<!--", at):
            at = _after(data, b"-->", at + 4)
        elif data.startswith(b"<!", at):
            raise XmlRefused(XmlReason.DTD, "a document type declaration is not accepted")
        else:
            return
    raise XmlRefused(XmlReason.PROLOG, "too much stands before the root element")


def _after_blanks(data: bytes, at: int) -> int:
    # Only a window is stripped, so that a megabyte of blanks is copied once and not per step.
    while (window := data[at : at + 4096]) and not window.lstrip(b" \t\r\n"):
        at += len(window)
    return at + len(window) - len(window.lstrip(b" \t\r\n"))


def _after(data: bytes, end: bytes, at: int) -> int:
    found = data.find(end, at)
    if found < 0:
        raise XmlRefused(XmlReason.MALFORMED, "the document ends before its root element")
    return found + len(end)


class _Parsers(threading.local):
    """One parser per thread: lxml locks a parser while it works."""

    def __init__(self) -> None:
        self.strict = _parser(huge=False)
        self.huge = _parser(huge=True)


def _parser(*, huge: bool, recover: bool = False) -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8",
        recover=recover,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        remove_comments=True,
        huge_tree=huge,
        collect_ids=False,
    )


_parsers: Final = _Parsers()


def _tree(data: bytes, *, huge: bool) -> _Element:
    try:
        root = etree.fromstring(data, _parsers.huge if huge else _parsers.strict)
    except etree.XMLSyntaxError as error:
        reason = _reason(error)
        line, column = error.position
    else:
        if root.getroottree().docinfo.internalDTD is not None:
            raise XmlRefused(XmlReason.DTD, "a document type declaration is not accepted")
        return root
    # The parser's own message may quote the document, so only the place is told, without a cause.
    raise XmlRefused(reason, f"the document is refused at line {line}, column {column}: {reason}")


def _reason(error: etree.XMLSyntaxError) -> XmlReason:
    code = getattr(error, "code", 0)  # The stubs leave it out.
    if code == etree.ErrorTypes.ERR_RESOURCE_LIMIT:
        return XmlReason.TOO_DEEP if "depth" in str(error) else XmlReason.TEXT_TOO_LONG
    if code == etree.ErrorTypes.ERR_INVALID_ENCODING:
        return XmlReason.ENCODING
    return XmlReason.MALFORMED


def _check_tree(root: _Element, data: bytes, limits: XmlLimits) -> None:
    # A path takes time for each of its steps, and hardly any document goes beyond the first forty.
    if _is_deeper(root, min(_USUAL_DEPTH, limits.depth)) and _is_deeper(root, limits.depth):
        raise XmlRefused(XmlReason.TOO_DEEP, f"elements are nested deeper than {limits.depth}")
    if len(data) > limits.text and _holds(
        root, f"boolean(//text()[string-length() > {limits.text}])"
    ):
        raise XmlRefused(XmlReason.TEXT_TOO_LONG, "a text is too long")


def _is_deeper(root: _Element, depth: int) -> bool:
    return _holds(root, f"boolean(/{'*/' * depth}*)")


def _check_attributes(root: _Element, data: bytes, limits: XmlLimits) -> None:
    # Declarations of namespaces are not attributes to XPath; the signs of a document bound them.
    if _holds(root, f"boolean(//*[@*[{limits.attributes + 1}]])"):
        raise XmlRefused(XmlReason.TOO_MANY_ATTRIBUTES, "an element holds too many attributes")
    if len(data) > limits.attribute_length and _holds(
        root, f"boolean(//@*[string-length() > {limits.attribute_length}])"
    ):
        raise XmlRefused(XmlReason.ATTRIBUTE_TOO_LONG, "an attribute value is too long")


def _holds(root: _Element, expression: str) -> bool:
    return cast("bool", _compiled(expression)(root))


@lru_cache(maxsize=64)
def _compiled(expression: str) -> etree.XPath:
    return etree.XPath(expression, regexp=False)
