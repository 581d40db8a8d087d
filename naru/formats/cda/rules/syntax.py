"""What holds for any XML: it is parsed within limits, and no instruction renders it."""

from collections.abc import Iterator
from itertools import chain
from typing import Final

from lxml import etree
from lxml.etree import _Element

from naru.domain.findings import Finding
from naru.formats.cda.header import TAG
from naru.formats.xml import XmlRefused, parse

LARGEST: Final = 16 * 1024 * 1024
"""Octets of a document that is looked at: what one parser takes (`naru.formats.xml`)."""

_STYLESHEET: Final = "xml-stylesheet"


def parsed(octets: bytes) -> _Element | Finding:
    """The root of a CDA document, or why there is none."""
    try:
        root = parse(octets)
    except XmlRefused as refused:
        return Finding(f"xml.{refused.reason}")
    return root if root.tag == TAG else Finding("cda.no-document", "/*")


def instructions(root: _Element) -> Iterator[Finding]:
    """Instructions to a program that reads it: CDA has none, and what they call is hostile."""
    beside = (root.itersiblings(etree.PI, preceding=one) for one in (True, False))
    for found in chain(*beside, root.iter(etree.PI)):
        style = getattr(found, "target", "") == _STYLESHEET  # The stubs call it an element.
        yield Finding("xml.stylesheet" if style else "xml.instruction", "/processing-instruction()")
