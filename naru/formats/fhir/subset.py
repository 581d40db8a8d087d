"""Parts of resources: what `_summary` and `_elements` leave (FHIR R4 3.1.1.5.8, 3.1.1.5.9)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import msgspec

from naru.formats.fhir.elements import type_of
from naru.formats.fhir.json import JsonLimits, read
from naru.formats.fhir.outcome import IssueType, Refused, refused
from naru.formats.fhir.resource import Resource

ELEMENTS: Final = re.compile(r"[A-Za-z][A-Za-z0-9]{0,63}(?:,[A-Za-z][A-Za-z0-9]{0,63}){0,99}")
"""Names of elements, without the type and whole."""

SUBSETTED: Final = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
    "code": "SUBSETTED",
}
_ALWAYS: Final = frozenset({"resourceType", "id", "meta"})
_OURS: Final = JsonLimits(size=2**40, depth=200, values=2**40)
"""What we wrote ourselves is not bounded again."""


class Summary(StrEnum):
    """The values of `_summary`."""

    TRUE = "true"
    TEXT = "text"
    DATA = "data"
    COUNT = "count"
    FALSE = "false"


@dataclass(frozen=True, slots=True)
class Subset:
    """What is to be left of each resource: of a summary, or some elements of what was found."""

    summary: Summary = Summary.FALSE
    elements: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.elements) or self.summary in {Summary.TRUE, Summary.TEXT, Summary.DATA}

    def of(self, resource: Resource | msgspec.Raw) -> Resource:
        """The resource, or each resource that a Bundle tells; ours, written or not."""
        whole = _whole(resource)
        if whole["resourceType"] != "Bundle":
            return self._cut(whole)
        if "entry" not in whole:
            return whole
        return {**whole, "entry": [self._of_entry(one) for one in whole["entry"]]}

    def _of_entry(self, entry: Resource) -> Resource:
        mode = entry.get("search", {}).get("mode", "match")
        if "resource" not in entry or mode == "outcome":
            return entry
        if self.elements and mode != "match":
            return entry  # FHIR R4 3.1.1.5.9: what is included stays whole.
        return {**entry, "resource": self._cut(_whole(entry["resource"]))}

    def _cut(self, resource: Resource) -> Resource:
        left = _ALWAYS | self._left(resource)
        cut = {name: value for name, value in resource.items() if name.removeprefix("_") in left}
        if self.summary is Summary.TRUE:
            cut = {name: _summarized(resource["resourceType"], name, cut[name]) for name in cut}
        meta = resource.get("meta", {})
        cut["meta"] = {**meta, "tag": [*meta.get("tag", ()), SUBSETTED]}
        return cut

    def _left(self, resource: Resource) -> frozenset[str]:
        """Names of members; what is mandatory stays, or nobody could read the rest."""
        type_ = type_of(resource["resourceType"])
        if self.summary is Summary.DATA:
            return frozenset(type_.elements) - {"text"}
        required = frozenset(
            one.name for one in type_.elements.values() if one.group in type_.required
        )
        if self.summary is Summary.TRUE:
            return required | {one.name for one in type_.elements.values() if one.summary}
        wanted = {"text"} if self.summary is Summary.TEXT else self.elements
        named = {one.name for one in type_.elements.values() if one.group in wanted}
        return required | named | {"implicitRules", "modifierExtension"}


def subset(asked: Iterable[tuple[str, str]], *, lenient: bool = False) -> Subset:
    """What a request asks for; nothing where that is wrong and the client lenient, else Refused."""
    try:
        return _subset(dict(asked))
    except Refused:
        if lenient:
            return Subset()
        raise


def _subset(told: Mapping[str, str]) -> Subset:
    summary, elements = told.get("_summary", Summary.FALSE.value), told.get("_elements", "")
    if summary not in {one.value for one in Summary}:
        raise refused(IssueType.VALUE, "The value of _summary is not answered.", "_summary")
    if elements and ELEMENTS.fullmatch(elements) is None:
        raise refused(IssueType.VALUE, "The value of _elements is not answered.", "_elements")
    found = Subset(Summary(summary), frozenset(elements.split(",")) if elements else frozenset())
    if elements and found.summary is not Summary.FALSE:
        raise refused(IssueType.INVALID, "_summary and _elements exclude each other.", "_elements")
    if found.summary is Summary.TEXT and {"_include", "_revinclude"} & told.keys():
        raise refused(IssueType.INVALID, "A summary of text includes nothing.", "_summary")
    return found


def _summarized(kind: str, name: str, value: Any) -> Any:
    """A backbone element as its summary tells it; a data type is told whole."""
    element = type_of(kind).elements.get(name)
    if element is None or type_of(element.type).kind != "backbone":
        return value
    if isinstance(value, list):
        return [_summarized_one(element.type, one) for one in value]
    return _summarized_one(element.type, value)


def _summarized_one(kind: str, value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    type_ = type_of(kind)
    left = {
        one.name
        for one in type_.elements.values()
        if one.summary or one.group in type_.required or one.group in {"id", "modifierExtension"}
    }
    return {
        name: _summarized(kind, name, one)
        for name, one in value.items()
        if name.removeprefix("_") in left
    }


def _whole(resource: Resource | msgspec.Raw) -> Resource:
    if isinstance(resource, dict):
        return resource
    found = read(bytes(resource), limits=_OURS)
    assert isinstance(found, dict)
    return found
