"""One parameter of a stored query: its name on the wire, its field, its shape and its type."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, Protocol, TypeGuard

from naru.domain import dtm
from naru.domain.codes import Code
from naru.domain.identifiers import Identifier
from naru.domain.registry_errors import ErrorCode, failure
from naru.domain.stored_query import TimeRange
from naru.domain.xds import AvailabilityStatus, DocumentEntryType
from naru.formats.ebxml import query_value
from naru.formats.hl7 import datatypes

Slots = Mapping[str, Sequence[Sequence[str]]]
"""By parameter name: one list of strings for each Slot of that name."""


class Type(Enum):
    """What a single value is."""

    STRING = auto()
    PATTERN = auto()
    CX = auto()
    CODE = auto()
    STATUS = auto()
    OBJECT_TYPE = auto()


class Parameter(Protocol):
    """A field of a query's value, both ways."""

    @property
    def field(self) -> str:
        """The name of the field in the domain's value."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its slots on the wire, each with its dollar sign."""

    def read(self, slots: Slots) -> object | None:
        """The field's value; None where nothing was sent. Raises RegistryFailure."""

    def write(self, value: object) -> list[tuple[str, list[str]]]:
        """The slots: a name and its values in wire form; for the field's own type only."""


def _status(_: str, text: str) -> AvailabilityStatus | None:
    try:
        return AvailabilityStatus(text)
    except ValueError:
        return None  # ITI TF-2 3.18.4.1.2.3.6: a status that is not understood is ignored.


def _object_type(_: str, text: str) -> DocumentEntryType | None:
    try:
        return DocumentEntryType(text)
    except ValueError:
        return None


def _cx(name: str, text: str) -> Identifier:
    try:
        return datatypes.cx(text)
    except datatypes.InvalidDatatype as error:
        raise query_value.malformed(name, str(error)) from None


def _string(_: str, text: str) -> str:
    return text


_READ: Final[Mapping[Type, Callable[[str, str], object | None]]] = {
    Type.STRING: _string,
    Type.PATTERN: query_value.pattern,
    Type.CX: _cx,
    Type.CODE: query_value.code,
    Type.STATUS: _status,
    Type.OBJECT_TYPE: _object_type,
}


def _wire(value: object) -> str:
    text = query_value.from_code(value) if isinstance(value, Code) else str(value)
    return query_value.quoted(text)


def _slots_of(name: str, slots: Slots) -> Sequence[Sequence[str]]:
    return [values for values in slots.get(name, ()) if values]


def _single_slot(name: str, slots: Slots) -> Sequence[str]:
    found = _slots_of(name, slots)
    if len(found) > 1:  # ITI TF-2 3.18.4.1.2.3.5: only some parameters take part in AND.
        raise failure(ErrorCode.XDSStoredQueryParamNumber, f"{name} must stand in one Slot", name)
    return found[0] if found else ()


@dataclass(frozen=True, slots=True)
class _Slot:
    """A parameter that stands in slots of one name."""

    name: str
    field: str
    type: Type = Type.STRING

    @property
    def names(self) -> tuple[str, ...]:
        """See Parameter."""
        return (self.name,)


@dataclass(frozen=True, slots=True)
class One(_Slot):
    """A parameter with a single value."""

    def read(self, slots: Slots) -> object | None:
        """See Parameter."""
        values = _single_slot(self.name, slots)
        if len(values) > 1:
            raise failure(
                ErrorCode.XDSStoredQueryParamNumber,
                f"{self.name} must have a single value",
                self.name,
            )
        return _READ[self.type](self.name, values[0]) if values else None

    def write(self, value: object) -> list[tuple[str, list[str]]]:
        """See Parameter."""
        return [] if value is None else [(self.name, [_wire(value)])]


@dataclass(frozen=True, slots=True)
class Many(_Slot):
    """A parameter with alternatives."""

    def read(self, slots: Slots) -> object | None:
        """See Parameter."""
        values = _single_slot(self.name, slots)
        return _understood(self.name, self.type, values) or None

    def write(self, value: object) -> list[tuple[str, list[str]]]:
        """See Parameter."""
        return [(self.name, [f"({_wire(one)})" for one in value])] if _listed(value) else []


@dataclass(frozen=True, slots=True)
class Anded(_Slot):
    """A parameter with alternatives that may stand in several slots, all of which must hold."""

    def read(self, slots: Slots) -> object | None:
        """See Parameter."""
        found = _slots_of(self.name, slots)
        return tuple(_understood(self.name, self.type, values) for values in found) or None

    def write(self, value: object) -> list[tuple[str, list[str]]]:
        """See Parameter."""
        groups = value if _listed(value) else ()
        return [
            (self.name, [f"({_wire(one)})" for one in group]) for group in groups if _listed(group)
        ]


def _listed(value: object) -> TypeGuard[tuple[object, ...]]:
    return isinstance(value, tuple) and bool(value)


def _understood(name: str, kind: Type, values: Sequence[str]) -> tuple[object, ...]:
    read = _READ[kind]
    return tuple(one for text in values if (one := read(name, text)) is not None)


@dataclass(frozen=True, slots=True)
class Times:
    """A pair of parameters `…From` and `…To`: from <= t < to."""

    name: str
    field: str

    @property
    def names(self) -> tuple[str, ...]:
        """See Parameter."""
        return (f"{self.name}From", f"{self.name}To")

    def read(self, slots: Slots) -> object | None:
        """See Parameter."""
        start, end = (_time(name, slots) for name in self.names)
        return TimeRange(start, end) if start or end else None

    def write(self, value: object) -> list[tuple[str, list[str]]]:
        """See Parameter."""
        if not isinstance(value, TimeRange):
            return []
        ends = zip(self.names, (value.start, value.end), strict=True)
        return [(name, [end]) for name, end in ends if end is not None]


def _time(name: str, slots: Slots) -> str | None:
    value = One(name, "").read(slots)
    if value is None:
        return None
    try:
        dtm.interval(str(value))
    except dtm.InvalidDtm as error:
        raise query_value.malformed(name, f"is no time: {error}") from None
    return str(value)
