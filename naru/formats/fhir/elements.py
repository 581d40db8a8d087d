"""Every element of FHIR R4's types: name, order, cardinality, type, required codes.

Read from `data/r4.json`, which says where it comes from; a type is built when it is first asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

import msgspec


@dataclass(frozen=True, slots=True)
class Element:
    """One element as JSON names it: `deceased[x]` stands once for each of its types."""

    name: str
    """As JSON and XML write it: `deceasedBoolean`."""
    group: str
    """As FHIRPath writes it: `deceased`."""
    type: str
    order: int
    many: bool
    codes: frozenset[str] | None = None
    attribute: bool = False
    """Whether XML writes it as an attribute."""
    summary: bool = False
    """Whether it belongs to the summary of its resource (FHIR R4 3.1.1.5.8)."""


@dataclass(frozen=True, slots=True)
class Type:
    """A resource, data type or backbone element. A primitive has `elements` of `Element` only."""

    name: str
    kind: str
    abstract: bool
    elements: Mapping[str, Element]
    required: tuple[str, ...]
    """The groups that have to be there."""
    choices: frozenset[str] = field(default=frozenset())
    """The groups with several names, of which one may stand."""

    @property
    def is_primitive(self) -> bool:
        """Whether it is a value rather than an object."""
        return self.kind == "primitive-type"

    @property
    def is_resource(self) -> bool:
        """Whether its objects name their resourceType."""
        return self.kind == "resource"


class _Row(msgspec.Struct, frozen=True):
    base: str
    kind: str
    abstract: bool
    elements: list[str]


class _Table(msgspec.Struct, frozen=True):
    version: str
    value_sets: dict[str, list[str]] = msgspec.field(name="valueSets")
    types: dict[str, _Row]


@cache
def type_of(name: str) -> Type:
    """The type of that name. Raises KeyError."""
    row = _table().types[name]
    rows: list[str] = []
    ancestor: _Row | None = row
    while ancestor is not None:
        rows[:0] = ancestor.elements
        ancestor = _table().types.get(ancestor.base)
    if row.kind == "primitive-type":
        rows = _table().types["Element"].elements
    return _type(name, row, rows)


@cache
def resource_types() -> frozenset[str]:
    """The names of every resource that can be sent."""
    types = _table().types.items()
    return frozenset(name for name, row in types if row.kind == "resource" and not row.abstract)


@cache
def _table() -> _Table:
    file = resources.files("naru.formats.fhir") / "data" / "r4.json"
    return msgspec.json.decode(file.read_bytes(), type=_Table)


def _type(name: str, row: _Row, lines: list[str]) -> Type:
    elements: dict[str, Element] = {}
    required: list[str] = []
    choices: set[str] = set()
    for order, line in enumerate(lines):
        told, minimum, maximum, types, *more = line.split(" ")
        group = told.removesuffix("[x]")
        if minimum != "0":
            required.append(group)
        if told != group:
            choices.add(group)
        for kind in types.split("|"):
            written = group if told == group else group + kind[0].upper() + kind[1:]
            elements[written] = Element(
                name=written,
                group=group,
                type=kind,
                order=order,
                many=maximum == "*",
                codes=_codes(more),
                attribute="@" in more,
                summary="+" in more,
            )
    return Type(name, row.kind, row.abstract, elements, tuple(required), choices=frozenset(choices))


def _codes(more: list[str]) -> frozenset[str] | None:
    named = [one for one in more if one not in {"@", "+"}]
    return _value_set(named[0]) if named else None


@cache
def _value_set(name: str) -> frozenset[str]:
    return frozenset(_table().value_sets[name])
