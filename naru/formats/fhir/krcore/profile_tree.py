"""A profile as a tree: what it demands of each element, with what it inherits.

Made from the differentials of `definitions`, the base's first; a slice begins as a copy of what is
demanded of every item, as FHIR R4 5.1.0.14 has it.
"""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from naru.formats.fhir.krcore import definitions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from naru.formats.fhir.resource import Json

_PART: Final = re.compile(r"([^.:\[]+)(\[x\])?(?::([^.]+))?")


@dataclass(slots=True)
class Node:
    """What is demanded of one element; `children` are by FHIRPath's name, or JSON's of a choice."""

    id: str
    minimum: int = 0
    maximum: int | None = None
    types: frozenset[str] | None = None
    targets: frozenset[str] | None = None
    """The types of resources to which a reference may lead."""
    profile: str = ""
    """The canonical address of an extension's own definition."""
    fixed: Json = None
    pattern: Json = None
    binding: tuple[str, str] | None = None
    """Strength and value set."""
    constraints: tuple[tuple[str, str, str], ...] = ()
    """Key, severity and words of an invariant."""
    children: dict[str, Node] = field(default_factory=dict)
    slices: dict[str, Node] = field(default_factory=dict)
    discriminator: tuple[str, ...] = ()

    def inner(self, id_: str) -> Node:
        """What a slice begins with."""
        found = deepcopy(self)
        found.id, found.slices, found.discriminator = id_, {}, ()
        found.minimum, found.maximum = 0, None
        return found

    def expected(self, path: tuple[str, ...]) -> Iterator[Json]:
        """The values by which a discriminator knows a slice, also from slices below it."""
        if not path:
            for one in (self.fixed, self.pattern):
                if one is not None:
                    yield one
            return
        for node in (self, *self.slices.values()):
            if path[0] in node.children:
                child = node.children[path[0]]
                yield from child.expected(path[1:])
                for each in child.slices.values():
                    yield from each.expected(path[1:])


@dataclass(frozen=True, slots=True)
class Tree:
    """A profile: its id, the type it is of, and what it demands."""

    id: str
    url: str
    title: str
    type: str
    root: Node


@cache
def tree(url: str) -> Tree | None:
    """The profile or extension of a canonical address; None of one that is not told here."""
    told = definitions.read()["structures"].get(url.partition("|")[0])
    if told is None:
        return None
    base = tree(told["base"])
    root = Node(told["type"]) if base is None else deepcopy(base.root)
    for element in told["element"]:
        _apply(_at(root, element["id"]), element)
    return Tree(url.rpartition("/")[2], url, told["title"], told["type"], root)


def profiles() -> dict[str, list[str]]:
    """The addresses of all profiles by the type they are of."""
    found: dict[str, list[str]] = {}
    for url, one in definitions.read()["structures"].items():
        if one["type"] != "Extension":
            found.setdefault(one["type"], []).append(url)
    return found


def _at(root: Node, id_: str) -> Node:
    node, at = root, root.id.partition(".")[0]
    for name, choice, slice_ in _PART.findall(id_)[1:]:
        of_one_type = bool(choice and slice_)
        at = f"{at}.{name}{choice}" + (f":{slice_}" if slice_ else "")
        key = slice_ if of_one_type else name
        unsliced = at if of_one_type else at.removesuffix(f":{slice_}")
        node = node.children.setdefault(key, Node(unsliced))
        if slice_ and not of_one_type:
            if slice_ not in node.slices:
                node.slices[slice_] = node.inner(at)
            node = node.slices[slice_]
    return node


def _apply(node: Node, element: dict[str, Any]) -> None:
    node.minimum = max(node.minimum, element.get("min", 0))
    if "max" in element:
        node.maximum = None if element["max"] == "*" else int(element["max"])
    _apply_types(node, element.get("type", ()))
    for name, value in element.items():
        if name.startswith("fixed"):
            node.fixed = value
        elif name.startswith("pattern"):
            node.pattern = value
    if "binding" in element:
        node.binding = (element["binding"]["strength"], element["binding"]["valueSet"])
    if "slicing" in element:
        path = element["slicing"]["discriminator"][0]["path"]
        node.discriminator = () if path == "$this" else tuple(path.split("."))
    for one in element.get("constraint", ()):
        node.constraints += ((one["key"], one["severity"], one["human"]),)


def _apply_types(node: Node, types: Sequence[dict[str, Any]]) -> None:
    if not types:
        return
    node.types = frozenset(one["code"] for one in types)
    told = [each for one in types for each in one.get("targetProfile", ())]
    if told:
        node.targets = frozenset(_type(one) for one in told)
    if node.types == {"Extension"}:
        node.profile = types[0]["profile"][0]


def _type(profile: str) -> str:
    """The type of resource that a profile is of."""
    told = definitions.read()["structures"].get(profile)
    return str(told["type"]) if told else profile.rpartition("/")[2]
