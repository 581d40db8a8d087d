"""A document with one thing wrong: an element gone or empty, or an attribute that says nonsense."""

from collections.abc import Iterator

from lxml import etree

from naru.formats.xml import parse


def spoilt(octets: bytes) -> Iterator[bytes]:
    """The document once for each element without it or its content, and each attribute as `x`."""
    root = parse(octets)
    for element in list(root.iter())[1:]:
        above = element.getparent()
        assert above is not None
        for name in list(element.attrib):
            said = element.get(name, "")
            element.set(name, "x")
            yield etree.tostring(root)
            element.set(name, said)
        at, tail = above.index(element), element.tail
        above.remove(element)
        yield etree.tostring(root)
        above.insert(at, element)
        element.tail = tail
