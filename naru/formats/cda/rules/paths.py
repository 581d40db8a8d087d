"""Paths into a document: to elements, or to the values of attributes; or many, in one walk.

None uses EXSLT's regular expressions, which lxml would set up anew at each evaluation: a third of
the time of a short path.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, cast

from lxml import etree
from lxml.etree import _Element

from naru.formats.cda.datatypes import hl7
from naru.formats.xml.namespaces import HL7V3

_SPACES: Final = {"h": HL7V3}


class Elements:
    """A path to elements; the prefix `h` is that of CDA."""

    def __init__(self, path: str) -> None:
        self._path = etree.XPath(path, namespaces=_SPACES, regexp=False)

    def __call__(self, root: _Element, **values: str) -> list[_Element]:
        """The elements in document order; `values` are the path's variables."""
        return cast("list[_Element]", self._path(root, **values))


class Texts:
    """A path to attributes or words."""

    def __init__(self, path: str) -> None:
        self._path = etree.XPath(path, namespaces=_SPACES, regexp=False, smart_strings=False)

    def __call__(self, root: _Element) -> list[str]:
        """Their values in document order."""
        return cast("list[str]", self._path(root))


class Found(dict[str, list[_Element]]):
    """The elements at each path, in document order; no key where there are none."""

    __slots__ = ()

    def first(self, path: str) -> _Element | None:
        """The first element at a path."""
        return self[path][0] if path in self else None


@dataclass(frozen=True, slots=True)
class _Step:
    path: str
    further: "dict[str, _Step]" = field(default_factory=dict)


class Places:
    """Paths of names, as `author/assignedAuthor`, at all of which one walk looks."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._steps: dict[str, _Step] = {}
        for path in paths:
            steps, said = self._steps, ""
            for name in path.split("/"):
                said = f"{said}/{name}" if said else name
                steps = steps.setdefault(hl7(name), _Step(said)).further

    def __call__(self, element: _Element) -> Found:
        """What stands at the paths, and on the way to them."""
        found = Found()
        _walk(element, self._steps, found)
        return found


def _walk(element: _Element, steps: Mapping[str, _Step], found: Found) -> None:
    for child in element:
        step = steps.get(child.tag)
        if step is not None:
            found.setdefault(step.path, []).append(child)
            if step.further:
                _walk(child, step.further, found)
