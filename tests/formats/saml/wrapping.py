"""Signature wrapping: messages whose genuine signature stands where it says nothing.

The eight classes of Somorovsky et al. (USENIX Security 2012), each with the variants that a reader
may fall for: which ID the forged assertion bears, what the genuine one is wrapped in, and where.
"""

from collections.abc import Iterator
from copy import deepcopy
from itertools import product

from lxml import etree
from lxml.etree import _Element

from naru.formats.xml.namespaces import DS, ENV, SAML2, WSA, WSSE

FORGED = "mallory"
_IDS = ("same", "other", "none", "wsu", "lower")
_WRAPPERS = (
    f"{{{DS}}}Object",
    "{urn:example:any}Extensions",
    f"{{{SAML2}}}Advice",
    f"{{{SAML2}}}AttributeValue",
    "{urn:oasis:names:tc:SAML:2.0:protocol}Response",
)


def wrapped(genuine: bytes) -> Iterator[tuple[str, bytes]]:
    """Each message with the name of its class and variant."""
    for number, (ids, wrapper) in product(range(1, 9), product(_IDS, _WRAPPERS)):
        for first in (True, False):
            security = _CLASSES[number](etree.fromstring(genuine), ids, wrapper, first=first)
            name = f"XSW{number} {ids} {etree.QName(wrapper).localname} {first}"
            yield name, message(security)


def message(security: list[_Element], body: _Element | None = None) -> bytes:
    """An envelope whose security header holds these elements."""
    root = etree.Element(f"{{{ENV}}}Envelope")
    header = etree.SubElement(root, f"{{{ENV}}}Header")
    etree.SubElement(header, f"{{{WSA}}}Action").text = "urn:ihe:iti:2007:RegistryStoredQuery"
    etree.SubElement(header, f"{{{WSSE}}}Security").extend(security)
    inside = etree.Element("{urn:example:any}Query") if body is None else body
    etree.SubElement(root, f"{{{ENV}}}Body").append(inside)
    return etree.tostring(root)


def forged_from(genuine: _Element, ids: str) -> _Element:
    """The same assertion about somebody else, without a signature."""
    forged = deepcopy(genuine)
    forged.remove(_signature(forged))
    name = forged.find(f".//{{{SAML2}}}NameID")
    assert name is not None
    name.text = FORGED
    own = forged.attrib.pop("ID")
    if ids == "same":
        forged.set("ID", own)
    elif ids == "other":
        forged.set("ID", "_forged")
    elif ids == "wsu":
        forged.set(
            f"{{{'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd'}}}Id",
            own,
        )
    elif ids == "lower":
        forged.set("Id", own)
    return forged


def _signature(element: _Element) -> _Element:
    found = element.find(f"{{{DS}}}Signature")
    assert found is not None
    return found


def _wrap(wrapper: str, *inner: _Element) -> _Element:
    outer = etree.Element(wrapper)
    outer.extend(inner)
    return outer


def _place(parent: _Element, child: _Element, *, first: bool) -> _Element:
    parent.insert(0 if first else len(parent), child)
    return parent


def _xsw1(genuine: _Element, ids: str, wrapper: str, *, first: bool) -> list[_Element]:
    """The forged one holds the signature, which holds the genuine one."""
    forged, signature = forged_from(genuine, ids), _signature(genuine)
    genuine.remove(signature)
    signature.append(_wrap(wrapper, genuine))
    return [_place(forged, signature, first=first)]


def _xsw2(genuine: _Element, ids: str, wrapper: str, *, first: bool) -> list[_Element]:
    """The forged one holds the signature and the genuine one beside each other."""
    forged, signature = forged_from(genuine, ids), _signature(genuine)
    genuine.remove(signature)
    _place(forged, signature, first=first)
    return [_place(forged, _wrap(wrapper, genuine), first=not first)]


def _xsw3(genuine: _Element, ids: str, wrapper: str, *, first: bool) -> list[_Element]:
    """Both stand beside each other."""
    forged = forged_from(genuine, ids)
    forged.append(etree.Element(wrapper))
    return [forged, genuine] if first else [genuine, forged]


def _xsw4(genuine: _Element, ids: str, wrapper: str, *, first: bool) -> list[_Element]:
    """The forged one holds the genuine one whole."""
    inner = genuine if first else _wrap(wrapper, genuine)
    return [_place(forged_from(genuine, ids), inner, first=first)]


def _xsw5(genuine: _Element, ids: str, wrapper: str, *, first: bool) -> list[_Element]:
    """The forged one holds the signature; the genuine one stands behind it."""
    forged, signature = forged_from(genuine, ids), _signature(genuine)
    genuine.remove(signature)
    forged.insert(1, signature)
    moved = _wrap(wrapper, genuine)
    return [forged, moved] if first else [moved, forged]


def _xsw6(genuine: _Element, ids: str, wrapper: str, *, first: bool) -> list[_Element]:
    """The forged one holds the signature, whose KeyInfo or Object holds the genuine one."""
    forged, signature = forged_from(genuine, ids), _signature(genuine)
    genuine.remove(signature)
    forged.insert(1, signature)
    place = signature.find(f"{{{DS}}}KeyInfo") if first else signature
    assert place is not None
    place.append(_wrap(wrapper, genuine))
    return [forged]


def _xsw7(genuine: _Element, ids: str, wrapper: str, *, first: bool) -> list[_Element]:
    """An extension before the genuine one holds the forged one."""
    extension = _wrap(wrapper, forged_from(genuine, ids))
    if first:
        return [extension, genuine]
    return [_place(genuine, extension, first=True)]


def _xsw8(genuine: _Element, ids: str, wrapper: str, *, first: bool) -> list[_Element]:
    """The signature's own object holds the genuine one; the forged one is around it."""
    forged, signature = forged_from(genuine, ids), _signature(genuine)
    genuine.remove(signature)
    inner = _wrap(wrapper, genuine)
    signature.insert(0 if first else len(signature), _wrap(f"{{{DS}}}Object", inner))
    forged.insert(1, signature)
    return [forged]


_CLASSES = {
    1: _xsw1,
    2: _xsw2,
    3: _xsw3,
    4: _xsw4,
    5: _xsw5,
    6: _xsw6,
    7: _xsw7,
    8: _xsw8,
}
