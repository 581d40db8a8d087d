"""JSON from an EMR into plain values: every field known, every fault told by its place."""

import json
import types
from base64 import b64decode
from collections.abc import Iterable
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, Final, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from naru.domain.identifiers import Identifier
from naru.link.errors import MessageWrong

T = TypeVar("T")
MAX_MESSAGE: Final = 16 * 1024 * 1024
"""Octets of one message: a referral is some kilobytes."""
MAX_DIGITS: Final = 32
"""Digits of a number: what is measured has five."""


def read_json(octets: bytes) -> dict[str, object]:
    """The object that the octets hold; a key that stands twice is refused."""
    if len(octets) > MAX_MESSAGE:
        raise MessageWrong("too large", "파일이 너무 큽니다.")
    if not octets.strip():
        raise MessageWrong("empty", "파일이 비어 있습니다.")
    text = _text(octets)
    try:
        value = json.loads(text, object_pairs_hook=_once, parse_float=_decimal)
    except json.JSONDecodeError as error:
        raise _no_json(error, text) from None
    except RecursionError:
        raise MessageWrong("too deep", "JSON의 괄호가 너무 깊습니다.") from None
    except ValueError:  # More digits than any number of a message has.
        raise MessageWrong("not a number", "JSON의 숫자가 너무 깁니다.") from None
    if not isinstance(value, dict):
        raise _wrong("", "객체({...})여야 합니다")
    return value


def _decimal(text: str) -> Decimal:
    # A number keeps its zeros: 36.50 is measured to two places.
    if len(text) > MAX_DIGITS:
        raise ValueError("more digits than any number of a message has")
    return Decimal(text)


def _no_json(error: json.JSONDecodeError, text: str) -> MessageWrong:
    cut_off = error.pos >= len(text.rstrip())
    sentence = "파일이 중간에 끝났습니다" if cut_off else "따옴표와 쉼표, 괄호를 확인하십시오"
    return _wrong(_at(error.lineno, error.colno), f"JSON이 아닙니다. {sentence}")


def _text(octets: bytes) -> str:
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = octets[: error.start]
        line = before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace").lstrip("\ufeff")
        place = _at(before.count(b"\n") + 1, len(line) + 1)
        raise _wrong(
            place, "UTF-8이 아닙니다. UTF-8로 저장하십시오 (EUC-KR, CP949는 안 됨)"
        ) from None


def _at(line: int, column: int) -> str:
    return f"{line}번째 줄 {column}번째 글자"


def _once(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise _wrong(name, "같은 이름이 두 번 있습니다")
        found[name] = value
    return found


def value_of(kind: type[T], value: object, place: str = "") -> T:
    """The value as `kind`, a dataclass or the type of a field; MessageWrong names the place."""
    return cast("T", _value(kind, value, place))


def _value(kind: Any, value: object, place: str) -> object:  # noqa: PLR0911  # One for each kind.
    if get_origin(kind) in {Union, types.UnionType}:
        return _one_of(get_args(kind), value, place)
    if get_origin(kind) in {tuple, frozenset}:
        return get_origin(kind)(_list(get_args(kind)[0], value, place))
    if kind is Identifier and isinstance(value, str):
        return Identifier(value, "")  # Of our affinity domain, which the configuration names.
    if is_dataclass(kind):
        return _object(cast("type", kind), value, place)
    if kind is int:
        return _checked(int, value, place, "정수여야 합니다")
    if kind is Decimal:
        return _number(value, place)
    text = _checked(str, value, place, "글자여야 합니다")
    if kind is str:
        return text
    if kind is bytes:
        return _octets(text, place)
    if issubclass(kind, Enum):
        return _enum(kind, text, place)
    return _time(kind, text, place)


def _checked(kind: type[T], value: object, place: str, sentence: str) -> T:
    if not isinstance(value, kind) or isinstance(value, bool):
        raise _wrong(place, sentence)
    return value


def _one_of(kinds: tuple[Any, ...], value: object, place: str) -> object:
    if value is None and type(None) in kinds:
        return None
    rest = [kind for kind in kinds if kind is not type(None)]
    if set(rest) == {date, datetime}:
        return _time(datetime if isinstance(value, str) and "T" in value else date, value, place)
    return _value(rest[0], value, place)


def _number(value: object, place: str) -> Decimal:
    number = Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value
    number = _checked(Decimal, number, place, "수여야 합니다")
    if not number.is_finite() or abs(number.adjusted()) > MAX_DIGITS:
        raise _wrong(place, "수가 너무 크거나 작습니다")
    return number


def _list(kind: Any, value: object, place: str) -> tuple[object, ...]:
    items = _checked(list, value, place, "목록([...])이어야 합니다")
    return tuple(_value(kind, item, f"{place}[{index}]") for index, item in enumerate(items))


def _octets(text: str, place: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except ValueError:
        raise _wrong(place, "base64여야 합니다") from None


def _enum(kind: type[Enum], text: str, place: str) -> Enum:
    try:
        return kind(text)
    except ValueError:
        known = ", ".join(str(each.value) for each in kind)
        raise _wrong(place, f"{known} 중 하나여야 합니다") from None


def _time(kind: type[date], value: object, place: str) -> date:
    sentence = (
        "날짜와 시각(2026-11-20T10:30)이어야 합니다"
        if kind is datetime
        else "날짜(2026-11-20)여야 합니다"
    )
    try:
        found = kind.fromisoformat(_checked(str, value, place, sentence))
    except ValueError:
        raise _wrong(place, sentence) from None
    if not date.min.year < found.year < date.max.year:  # In another zone it would be no time.
        raise _wrong(place, sentence)
    return found


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _object(kind: type, value: object, place: str) -> object:
    given: dict[str, object] = _checked(dict, value, place, "객체({...})여야 합니다")
    known = {field.name: field for field in fields(kind)}
    for name in given:
        # A misspelt name must not drop an allergy in silence.
        if name not in known:
            raise _wrong(_inside(place, name), "알 수 없는 이름입니다")
    for name, field in known.items():
        required = field.default is MISSING and field.default_factory is MISSING
        if required and name not in given:
            raise _wrong(_inside(place, name), "반드시 있어야 합니다")
    return kind(**{
        name: _value(_hints(kind)[name], item, _inside(place, name))
        for name, item in given.items()
    })  # fmt: skip  # The reader of one value for each field.


def _inside(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def _wrong(place: str, sentence: str) -> MessageWrong:
    where = f"{place}: " if place else ""
    return MessageWrong(f"{where}{sentence}", f"{where}{sentence}.")
