"""Invariants of R4's resources: key, the sentence that tells a person, and whether it holds."""

from collections.abc import Iterator
from typing import Any, Final

from naru.formats.fhir.krcore.invariants_of_types import (
    Holds,
    Rule,
    at_least_one,
    has,
    has_choice,
    never_both,
    together,
)
from naru.formats.fhir.krcore.reading import at, each, word
from naru.formats.fhir.moments import NotAMoment, interval

_VERIFIED: Final = "http://terminology.hl7.org/CodeSystem/"
_OVER: Final = frozenset({"resolved", "remission", "inactive"})


def _coded(value: dict[str, Any], name: str, system: str) -> set[str]:
    """The codes of one system that an element has."""
    url = f"{_VERIFIED}{system}"
    return {word(one, "code") for one in each(value, name, "coding") if word(one, "system") == url}


def _in_error(value: dict[str, Any], system: str) -> bool:
    return "entered-in-error" in _coded(value, "verificationStatus", system)


def _observation_codes(value: dict[str, Any]) -> bool:
    """obs-7: the Observation's own value stands for no component of the same code."""
    own = {(word(one, "system"), word(one, "code")) for one in each(value, "code", "coding")}
    parts = {
        (word(one, "system"), word(one, "code"))
        for one in each(value, "component", "code", "coding")
    }
    return not has_choice(value, "value") or not (own & parts)


def _abated(value: dict[str, Any]) -> bool:
    over = _coded(value, "clinicalStatus", "condition-clinical") & _OVER
    return not has_choice(value, "abatement") or bool(over)


def condition_in_error(value: dict[str, Any]) -> bool:
    """Whether a Condition was entered in error."""
    return _in_error(value, "condition-ver-status")


def _condition_status(value: dict[str, Any]) -> bool:
    return not (condition_in_error(value) and has(value, "clinicalStatus"))


def _modified_after(value: dict[str, Any]) -> bool:
    """inv-1: times that only touch each other are not told apart, as FHIRPath does not."""
    begun, changed = value.get("authoredOn"), value.get("lastModified")
    if not isinstance(begun, str) or not isinstance(changed, str):
        return True
    try:
        return interval(begun).low < interval(changed).high
    except NotAMoment:
        return True


def _only_in(mode: str, name: str) -> Holds:
    """An element of a List's entries that stands in lists of one mode alone."""
    return lambda one: one.get("mode") == mode or not any(has(e, name) for e in each(one, "entry"))


def _allergy_in_error(value: dict[str, Any]) -> bool:
    return _in_error(value, "allergyintolerance-verification")


def _not_at_home(name: str) -> Holds:
    return lambda one: all(word(each_, "use") != "home" for each_ in each(one, name))


def _appointment(value: dict[str, Any]) -> bool:
    free = {"proposed", "cancelled", "waitlist"}
    return (has(value, "start") and has(value, "end")) or value.get("status") in free


def _cancelled(value: dict[str, Any]) -> bool:
    ended = value.get("status") in {"no-show", "cancelled"}
    return not has(value, "cancelationReason") or ended


def _document(value: dict[str, Any]) -> bool:
    first = word(each(value, "entry")[:1], "resource", "resourceType")
    return value.get("type") != "document" or first == "Composition"


def _message(value: dict[str, Any]) -> bool:
    first = word(each(value, "entry")[:1], "resource", "resourceType")
    return value.get("type") != "message" or first == "MessageHeader"


def _document_named(value: dict[str, Any]) -> bool:
    told = each(value, "identifier")
    return value.get("type") != "document" or bool(word(told, "system") and word(told, "value"))


def _document_dated(value: dict[str, Any]) -> bool:
    return value.get("type") != "document" or "timestamp" in value


def _each_has(name: str, *types: str) -> Holds:
    """An element stands in every entry of a Bundle of these types, and in none of another."""
    return lambda one: all(
        (name in entry) == (one.get("type") in types) for entry in each(one, "entry")
    )


def _found(value: dict[str, Any]) -> bool:
    return value.get("type") == "searchset" or not any("search" in e for e in each(value, "entry"))


def _counted(value: dict[str, Any]) -> bool:
    return not has(value, "total") or value.get("type") in {"searchset", "history"}


def _full_urls(value: dict[str, Any]) -> bool:
    if value.get("type") == "history":
        return True
    found = [
        (word(one, "fullUrl"), word(one, "resource", "meta", "versionId"))
        for one in each(value, "entry")
        if "fullUrl" in one
    ]
    return len(found) == len(set(found))


def _contained_once(value: dict[str, Any]) -> bool:
    return all("contained" not in one for one in each(value, "contained"))


def _contained_is_used(value: dict[str, Any]) -> bool:
    """dom-3: what is contained is referred to, or refers to what contains it."""
    told = {one for one in _texts(value) if one.startswith("#")}
    return all(
        f"#{word(one, 'id')}" in told or "#" in {*_texts(one)} for one in each(value, "contained")
    )


def _texts(value: object) -> Iterator[str]:
    """Every text below: which of them are references, what they say tells."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for member in value.values():
            yield from _texts(member)
    elif isinstance(value, list):
        for member in value:
            yield from _texts(member)


def _no_version(value: dict[str, Any]) -> bool:
    metas = each(value, "contained", "meta")
    return not any(has(one, "versionId", "lastUpdated") for one in metas)


def _no_label(value: dict[str, Any]) -> bool:
    return not [*at(value, "contained", "meta", "security")]


OF_CONTAINED: Final[tuple[Rule, ...]] = (
    ("dom-2", "contained 안에 contained는 없어야 합니다.", _contained_once),
    ("dom-3", "contained 자원은 이 자원에서 가리켜야 합니다.", _contained_is_used),
    ("dom-4", "contained 자원에는 버전이 없어야 합니다.", _no_version),
    ("dom-5", "contained 자원에는 보안 표지가 없어야 합니다.", _no_label),
)
"""Of every resource that contains others."""

OF_RESOURCES: Final[dict[str, tuple[Rule, ...]]] = {
    "AllergyIntolerance": (
        (
            "ait-1",
            "clinicalStatus가 있어야 합니다.",
            lambda one: _allergy_in_error(one) or has(one, "clinicalStatus"),
        ),
        (
            "ait-2",
            "잘못 입력된 알레르기에는 clinicalStatus가 없어야 합니다.",
            lambda one: not _allergy_in_error(one) or not has(one, "clinicalStatus"),
        ),
    ),
    "Appointment": (
        (
            "app-2",
            "시작과 끝은 함께 있어야 합니다.",
            lambda one: has(one, "start") == has(one, "end"),
        ),
        ("app-3", "시작과 끝이 있어야 합니다.", _appointment),
        ("app-4", "취소 사유는 취소되거나 오지 않은 예약에만 있습니다.", _cancelled),
    ),
    "Appointment.participant": (
        ("app-1", "참여자의 역할이나 사람이 있어야 합니다.", at_least_one("type", "actor")),
    ),
    "Bundle": (
        ("bdl-1", "total은 검색이나 이력에만 있습니다.", _counted),
        ("bdl-2", "entry.search는 검색에만 있습니다.", _found),
        (
            "bdl-3",
            "entry.request는 batch, transaction, history에만 있습니다.",
            _each_has("request", "batch", "transaction", "history"),
        ),
        (
            "bdl-4",
            "entry.response는 답과 이력에만 있습니다.",
            _each_has("response", "batch-response", "transaction-response", "history"),
        ),
        ("bdl-7", "fullUrl은 한 Bundle에서 하나씩이어야 합니다.", _full_urls),
        ("bdl-9", "문서에는 식별자가 있어야 합니다.", _document_named),
        ("bdl-10", "문서에는 시각이 있어야 합니다.", _document_dated),
        ("bdl-11", "문서의 첫 자원은 Composition이어야 합니다.", _document),
        ("bdl-12", "메시지의 첫 자원은 MessageHeader여야 합니다.", _message),
    ),
    "Bundle.entry": (
        (
            "bdl-5",
            "항목에는 자원, 요청, 답 중 하나가 있어야 합니다.",
            at_least_one("resource", "request", "response"),
        ),
        (
            "bdl-8",
            "fullUrl은 버전을 가리킬 수 없습니다.",
            lambda one: "/_history/" not in word(one, "fullUrl"),
        ),
    ),
    "AuditEvent.entity": (
        ("sev-1", "이름과 질의는 함께 쓸 수 없습니다.", never_both("name", "query")),
    ),
    "CarePlan.activity": (
        ("cpl-3", "참조와 자세한 내용은 함께 쓸 수 없습니다.", never_both("detail", "reference")),
    ),
    "Composition.section": (
        (
            "cmp-1",
            "구역에는 글, 항목, 하위 구역 중 하나가 있어야 합니다.",
            at_least_one("text", "entry", "section"),
        ),
        (
            "cmp-2",
            "항목이 있는 구역에는 emptyReason이 없어야 합니다.",
            never_both("emptyReason", "entry"),
        ),
    ),
    "Condition": (
        ("con-4", "소멸한 진단의 상태는 비활성이어야 합니다.", _abated),
        ("con-5", "잘못 입력된 진단에는 clinicalStatus가 없어야 합니다.", _condition_status),
    ),
    "Condition.stage": (
        ("con-1", "병기나 평가가 있어야 합니다.", at_least_one("summary", "assessment")),
    ),
    "Condition.evidence": (
        ("con-2", "증거의 코드나 자세한 내용이 있어야 합니다.", at_least_one("code", "detail")),
    ),
    "Consent": (
        ("ppc-1", "정책이나 정책 규칙이 있어야 합니다.", at_least_one("policy", "policyRule")),
    ),
    "Goal.target": (
        (
            "gol-1",
            "목표값에는 무엇을 재는지가 있어야 합니다.",
            lambda one: not has_choice(one, "detail") or has(one, "measure"),
        ),
    ),
    "Group": (
        (
            "grp-1",
            "실제 집단에만 구성원이 있습니다.",
            lambda one: not has(one, "member") or one.get("actual") is True,
        ),
    ),
    "Immunization.education": (
        (
            "imm-1",
            "안내문의 종류나 주소가 있어야 합니다.",
            at_least_one("documentType", "reference"),
        ),
    ),
    "List": (
        (
            "lst-1",
            "항목이 있는 목록에는 emptyReason이 없어야 합니다.",
            never_both("emptyReason", "entry"),
        ),
        ("lst-2", "지운 표시는 변경 목록에만 있습니다.", _only_in("changes", "deleted")),
        ("lst-3", "항목의 날짜는 작업 목록에만 있습니다.", _only_in("working", "date")),
    ),
    "Observation": (
        (
            "obs-6",
            "값이 있으면 dataAbsentReason은 없어야 합니다.",
            lambda one: not has(one, "dataAbsentReason") or not has_choice(one, "value"),
        ),
        ("obs-7", "값이 있으면 같은 코드의 component는 없어야 합니다.", _observation_codes),
    ),
    "Observation.referenceRange": (
        (
            "obs-3",
            "참고치에는 low, high, text 중 하나가 있어야 합니다.",
            at_least_one("low", "high", "text"),
        ),
    ),
    "Organization": (
        ("org-1", "식별자나 이름 중 하나는 있어야 합니다.", at_least_one("identifier", "name")),
        ("org-2", "기관의 주소는 집일 수 없습니다.", _not_at_home("address")),
        ("org-3", "기관의 연락처는 집일 수 없습니다.", _not_at_home("telecom")),
    ),
    "Patient.contact": (
        (
            "pat-1",
            "연락 대상의 이름, 연락처, 주소, 기관 중 하나가 있어야 합니다.",
            at_least_one("name", "telecom", "address", "organization"),
        ),
    ),
    "QuestionnaireResponse.item": (
        (
            "qrs-1",
            "하위 항목은 항목과 답 가운데 한 곳에만 있습니다.",
            never_both("answer", "item"),
        ),
    ),
    "ServiceRequest": (
        ("prr-1", "세부 오더에는 코드가 있어야 합니다.", together("orderDetail", "code")),
    ),
    "Task": (("inv-1", "고친 때는 적은 때보다 앞설 수 없습니다.", _modified_after),),
}
"""By the type of the resource, or of its part as R4 names it."""
