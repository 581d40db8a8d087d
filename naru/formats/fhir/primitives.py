"""The formats of FHIR R4's primitive values (FHIR R4 datatypes 2.24.0.1)."""

import binascii
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from naru.formats.fhir import moments
from naru.formats.fhir.resource import Json
from naru.formats.fhir.values import ID

LONGEST_STRING: Final = 1024 * 1024
"""Characters of a string: "SHALL NOT exceed 1MB in size"."""

# Code points that FHIR forbids below U+0020, and those that XML 1.0 cannot carry.
_FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CODE: Final = re.compile(r"\S+(?: \S+)*")
_URI: Final = re.compile(r"\S+")
_OID: Final = re.compile(r"urn:oid:[0-2](?:\.(?:0|[1-9][0-9]*))+")
_UUID: Final = re.compile(r"urn:uuid:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_DATE: Final = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?", re.ASCII)
_INSTANT: Final = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,20})?(?:Z|[+-]\d\d:\d\d)", re.ASCII
)
_TIME: Final = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d{1,20})?", re.ASCII)
_BLANKS: Final = re.compile(r"[ \t\r\n]")
_INTEGER: Final = re.compile(r"-?(?:0|[1-9]\d{0,17})", re.ASCII)
_DECIMAL: Final = re.compile(r"-?(?:0|[1-9]\d{0,17})(?:\.\d{1,17})?(?:[eE][+-]?\d{1,3})?", re.ASCII)
_LIMIT: Final = 2**31


def is_valid(kind: str, value: Json) -> bool:
    """Whether the JSON value is one of the primitive type."""
    return _CHECKS[kind](value)


def from_text(kind: str, text: str) -> Json:
    """An XML attribute as the value of JSON; what is none stays a text, and so is not valid."""
    if kind == "boolean":
        return {"true": True, "false": False}.get(text, text)
    if kind in _NUMBERS and _INTEGER.fullmatch(text) and text != "-0":
        return int(text)
    if kind == "decimal" and _DECIMAL.fullmatch(text):
        return Decimal(text)
    return text


def to_text(value: Json) -> str:
    """The value as an XML attribute says it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _boolean(value: Json) -> bool:
    return isinstance(value, bool)


def _whole(least: int) -> Callable[[Json], bool]:
    def check(value: Json) -> bool:
        return type(value) is int and least <= value < _LIMIT

    return check


def _decimal(value: Json) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _string(value: Json) -> bool:
    return (
        isinstance(value, str)
        and 0 < len(value) <= LONGEST_STRING
        and _FORBIDDEN.search(value) is None
    )


def _form(pattern: re.Pattern[str]) -> Callable[[Json], bool]:
    def check(value: Json) -> bool:
        return _string(value) and pattern.fullmatch(str(value)) is not None

    return check


def _moment(*patterns: re.Pattern[str]) -> Callable[[Json], bool]:
    def check(value: Json) -> bool:
        if not isinstance(value, str) or not any(one.fullmatch(value) for one in patterns):
            return False
        try:
            moments.interval(value)
        except moments.NotAMoment:
            return False
        return True

    return check


def _base64(value: Json) -> bool:
    if not isinstance(value, str) or not value:
        return False
    try:
        binascii.a2b_base64(_BLANKS.sub("", value).encode("ascii"), strict_mode=True)
    except ValueError:  # Also of characters beyond ASCII.
        return False
    return True


_NUMBERS: Final = frozenset({"integer", "positiveInt", "unsignedInt", "decimal"})

_CHECKS: Final[Mapping[str, Callable[[Json], bool]]] = {
    "base64Binary": _base64,
    "boolean": _boolean,
    "canonical": _form(_URI),
    "code": _form(_CODE),
    "date": _moment(_DATE),
    "dateTime": _moment(_DATE, _INSTANT),
    "decimal": _decimal,
    "id": _form(ID),
    "instant": _moment(_INSTANT),
    "integer": _whole(-_LIMIT),
    "markdown": _string,
    "oid": _form(_OID),
    "positiveInt": _whole(1),
    "string": _string,
    "time": _form(_TIME),
    "unsignedInt": _whole(0),
    "uri": _form(_URI),
    "url": _form(_URI),
    "uuid": _form(_UUID),
}
