"""Names and narratives of foreign documents as plain words."""

from collections.abc import Iterator
from typing import Final

from lxml.etree import _Element

from naru.formats.cda.datatypes import hl7, path, words_of
from naru.formats.cda.foreign.walk import plain

_CELL: Final = frozenset({hl7("td"), hl7("th")})
_LINE: Final = frozenset(map(hl7, ("paragraph", "item", "tr", "caption", "list", "table", "br")))


def name_of(root: _Element, *names: str) -> str:
    """The name of a person or an institution at the path, as people write it."""
    element = root.find(path(*names))
    if element is None:
        return ""
    given = [part.text or "" for part in element.iterchildren(hl7("given"))]
    family = [part.text or "" for part in element.iterchildren(hl7("family"))]
    if not family and not given:
        return plain(words_of(element))
    # A Korean name is written in one piece with the family name first.
    korean = not "".join(family + given).isascii()
    return "".join(family + given) if korean else " ".join(given + family)


def narrative_of(text: _Element | None) -> str:
    """The words of a section line by line, with bars between cells."""
    if text is None:
        return ""
    lines = "".join(_pieces(text)).split("\n")
    return "\n".join(line.strip(" |\t") for line in lines if line.strip(" |\t"))


def _pieces(element: _Element) -> Iterator[str]:
    """The text, with a line for each block and a bar between cells; depth is bounded by parsing."""
    if element.tag in _LINE:
        yield "\n"
    yield element.text or ""
    for child in element:
        if isinstance(child.tag, str):
            yield from _pieces(child)
        yield " | " if child.tag in _CELL else ""
        yield child.tail or ""
    if element.tag in _LINE:
        yield "\n"
