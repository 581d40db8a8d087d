"""The fields of papers as CDA values: text, won, numbers, days and codes, each both ways.

A field is named by the path of its value (`visit.insurance`), which is also its code; what is typed
how is data of the form.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from lxml.etree import _Element

from naru.domain.korea import KST
from naru.domain.papers import tables
from naru.formats.cda.datatypes import attribute, attribute_of, coded
from naru.formats.cda.errors import CdaRefused, IncompleteDocument
from naru.formats.xml.escape import escape

Values = Mapping[str, Any]
"""A paper, or a part of one, as built-in values: what msgspec makes of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of a form; `system` is the OID of its codes, `table` what they mean."""

    name: str
    title: str
    type: str = "text"
    system: str = ""
    table: str = ""

    @property
    def is_words(self) -> bool:
        """Whether its value is a text, of which the empty one is not written."""
        return self.type in {"text", "code"}

    @property
    def path(self) -> tuple[str, ...]:
        """The names that lead to the value."""
        return tuple(self.name.split("."))


@dataclass(frozen=True, slots=True)
class _Type:
    """How a type is said to a program, read back, and said to a person."""

    write: Callable[[Field, Any], str]
    read: Callable[[_Element], Any]
    words: Callable[[Field, Any], str]


def value_at(values: Values, field: Field) -> Any:
    """The value of a field; None where there is none, as an empty text is."""
    found: Any = values
    for name in field.path:
        if found is None:
            return None
        found = found.get(name)
    return None if found == "" else found


def put(values: dict[str, Any], field: Field, value: Any) -> None:
    """Set a field of nested values."""
    *parents, last = field.path
    for name in parents:
        values = values.setdefault(name, {})
    values[last] = value


def write_value(field: Field, value: Any) -> str:
    """The `value` element of an observation."""
    return _TYPES[field.type].write(field, value)


def read_value(field: Field, element: _Element) -> Any:
    """What a `value` element says, as a built-in value."""
    return _TYPES[field.type].read(element)


def words_of(field: Field, value: Any) -> str:
    """What a person reads of a field; "" where it has no value."""
    return "" if value is None else _TYPES[field.type].words(field, value)


def cells(fields: tuple[Field, ...], values: Values) -> Iterator[str]:
    """What a person reads of each field."""
    return (words_of(field, value_at(values, field)) for field in fields)


def meaning(table: str, code: str) -> str:
    """What a code of a table means; "" where the table does not have it."""
    held = tables()
    found: Mapping[str, Any] = {
        "row": held.rows,
        "column": held.columns,
        "certificate": held.certificates,
    }.get(table) or held.codes.get(table, {})
    return str(found[code].korean) if code in found else ""


def _read_text(element: _Element) -> str:
    return element.text or ""


def _write_won(_field: Field, value: int) -> str:
    return f'<value xsi:type="MO" value="{_bounded(value)}" currency="KRW"/>'


def _bounded(value: int) -> int:
    if abs(value) > _MOST:
        raise IncompleteDocument(("너무 큰 수",))
    return value


def _read_won(element: _Element) -> int:
    if element.get("currency") != "KRW":
        raise CdaRefused("an amount is not in won")
    return _read_count(element)


def _read_count(element: _Element) -> int:
    text = element.get("value", "")
    if _COUNT.fullmatch(text) is None:
        raise CdaRefused("an amount is no whole number")
    return int(text)


def _read_number(element: _Element) -> str:
    text = element.get("value", "")
    if _NUMBER.fullmatch(text) is None:
        raise CdaRefused("a number is no decimal")
    return text


def _read_day(element: _Element) -> str:
    text = element.get("value", "")
    if len(text) != _DAY:
        raise CdaRefused("a day is not YYYYMMDD")
    try:
        return datetime.strptime(text, "%Y%m%d").replace(tzinfo=KST).date().isoformat()
    except ValueError:
        raise CdaRefused("a day is not YYYYMMDD") from None


def _write_named(field: Field, value: Values) -> str:
    return coded("value", value["code"], field.system, value.get("name", ""), kind="CD")


def _read_named(element: _Element) -> dict[str, str]:
    return {"code": element.get("code", ""), "name": element.get("displayName", "")}


def _simple(kind: str, text: str) -> str:
    return f'<value xsi:type="{kind}"{attribute("value", text)}/>'


def _plain(number: str) -> str:
    """A decimal without an exponent."""
    text = f"{Decimal(number):f}"
    if _NUMBER.fullmatch(text) is None:
        raise IncompleteDocument(("너무 크거나 너무 자세한 수",))
    return text


_MOST: Final = 10**15 - 1
_COUNT: Final = re.compile(r"-?[0-9]{1,15}")
_NUMBER: Final = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,9})?")
_DAY: Final = len("YYYYMMDD")
_TYPES: Final[Mapping[str, _Type]] = {
    "text": _Type(
        lambda _, value: f'<value xsi:type="ST">{escape(value)}</value>',
        _read_text,
        lambda _, value: value,
    ),
    "won": _Type(_write_won, _read_won, lambda _, value: f"{value:,}"),
    "count": _Type(
        lambda _, value: _simple("INT", str(_bounded(value))),
        _read_count,
        lambda _, value: str(value),
    ),
    "number": _Type(
        lambda _, value: _simple("REAL", _plain(value)),
        _read_number,
        lambda _, value: _plain(value),
    ),
    "day": _Type(
        lambda _, value: _simple("TS", value.replace("-", "")),
        _read_day,
        lambda _, value: value,
    ),
    "code": _Type(
        lambda field, value: coded(
            "value", value, field.system, meaning(field.table, value), kind="CD"
        ),
        lambda element: attribute_of(element, name="code"),
        lambda field, value: meaning(field.table, value) or value,
    ),
    "named": _Type(_write_named, _read_named, lambda _, value: value.get("name") or value["code"]),
}
