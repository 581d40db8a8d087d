"""FHIR JSON, strict where two readers could disagree (FHIR R4 2.6.2; RFC 8259).

Refused are: another encoding than UTF-8, a byte order mark, duplicate names, NaN and Infinity,
numbers beyond any use, lone surrogates, control characters, and more than the limits allow. No
sentence quotes the document, which may name a patient.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from http import HTTPStatus
from typing import Any, Final, NoReturn

import msgspec

from naru.formats.fhir.outcome import IssueType, Refused, refused
from naru.formats.fhir.resource import Json, Resource

_MIB: Final = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonLimits:
    """How much one document may ask of us; every figure is generous to real resources."""

    size: int = 2 * _MIB
    """Bytes as received."""
    depth: int = 64
    """Nested objects and lists; R4's own deepest examples stay below 20."""
    values: int = 200_000
    """Commas, colons and opening brackets, which bound the members of the tree."""


DEFAULT: Final = JsonLimits()
DOCUMENTS: Final = JsonLimits(size=24 * _MIB)
"""Where documents come as base64 in a Binary: 16 MiB of them and their metadata."""

DIGITS: Final = 40
"""Characters of a number; FHIR R4 asks for 18 digits."""

EXPONENT: Final = 300
"""Powers of ten that a number may be away from one."""

_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_NUL: Final = "\0"
_ENCODER: Final = msgspec.json.Encoder(decimal_format="number")
_NAMES: Final = re.compile(r"[A-Za-z0-9_\-$]{1,64}")


def from_json(data: bytes, *, limits: JsonLimits = DEFAULT) -> Resource:
    """The resource that the document holds. Raises Refused."""
    found = read(data, limits=limits)
    if not isinstance(found, dict):
        raise refused(IssueType.STRUCTURE, "A resource is an object.")
    if not isinstance(found.get("resourceType"), str):
        raise refused(IssueType.STRUCTURE, "The object names no resourceType.", "resourceType")
    return found


def read(data: bytes, *, limits: JsonLimits = DEFAULT) -> Json:
    """Any JSON value, under the rules of this module. Raises Refused."""
    _check_size(data, limits)
    text = _decoded(data)
    try:
        found: Json = _DECODER.decode(text)
    except _Unreadable as error:
        raise refused(IssueType.STRUCTURE, str(error)) from None
    except (json.JSONDecodeError, RecursionError):
        # The parser's own words may quote the document.
        raise refused(IssueType.STRUCTURE, "The body is not well-formed JSON.") from None
    _check_depth(found, limits)
    if "\\u" in text:
        _check_surrogates(found)
    return found


def to_json(resource: Json | msgspec.Raw, *, pretty: bool = False) -> bytes:
    """The document; a `msgspec.Raw` anywhere in the tree is written as it stands."""
    data = _ENCODER.encode(resource)
    return msgspec.json.format(data, indent=2) if pretty else data


class _Unreadable(ValueError):
    """A rule of ours is broken inside the parser."""


def _check_size(data: bytes, limits: JsonLimits) -> None:
    if len(data) > limits.size:
        raise too_large(limits.size)
    if not data.strip(b" \t\r\n"):
        raise refused(IssueType.STRUCTURE, "The body is empty.")
    members = data.count(b",") + data.count(b":") + data.count(b"[") + data.count(b"{")
    if members > limits.values and _outside_strings(data) > limits.values:
        raise refused(IssueType.TOO_COSTLY, "The body holds too many values.")


def too_large(limit: int) -> Refused:
    """The refusal of a body beyond `limit` bytes."""
    return refused(
        IssueType.TOO_LONG,
        f"The body is larger than {limit} bytes.",
        status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    )


def _outside_strings(data: bytes) -> int:
    """Counted again without what stands in texts, for a body with very long ones."""
    bare = re.sub(rb'"(?:[^"\\]|\\.)*"', b"", data)
    return sum(bare.count(sign) for sign in (b",", b":", b"[", b"{"))


def _decoded(data: bytes) -> str:
    if data.startswith(b"\xef\xbb\xbf"):
        # RFC 8259 8.1: never added; a reader may refuse it.
        raise refused(IssueType.STRUCTURE, "The body begins with a byte order mark.")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise refused(IssueType.STRUCTURE, "The body is not UTF-8.") from None


def _check_depth(found: Json, limits: JsonLimits) -> None:
    """Level by level; beyond some hundred the parser itself has given up before."""
    level: list[Any] = [found]
    for _ in range(limits.depth):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return
    if any(isinstance(one, dict | list) for one in level):
        raise refused(IssueType.TOO_COSTLY, "The body is nested too deeply.")


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) != len(members):
        raise _Unreadable(f"The name {_duplicate(members)} stands twice in one object.")
    return found


def _duplicate(members: list[tuple[str, Any]]) -> str:
    """The name that stands twice, if it is one that an element could have."""
    seen: set[str] = set()
    for name, _ in members:
        if name in seen:
            return repr(name) if _NAMES.fullmatch(name) else "of an element"
        seen.add(name)
    raise AssertionError("no name stands twice")


def _integer(text: str) -> int | Decimal:
    if len(text) > DIGITS:
        raise _Unreadable("A number has too many digits.")
    # A number without a sign of its own would lose what was written.
    return Decimal(text) if text == "-0" else int(text)


def _decimal(text: str) -> Decimal:
    if len(text) > DIGITS:
        raise _Unreadable("A number has too many digits.")
    try:
        found = Decimal(text)
    except InvalidOperation:
        raise _Unreadable("A number is out of range.") from None
    exponent = found.as_tuple().exponent
    if not isinstance(exponent, int) or not -EXPONENT <= exponent <= EXPONENT:
        raise _Unreadable("A number is out of range.")
    return found


def _constant(_name: str) -> NoReturn:
    raise _Unreadable("NaN and Infinity are no numbers of JSON.")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_float=_decimal,
    parse_int=_integer,
    parse_constant=_constant,
)


def _check_surrogates(found: Json) -> None:
    # What cannot be written as UTF-8 could never be handed on.
    for text in texts(found):
        if _SURROGATE.search(text):
            raise refused(IssueType.STRUCTURE, "A text holds half of a surrogate pair.")
        # FHIR R4 string; and PostgreSQL keeps no such text, nor can it be asked for one.
        if _NUL in text:
            raise refused(IssueType.STRUCTURE, "A text holds a NUL character.")


def texts(value: Json) -> Iterator[str]:
    """Every text of a tree, the names of members among them."""
    waiting: list[Json] = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            yield from one
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
