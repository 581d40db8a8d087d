"""Whether a resource has the structure of its type; every fault is named by its element.

What is checked: known elements, cardinality, one of a choice, JSON's own rules (no empty object,
list or text, `null` only beside an extension), formats of primitives, codes of required bindings
and narratives. What is not: invariants in FHIRPath, profiles, targets of references.
"""

import re
from http import HTTPStatus
from itertools import zip_longest
from typing import Any, Final

from naru.formats.fhir import narrative, primitives
from naru.formats.fhir.elements import Element, Type, resource_types, type_of
from naru.formats.fhir.outcome import Issue, IssueType, Refused
from naru.formats.fhir.resource import Json, Resource

MOST_ISSUES: Final = 20
"""Faults that are told; whoever mends these asks again."""

_NAME: Final = re.compile(r"_?[A-Za-z][A-Za-z0-9]{0,63}")


def check(resource: Resource, *expected: str) -> None:
    """Raise Refused unless the resource is sound and, where named, of an expected type."""
    if issues := faults(resource, *expected):
        raise Refused(*issues, status=HTTPStatus.BAD_REQUEST)


def faults(resource: Resource, *expected: str) -> tuple[Issue, ...]:
    """What is wrong with the resource, in its order; at most MOST_ISSUES."""
    reading = _Reading()
    kind = resource.get("resourceType")
    try:
        if expected and kind not in expected:
            reading.tell(IssueType.INVALID, f"Expected is {' or '.join(expected)}.", "resourceType")
        else:
            reading.resource(resource, "")
    except _Enough:
        pass
    return tuple(reading.found)


class _Enough(Exception):
    """MOST_ISSUES are told."""


class _Reading:
    """One resource while it is checked; `path` is the FHIRPath so far."""

    def __init__(self) -> None:
        self.found: list[Issue] = []

    def tell(self, code: IssueType, sentence: str, path: str) -> None:
        self.found.append(Issue(code, sentence, (path,)))
        if len(self.found) >= MOST_ISSUES:
            raise _Enough

    def resource(self, value: Json, path: str) -> None:
        kind = value.get("resourceType") if isinstance(value, dict) else None
        if not isinstance(kind, str) or kind not in resource_types():
            self.tell(IssueType.STRUCTURE, "This is no resource of R4.", path or "resourceType")
        else:
            self._object(value, type_of(kind), path or kind)

    def _object(self, value: Json, type_: Type, path: str) -> None:
        if not isinstance(value, dict):
            self.tell(IssueType.STRUCTURE, "Here stands an object.", path)
            return
        if not value:
            self.tell(IssueType.STRUCTURE, "An object is never empty.", path)
            return
        groups: dict[str, str] = {}
        for name, member in value.items():
            element = type_.elements.get(name)
            if member is None:  # FHIR R4 2.6.2.
                known = f"{path}.{name}" if element is not None else path
                self.tell(IssueType.STRUCTURE, "A property is never null.", known)
            elif element is None:
                element = self._companion(name, value, type_, path)
            else:
                self._member(element, member, value.get(f"_{name}"), f"{path}.{element.group}")
            if element is not None:
                self._choose(element, groups, path)
        for group in type_.required:
            if group not in groups:
                sentence = f"{group} is required."
                self.tell(IssueType.REQUIRED, sentence, f"{path}.{group}")

    def _companion(
        self, name: str, value: dict[str, Any], type_: Type, path: str
    ) -> Element | None:
        """The element whose id or extensions stand under `_name`; nothing if it is unknown."""
        if name == "resourceType" and type_.is_resource:
            return None
        element = type_.elements.get(name[1:]) if name[:1] == "_" else None
        if element is None or not self._takes_companion(element):
            known = f"{path}.{name}" if _NAME.fullmatch(name) else path
            self.tell(IssueType.STRUCTURE, "This element is not known here.", known)
            return None
        if element.name not in value:
            self._member(element, None, value[name], f"{path}.{element.group}")
        return element

    def _takes_companion(self, element: Element) -> bool:
        return type_of(element.type).is_primitive and element.type != "xhtml"

    def _choose(self, element: Element, groups: dict[str, str], path: str) -> None:
        before = groups.setdefault(element.group, element.name)
        if before != element.name:
            sentence = f"Only one of {before} and {element.name} may stand."
            self.tell(IssueType.STRUCTURE, sentence, f"{path}.{element.group}")

    def _member(self, element: Element, value: Json, companion: Json, path: str) -> None:
        if not element.many:
            if isinstance(value, list) or isinstance(companion, list):
                self.tell(IssueType.STRUCTURE, "This element stands once, not in a list.", path)
            else:
                self._one(element, value, companion, path)
            return
        values, companions = self._list(value, path), self._list(companion, path)
        if values is None or companions is None:
            return
        for place, (one, beside) in enumerate(zip_longest(values, companions)):
            self._one(element, one, beside, f"{path}[{place}]")

    def _list(self, value: Json, path: str) -> list[Any] | None:
        if value is None:
            return []
        if not isinstance(value, list):
            self.tell(IssueType.STRUCTURE, "This element stands in a list.", path)
            return None
        if not value:
            self.tell(IssueType.STRUCTURE, "A list is never empty.", path)
        return value

    def _one(self, element: Element, value: Json, companion: Json, path: str) -> None:
        if element.type == "Resource":
            self.resource(value, path)
            return
        type_ = type_of(element.type)
        if not type_.is_primitive:
            self._object(value, type_, path)
            return
        if companion is not None:
            self._object(companion, type_, path)
        if value is not None:
            self._primitive(element, value, path)
        elif companion is None:
            self.tell(IssueType.STRUCTURE, "null stands only beside an extension.", path)

    def _primitive(self, element: Element, value: Json, path: str) -> None:
        if element.type == "xhtml":
            self._narrative(value, path)
        elif not primitives.is_valid(element.type, value):
            self.tell(IssueType.VALUE, f"This is no {element.type}.", path)
        elif element.codes is not None and value not in element.codes:
            self.tell(IssueType.CODE_INVALID, "This code is none of those required here.", path)

    def _narrative(self, value: Json, path: str) -> None:
        if not isinstance(value, str):
            self.tell(IssueType.VALUE, "This is no xhtml.", path)
            return
        try:
            narrative.rewritten(value)
        except Refused as refusal:
            for issue in refusal.issues:
                self.tell(issue.code, issue.sentence, path)
