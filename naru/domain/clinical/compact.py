"""Content as plain lists and back, for keeping what a document says in little room.

Entries are lists of their fields in order, without the defaults at their end. What the fields mean
is told by the classes alone: whoever keeps the lists keeps beside them what wrote them
(`content_reading.Readers.version`), and reads no others.
"""

import types
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from naru.domain.clinical.content import Content

Plain = None | str | int | list["Plain"]
"""What the lists hold, and what every format can write."""

_Translate = Callable[[Any], Any]


def to_plain(content: Content) -> Plain:
    """The content as lists."""
    plain: Plain = _writer(Content)(content)
    return plain


def from_plain(plain: Plain) -> Content:
    """The content again. Raises ValueError, TypeError for what `to_plain` did not write."""
    content: Content = _reader(Content)(plain)
    return content


@cache
def _writer(kind: Any) -> _Translate:
    if is_dataclass(kind):
        return _write_fields(kind)
    if kind in _WRITTEN:
        return _WRITTEN[kind]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _value
    if get_origin(kind) is tuple:
        return _each(_writer(get_args(kind)[0]))
    return _optional(_writer(_of_a_union(kind)))


@cache
def _reader(kind: Any) -> _Translate:
    if is_dataclass(kind):
        return _read_fields(kind)
    if kind in _READ:
        return _READ[kind]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {one.value: one for one in kind}.__getitem__
    if get_origin(kind) is tuple:
        return _tuple_of(_reader(get_args(kind)[0]))
    return _optional(_reader(_of_a_union(kind)))


def _of_a_union(kind: Any) -> Any:
    """The kind beside None; a day and a moment are told apart by how they are written."""
    if get_origin(kind) not in (types.UnionType, Union):
        raise TypeError(f"content has no field of the kind {kind}")
    (*others,) = {one for one in get_args(kind) if one is not types.NoneType}
    if {*others} == {date, datetime}:
        return date
    (only,) = others
    return only


def _write_fields(kind: Any) -> _Translate:
    hints = get_type_hints(kind)
    # `default` is MISSING where there is none, which equals nothing.
    each = [(one.name, _writer(hints[one.name]), one.default) for one in fields(kind)]

    def write(entry: Any) -> list[Any]:
        values = [getattr(entry, name) for name, _, _ in each]
        told = len(values)
        while told and values[told - 1] == each[told - 1][2]:
            told -= 1
        return [translate(value) for (_, translate, _), value in zip(each, values[:told])]  # noqa: B905  # Cut short on purpose.

    return write


def _read_fields(kind: Any) -> _Translate:
    """The fields are set by their slots: `__init__`, which does no more, costs as much again."""
    if hasattr(kind, "__post_init__"):
        raise TypeError(f"{kind} does more than to hold its fields")
    hints = get_type_hints(kind)
    each = [(one.name, _reader(hints[one.name])) for one in fields(kind)]
    changed = [(at, read) for at, (_, read) in enumerate(each) if read is not _same]
    slots = [getattr(kind, name).__set__ for name, _ in each]
    untold = [one.default for one in fields(kind)]
    needed = sum(one is MISSING for one in untold)

    def read(values: list[Any]) -> Any:
        told = len(values)
        if not needed <= told <= len(slots):
            raise ValueError(f"{told} values are no {kind.__name__}")
        for at, translate in changed:
            if at >= told:
                break
            values[at] = translate(values[at])
        entry = object.__new__(kind)
        for put, value in zip(slots, values + untold[told:], strict=True):
            put(entry, value)
        return entry

    return read


def _each(translate: _Translate) -> _Translate:
    return lambda values: [translate(one) for one in values]


def _tuple_of(translate: _Translate) -> _Translate:
    return lambda values: tuple([translate(one) for one in values])


def _optional(translate: _Translate) -> _Translate:
    return lambda value: None if value is None else translate(value)


def _same(value: Any) -> Any:
    return value


def _value(value: Any) -> Any:
    return value.value


def _iso(value: date) -> str:
    return value.isoformat()


def _when(text: str) -> date:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def _number(value: int) -> Plain:
    # Formats of octets carry 64 bits; whoever wrote a document may have written more digits.
    return value if -(2**63) <= value < 2**63 else str(value)


_WRITTEN: Final[dict[Any, _Translate]] = {
    str: _same,
    int: _number,
    date: _iso,
    datetime: _iso,
    Decimal: str,
}
_READ: Final[dict[Any, _Translate]] = {
    str: _same,
    int: int,
    date: _when,
    datetime: _when,
    Decimal: Decimal,
}
