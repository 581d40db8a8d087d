"""Invariants of R4 and KR Core, each a function named in a table by its key.

R4 tells them in FHIRPath. Those of what clinical documents become are functions here, so that a
resource is judged in less than a millisecond; docs/conformance/kr-core.tsv names the others.
"""

from collections.abc import Iterator
from typing import Any, Final

from naru.formats.fhir.elements import resource_types, type_of
from naru.formats.fhir.krcore.invariants_of_resources import OF_CONTAINED, OF_RESOURCES
from naru.formats.fhir.krcore.invariants_of_types import OF_TYPES, Holds, Rule, has_choice
from naru.formats.fhir.krcore.reading import each, word
from naru.formats.fhir.outcome import Issue, IssueType, Severity
from naru.formats.fhir.resource import Json, Resource

RULES: Final[dict[str, tuple[Rule, ...]]] = OF_TYPES | OF_RESOURCES

_ELEMENT: Final = "요소에는 값이나 하위 요소가 있어야 합니다."
_REFERENCE: Final = "#으로 가리킨 자원은 contained에 있어야 합니다."


def holds(key: str, value: Json) -> bool:
    """Whether an invariant of a profile holds; of one that is not told here it is not known."""
    rule = _OF_PROFILES.get(key)
    return rule is None or not isinstance(value, dict) or rule(value)


def broken(resource: Resource) -> Iterator[Issue]:
    """The invariants of R4 that a sound resource breaks, in its order."""
    kind = str(resource["resourceType"])
    yield from _walk(resource, kind, kind, frozenset())


def _walk(
    value: dict[str, Any], kind: str, path: str, contained: frozenset[str]
) -> Iterator[Issue]:
    """`contained` are the names of what the resource around contains."""
    if kind in resource_types():
        # What is contained refers to its neighbours.
        contained = contained or frozenset(word(one, "id") for one in each(value, "contained"))
        rules = OF_CONTAINED if "contained" in value else ()
    else:
        rules = ()
        yield from _of_element(value, kind, path, contained)
    for key, sentence, rule in (*rules, *RULES.get(kind, ())):
        if not rule(value):
            yield _broken(key, path, sentence)
    elements = type_of(kind).elements
    for name, member in value.items():
        element = elements.get(name)
        if element is None or not isinstance(member, dict | list):
            continue
        if isinstance(member, list):
            for place, one in enumerate(member):
                if isinstance(one, dict):
                    at_ = f"{path}.{element.group}[{place}]"
                    yield from _walk(one, _kind(one, element.type), at_, contained)
        else:
            at_ = f"{path}.{element.group}"
            yield from _walk(member, _kind(member, element.type), at_, contained)


def _of_element(
    value: dict[str, Any], kind: str, path: str, contained: frozenset[str]
) -> Iterator[Issue]:
    if value.keys() <= {"id"}:
        yield _broken("ele-1", path, _ELEMENT)
    if kind == "Reference":
        sent = word(value, "reference")
        if sent.startswith("#") and sent != "#" and sent[1:] not in contained:
            yield _broken("ref-1", path, _REFERENCE)


def _broken(key: str, path: str, sentence: str) -> Issue:
    return Issue(IssueType.INVARIANT, f"R4:{key}", (path,), Severity.ERROR, detail=sentence)


def _kind(value: dict[str, Any], told: str) -> str:
    return str(value.get("resourceType")) if told == "Resource" else told


_OF_PROFILES: Final[dict[str, Holds]] = {
    "krcore-obs-01": lambda one: has_choice(one, "value") or "dataAbsentReason" in one,
    "krcore-obs-02": lambda one: any(
        has_choice(part, "value") or "dataAbsentReason" in part for part in each(one, "component")
    ),
}
