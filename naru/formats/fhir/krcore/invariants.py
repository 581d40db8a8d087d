"""Invariants of R4 and KR Core, each a function named in the table by its key.

R4 has hundreds, in FHIRPath. Those are here that a sender of clinical content can break without
breaking the structure; the function takes the object and says whether it holds.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, Final

from naru.formats.fhir.elements import type_of
from naru.formats.fhir.krcore.reading import at, each, number, word
from naru.formats.fhir.moments import NotAMoment, interval
from naru.formats.fhir.outcome import Issue, IssueType, Severity
from naru.formats.fhir.resource import Json, Resource

Holds = Callable[[dict[str, Any]], bool]


def holds(key: str, value: Json) -> bool:
    """Whether an invariant of a profile holds; of one that is not told here it is not known."""
    rule = _OF_PROFILES.get(key)
    return rule is None or not isinstance(value, dict) or rule(value)


def broken(resource: Resource) -> Iterator[Issue]:
    """The invariants of R4 that a sound resource breaks, in its order."""
    kind = str(resource["resourceType"])
    yield from _walk(resource, kind, kind)


def _walk(value: dict[str, Any], kind: str, path: str) -> Iterator[Issue]:
    for key, sentence, rule in _OF_R4.get(kind, ()):
        if not rule(value):
            yield Issue(IssueType.INVARIANT, f"R4:{key}", (path,), Severity.ERROR, detail=sentence)
    elements = type_of(kind).elements
    for name, member in value.items():
        element = elements.get(name)
        if element is None or not isinstance(member, dict | list):
            continue
        if isinstance(member, list):
            for place, one in enumerate(member):
                if isinstance(one, dict):
                    at_ = f"{path}.{element.group}[{place}]"
                    yield from _walk(one, _kind(one, element.type), at_)
        else:
            yield from _walk(member, _kind(member, element.type), f"{path}.{element.group}")


def _kind(value: dict[str, Any], told: str) -> str:
    return str(value.get("resourceType")) if told == "Resource" else told


def _any(value: dict[str, Any], *names: str) -> bool:
    return any(name in value or f"_{name}" in value for name in names)


def _has(value: dict[str, Any], group: str) -> bool:
    return any(name.lstrip("_").startswith(group) for name in value)


def _period(value: dict[str, Any]) -> bool:
    start, end = value.get("start"), value.get("end")
    if not isinstance(start, str) or not isinstance(end, str):
        return True
    try:
        return interval(start).low < interval(end).high
    except NotAMoment:
        return True


def _range(value: dict[str, Any]) -> bool:
    low, high = number(value, "low", "value"), number(value, "high", "value")
    return low is None or high is None or low <= high


def _observation_codes(value: dict[str, Any]) -> bool:
    """obs-7: the Observation's own value stands for no component of the same code."""
    own = {(word(one, "system"), word(one, "code")) for one in each(value, "code", "coding")}
    parts = {
        (word(one, "system"), word(one, "code"))
        for one in each(value, "component", "code", "coding")
    }
    return not _has(value, "value") or not (own & parts)


def _contained(value: dict[str, Any]) -> bool:
    return all("contained" not in one for one in each(value, "contained"))


def _condition_status(value: dict[str, Any]) -> bool:
    entered = "entered-in-error" in at(value, "verificationStatus", "coding", "code")
    return not (entered and "clinicalStatus" in value)


def _abated(value: dict[str, Any]) -> bool:
    statuses = {"resolved", "remission", "inactive"}
    told = {one for one in at(value, "clinicalStatus", "coding", "code") if isinstance(one, str)}
    return not _has(value, "abatement") or not told or bool(told & statuses)


def _allergy_status(value: dict[str, Any]) -> bool:
    entered = "entered-in-error" in at(value, "verificationStatus", "coding", "code")
    return entered or "clinicalStatus" in value


def _document(value: dict[str, Any]) -> bool:
    if value.get("type") != "document":
        return True
    first = word(each(value, "entry")[:1], "resource", "resourceType")
    return first == "Composition"


def _document_named(value: dict[str, Any]) -> bool:
    told = each(value, "identifier")
    return value.get("type") != "document" or (
        bool(word(told, "system")) and bool(word(told, "value")) and "timestamp" in value
    )


def _full_urls(value: dict[str, Any]) -> bool:
    if value.get("type") == "history":
        return True
    found = [
        (word(one, "fullUrl"), word(one, "resource", "meta", "versionId"))
        for one in each(value, "entry")
        if "fullUrl" in one
    ]
    return len(found) == len(set(found))


def _appointment(value: dict[str, Any]) -> bool:
    free = {"proposed", "cancelled", "waitlist"}
    return ("start" in value and "end" in value) or value.get("status") in free


def _timing_frequency(value: dict[str, Any]) -> bool:
    return "period" not in value or "periodUnit" in value


def _timing_bounds(value: dict[str, Any]) -> bool:
    told = number(value, "period")
    return told is None or told >= Decimal(0)


_OF_R4: Final[dict[str, tuple[tuple[str, str, Holds], ...]]] = {
    "Period": (("per-1", "시작이 끝보다 늦을 수 없습니다.", _period),),
    "Range": (("rng-2", "낮은 값이 높은 값보다 클 수 없습니다.", _range),),
    "Quantity": (
        (
            "qty-3",
            "단위의 코드가 있으면 코드체계도 있어야 합니다.",
            lambda one: "code" not in one or _any(one, "system"),
        ),
    ),
    "Extension": (
        (
            "ext-1",
            "확장에는 값이나 하위 확장 중 하나만 있어야 합니다.",
            lambda one: ("extension" in one) != _has(one, "value"),
        ),
    ),
    "Timing.repeat": (
        ("tim-2", "period에는 periodUnit이 있어야 합니다.", _timing_frequency),
        ("tim-5", "period는 음수일 수 없습니다.", _timing_bounds),
    ),
    "Observation": (
        (
            "obs-6",
            "값이 있으면 dataAbsentReason은 없어야 합니다.",
            lambda one: "dataAbsentReason" not in one or not _has(one, "value"),
        ),
        ("obs-7", "값이 있으면 같은 코드의 component는 없어야 합니다.", _observation_codes),
        ("dom-2", "contained 안에 contained는 없어야 합니다.", _contained),
    ),
    "Observation.referenceRange": (
        (
            "obs-3",
            "참고치에는 low, high, text 중 하나가 있어야 합니다.",
            lambda one: _any(one, "low", "high", "text"),
        ),
    ),
    "Condition": (
        ("con-4", "소멸한 진단의 상태는 비활성이어야 합니다.", _abated),
        ("con-5", "잘못 입력된 진단에는 clinicalStatus가 없어야 합니다.", _condition_status),
    ),
    "AllergyIntolerance": (("ait-1", "clinicalStatus가 있어야 합니다.", _allergy_status),),
    "Patient.contact": (
        (
            "pat-1",
            "연락 대상의 이름, 연락처, 주소, 기관 중 하나가 있어야 합니다.",
            lambda one: _any(one, "name", "telecom", "address", "organization"),
        ),
    ),
    "Organization": (
        (
            "org-1",
            "식별자나 이름 중 하나는 있어야 합니다.",
            lambda one: _any(one, "identifier", "name"),
        ),
    ),
    "Appointment": (("app-3", "시작과 끝이 있어야 합니다.", _appointment),),
    "Composition.section": (
        (
            "cmp-1",
            "구역에는 글, 항목, 하위 구역 중 하나가 있어야 합니다.",
            lambda one: _any(one, "text", "entry", "section"),
        ),
        (
            "cmp-2",
            "항목이 있는 구역에는 emptyReason이 없어야 합니다.",
            lambda one: "emptyReason" not in one or "entry" not in one,
        ),
    ),
    "Bundle": (
        ("bdl-7", "fullUrl은 한 Bundle에서 하나씩이어야 합니다.", _full_urls),
        ("bdl-9", "문서에는 식별자와 시각이 있어야 합니다.", _document_named),
        ("bdl-11", "문서의 첫 자원은 Composition이어야 합니다.", _document),
    ),
}

_OF_PROFILES: Final[dict[str, Holds]] = {
    "krcore-obs-01": lambda one: _has(one, "value") or "dataAbsentReason" in one,
    "krcore-obs-02": lambda one: any(
        _has(part, "value") or "dataAbsentReason" in part for part in each(one, "component")
    ),
}
