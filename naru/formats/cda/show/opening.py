"""A document opened for reading by people: strictly where it can be, else as far as it goes.

The doors refuse what the strict parser refuses. Here a person asks what a document says that is
already kept, or lies in a file: then half of it with a warning is better than nothing.
"""

import codecs
import re
from dataclasses import dataclass
from typing import Final

from lxml import etree
from lxml.etree import _Element

from naru.formats.cda.datatypes import hl7
from naru.formats.cda.errors import CdaRefused
from naru.formats.cda.show.limits import MOST_BROKEN, MOST_BROKEN_MARKUP
from naru.formats.xml import parse, recovered
from naru.formats.xml.encoding import as_utf8
from naru.formats.xml.errors import XmlReason, XmlRefused
from naru.formats.xml.namespaces import HL7V3

ROOT: Final = hl7("ClinicalDocument")
_ROOT_TAG: Final = re.compile(rb"<(?:[A-Za-z_][\w.-]{0,63}:)?ClinicalDocument(?=[\s/>])")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
"""Every name of CDA is such a one."""
_SIZES: Final = frozenset({XmlReason.TOO_LARGE, XmlReason.TOO_MUCH_MARKUP})


_UTF16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class Open:
    """The root, and the names of the sentences that have to stand above (`words.json`)."""

    root: _Element
    octets: bytes
    said: tuple[str, ...] = ()

    def may_hold(self, *names: bytes) -> bool:
        """False where none of the names is in it, which spares a search through its tree."""
        return self.octets.startswith(_UTF16) or any(name in self.octets for name in names)


def open_document(octets: bytes) -> Open:
    """The tree of a CDA. Raises CdaRefused or XmlRefused where nothing of one is there."""
    try:
        root = parse(octets)
    except XmlRefused as refused:
        return _recovered(octets, refused.reason)
    if root.tag == ROOT:
        return Open(root, octets)
    if _local(root) == "ClinicalDocument":
        return Open(_in_our_namespace(root), octets, ("foreign_namespace",))
    raise CdaRefused("the document is no ClinicalDocument")


def _recovered(octets: bytes, why: XmlReason) -> Open:
    utf8 = _decoded(octets[:MOST_BROKEN])
    begins = _ROOT_TAG.search(utf8)
    if begins is None:
        raise CdaRefused("the document is no ClinicalDocument")
    # From the root on: a document type and its entities are left behind unread.
    whole = utf8[begins.start() :]
    cut = _cut(whole)
    root = _tree(cut)
    said = ["broken_dtd"] if why is XmlReason.DTD else []
    if why in _SIZES or len(cut) < len(whole) or len(octets) > MOST_BROKEN:
        said.append("broken_large")
    if why not in _SIZES and why is not XmlReason.DTD:
        said.append("broken")
    return Open(_in_our_namespace(root), octets, tuple(said))


def _decoded(octets: bytes) -> bytes:
    """UTF-8, with a sign of replacement for what is none."""
    try:
        utf8 = as_utf8(octets)
    except XmlRefused:
        utf8 = octets
    return utf8.decode("utf-8", "replace").replace("\0", "\ufffd").encode()


def _cut(utf8: bytes) -> bytes:
    if utf8.count(b"<") <= MOST_BROKEN_MARKUP:
        return utf8
    at = -1
    for _ in range(MOST_BROKEN_MARKUP):
        at = utf8.index(b"<", at + 1)
    return utf8[:at]


def _tree(utf8: bytes) -> _Element:
    root = recovered(utf8)
    if root is None or _local(root) != "ClinicalDocument":
        raise CdaRefused("nothing of the document can be read")
    return root


def _local(element: _Element) -> str:
    return _parts(element)[1]


def _parts(element: _Element) -> tuple[str | None, str]:
    """Namespace and name; lxml's QName refuses the names that a recovered tree may hold."""
    namespace, _, local = str(element.tag).rpartition("}")
    return namespace.removeprefix("{") or None, local


def _in_our_namespace(root: _Element) -> _Element:
    """Elements without a namespace, or in the root's, are taken for CDA's."""
    own, _ = _parts(root)
    if own == HL7V3:
        return root
    for element in root.iter(etree.Element):
        namespace, name = _parts(element)
        if namespace in (None, own):
            local = name.rpartition(":")[2]  # An undeclared prefix stays in the name.
            if _NAME.fullmatch(local):
                element.tag = hl7(local)
    return root
