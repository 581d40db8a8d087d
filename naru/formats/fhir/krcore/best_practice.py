"""What R4 recommends and does not demand: warnings, as HL7's validator gives the first of them.

No document of the exchange tells a narrative of each entry, so that most resources are remarked
on: `validation.faults`, by which doors refuse, knows nothing of these.
"""

from collections.abc import Iterator
from typing import Any, Final

from naru.formats.fhir.elements import type_of
from naru.formats.fhir.krcore.invariants_of_resources import condition_in_error
from naru.formats.fhir.krcore.invariants_of_types import has
from naru.formats.fhir.krcore.reading import each, word
from naru.formats.fhir.outcome import Issue, IssueType, Severity
from naru.formats.fhir.resource import Resource

_CATEGORIES: Final = "http://terminology.hl7.org/CodeSystem/condition-category"
_NARRATIVE: Final = "사람이 읽을 글(text)이 있는 것이 좋습니다."
_STATUS: Final = "진단의 상태(clinicalStatus)가 있는 것이 좋습니다."


def advised(resource: Resource) -> Iterator[Issue]:
    """What is recommended of a sound resource, and of each within a Bundle.

    A contained resource is told by what contains it (R4 2.3.4) and needs no narrative of its own.
    """
    kind = word(resource, "resourceType")
    yield from _of(resource, kind, kind)
    for place, entry in enumerate(each(resource, "entry") if kind == "Bundle" else ()):
        if isinstance(inner := entry.get("resource"), dict):
            at = f"Bundle.entry[{place}].resource"
            yield from _of(inner, word(inner, "resourceType"), at)


def _of(resource: dict[str, Any], kind: str, path: str) -> Iterator[Issue]:
    if "contained" in type_of(kind).elements and "div" not in (resource.get("text") or {}):
        yield _advice("dom-6", path, _NARRATIVE)
    if kind == "Condition" and not _has_status(resource):
        yield _advice("con-3", path, _STATUS)


def _has_status(condition: Resource) -> bool:
    """con-3 by its words: one of a problem list has a clinical status.

    R4's own expression compares a CodeableConcept with a text: no validator finds it broken.
    """
    codings = each(condition, "category", "coding")
    listed = any(
        word(one, "system") == _CATEGORIES and word(one, "code") == "problem-list-item"
        for one in codings
    )
    return not listed or has(condition, "clinicalStatus") or condition_in_error(condition)


def _advice(key: str, path: str, sentence: str) -> Issue:
    return Issue(IssueType.INVARIANT, f"R4:{key}", (path,), Severity.WARNING, detail=sentence)
