"""By which terms a resource is found, and how a search says the same (FHIR R4 3.1.1.4)."""

import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from naru.domain.korea import KST
from naru.domain.records import Comparison, Interval, Range, Term
from naru.formats.fhir import moments, values
from naru.formats.fhir.elements import Type, type_of
from naru.formats.fhir.outcome import IssueType, refused
from naru.formats.fhir.parameters import Asked, ParameterType
from naru.formats.fhir.records.searchable import Parameter, Searchable
from naru.formats.fhir.resource import Resource
from naru.formats.fhir.values import Prefix

LONGEST_START: Final = 32
"""Characters of a text by whose beginning it is found."""

LONGEST_PART: Final = 8
"""Characters of a part by which a text is found, wherever it stands in the text's FIRST."""

FIRST: Final = 256

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_OPEN_LOW: Final = Interval(-(2**62), -(2**62))
_OPEN_HIGH: Final = Interval(2**62, 2**62)

Found = tuple[str, Any]
"""A value and its FHIR type."""


def terms_of(resource: Resource, searchable: Searchable) -> tuple[Term, ...]:
    """Every term of a resource that is sound."""
    return tuple(dict.fromkeys(_terms(resource, searchable)))


def found_at(resource: Resource, path: str) -> Iterator[Found]:
    """The values at a path with their types; a choice is named without its type."""
    kind = resource["resourceType"]
    values_: list[Found] = [(kind, resource)]
    for group in path.split("."):
        values_ = [one for name, value in values_ for one in _members(type_of(name), value, group)]
    yield from values_


def day_interval(kind: str, value: Any) -> Interval | None:
    """When a value of a date, dateTime, instant or Period was; without a zone in Korea's time."""
    if kind in _MOMENTS:
        return microseconds(moments.interval(value, zone=KST))
    if kind == "Period":
        start, end = value.get("start"), value.get("end")
        low = day_interval("dateTime", start) if start else _OPEN_LOW
        high = day_interval("dateTime", end) if end else _OPEN_HIGH
        assert low is not None
        assert high is not None
        return Interval(low.low, max(low.high, high.high))
    return None


def microseconds(interval: moments.Interval) -> Interval:
    """The interval in microseconds of the epoch."""
    low, high = ((one - _EPOCH) // _MICROSECOND for one in (interval.low, interval.high))
    return Interval(low, high)


def token_texts(asked: Asked) -> tuple[str, ...]:
    """How an index names the tokens that are asked for. Raises Refused."""
    found = []
    for value in asked.values:
        token = values.token(value)
        if token.system is None:
            found.append(f"={token.code}")
        elif token.code is None:
            found.append(f"{token.system}|")
        else:
            found.append(f"{token.system}|{token.code}")
    return tuple(found)


def string_texts(asked: Asked) -> tuple[str, ...]:
    """How an index names texts that are asked for: whole, by beginning or part. Raises Refused."""
    texts = [values.unescape(one) for one in asked.values]
    if asked.modifier == "exact":
        return tuple(f"={text}" for text in texts)
    if asked.modifier == "contains":
        parts = [_plain(text) for text in texts]
        if any(len(part) > LONGEST_PART for part in parts):
            sentence = f"A part of a text has at most {LONGEST_PART} characters."
            raise refused(IssueType.TOO_LONG, sentence, asked.name)
        return tuple(f"~{part}" for part in parts)
    return tuple(f"^{_plain(text)[:LONGEST_START]}" for text in texts)


def reference_texts(asked: Asked) -> tuple[str, ...]:
    """How an index names the references that are asked for."""
    found = []
    for value in asked.values:
        reference = values.reference(value)
        if reference.type or not reference.id:
            found.append(f"{reference.type}/{reference.id}" if reference.type else reference.uri)
        else:
            found += [f"{target}/{reference.id}" for target in asked.definition.targets]
    return tuple(found)


def date_ranges(asked: Asked) -> tuple[Range, ...]:
    """The ranges that are asked for. Raises Refused."""
    found = []
    for value in asked.values:
        date = values.date(value, asked.name, zone=KST)
        if date.prefix is Prefix.APPROXIMATELY:
            raise refused(IssueType.NOT_SUPPORTED, "The prefix ap is not answered.", asked.name)
        found.append(Range(Comparison(date.prefix.value), microseconds(date.interval)))
    return tuple(found)


def _terms(resource: Resource, searchable: Searchable) -> Iterator[Term]:
    for parameter in searchable.parameters:
        for path in parameter.paths:
            for kind, value in found_at(resource, path):
                found = tuple(_of(parameter, kind, value))
                # By no term, yet not missing: a code that is told in words alone.
                yield from found or (Term(parameter.definition.name),)


def _of(parameter: Parameter, kind: str, value: Any) -> Iterator[Term]:
    name = parameter.definition.name
    match parameter.definition.type:
        case ParameterType.TOKEN:
            yield from (Term(name, text) for text in _tokens(kind, value))
        case ParameterType.STRING:
            yield from (Term(name, text) for text in _strings(kind, value))
        case ParameterType.REFERENCE:
            yield from (Term(name, text) for text in _references(value))
        case ParameterType.DATE:
            interval = day_interval(kind, value)
            if interval is not None:
                yield Term(name, interval=interval)


def _members(type_: Type, value: Any, group: str) -> Iterator[Found]:
    if not isinstance(value, dict):
        return
    for name, member in value.items():
        element = type_.elements.get(name)
        if element is not None and element.group == group:
            many = member if isinstance(member, list) else [member]
            yield from ((element.type, one) for one in many if one is not None)


def _tokens(kind: str, value: Any) -> Iterator[str]:
    match kind:
        case "CodeableConcept":
            for coding in value.get("coding", ()):
                yield from _token(coding.get("system", ""), coding.get("code"))
        case "Coding":
            yield from _token(value.get("system", ""), value.get("code"))
        case "Identifier":
            yield from _token(value.get("system", ""), value.get("value"))
        case "boolean":
            yield from _token("", "true" if value else "false")
        case "code" | "id" | "string" | "uri":
            yield from _token("", value)


def _token(system: str, code: str | None) -> Iterator[str]:
    # Asked for as `code`, `system|code`, `|code` and `system|`.
    if code is not None:
        yield f"={code}"
        yield f"{system}|{code}"
    yield f"{system}|"


def _strings(kind: str, value: Any) -> Iterator[str]:
    if kind == "HumanName":
        parts = [value.get("text"), value.get("family"), *value.get("given", ())]
        for part in parts:
            if part is not None:
                yield from _strings("string", part)
        return
    yield f"={value}"
    plain = _plain(value)[:FIRST]
    yield from (f"^{plain[:length]}" for length in range(1, len(plain[:LONGEST_START]) + 1))
    for start in range(len(plain)):
        longest = min(LONGEST_PART, len(plain) - start)
        yield from (f"~{plain[start : start + length]}" for length in range(1, longest + 1))


def _plain(text: str) -> str:
    """Without case, accents and the ways of writing one sign (FHIR R4 3.1.1.4.8)."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(sign for sign in folded if not unicodedata.combining(sign))
    return unicodedata.normalize("NFC", bare)


def _references(value: Any) -> Iterator[str]:
    sent = value.get("reference")
    if sent is None:
        return
    reference = values.reference(sent)
    yield sent
    if reference.type:
        yield f"{reference.type}/{reference.id}"


_MOMENTS: Final = frozenset({"date", "dateTime", "instant"})
