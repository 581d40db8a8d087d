"""Compiled paths into a document: to elements, or to the values of attributes."""

from typing import Final, cast

from lxml import etree
from lxml.etree import _Element

from naru.formats.xml.namespaces import HL7V3

_SPACES: Final = {"h": HL7V3}


class Elements:
    """A path to elements; the prefix `h` is that of CDA."""

    def __init__(self, path: str) -> None:
        self._path = etree.XPath(path, namespaces=_SPACES)

    def __call__(self, root: _Element, **values: str) -> list[_Element]:
        """The elements in document order; `values` are the path's variables."""
        return cast("list[_Element]", self._path(root, **values))


class Texts:
    """A path to attributes or words."""

    def __init__(self, path: str) -> None:
        self._path = etree.XPath(path, namespaces=_SPACES, smart_strings=False)

    def __call__(self, root: _Element) -> list[str]:
        """Their values in document order."""
        return cast("list[str]", self._path(root))
