"""Invariants of R4's data types: key, the sentence that tells a person, and whether it holds."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from naru.formats.fhir.krcore.reading import each, number, word
from naru.formats.fhir.krcore.systems import UCUM
from naru.formats.fhir.moments import NotAMoment, interval

Holds = Callable[[dict[str, Any]], bool]
Rule = tuple[str, str, Holds]


def has(value: dict[str, Any], *names: str) -> bool:
    """Whether one of these elements stands there, be it by an extension alone."""
    return any(name in value or f"_{name}" in value for name in names)


def has_choice(value: dict[str, Any], group: str) -> bool:
    """The same of an element with several types, by the part that they share."""
    return any(name.lstrip("_").startswith(group) for name in value)


def together(name: str, *others: str) -> Holds:
    """Where one element stands, one of the others does."""
    return lambda one: not has(one, name) or has(one, *others)


def never_both(name: str, other: str) -> Holds:
    """Of two elements one may stand."""
    return lambda one: not (has(one, name) and has(one, other))


def at_least_one(*names: str) -> Holds:
    """One of these elements stands."""
    return lambda one: has(one, *names)


def _not_negative(name: str) -> Holds:
    def holds(value: dict[str, Any]) -> bool:
        told = number(value, name)
        return told is None or told >= Decimal(0)

    return holds


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


def _in_ucum(value: dict[str, Any]) -> bool:
    return word(value, "system") in {"", UCUM}


def _age(value: dict[str, Any]) -> bool:
    told = number(value, "value")
    coded = has(value, "code") or not has(value, "value")
    return coded and _in_ucum(value) and (told is None or told > Decimal(0))


def _duration(value: dict[str, Any]) -> bool:
    return not has(value, "code") or (word(value, "system") == UCUM and has(value, "value"))


def _distance(value: dict[str, Any]) -> bool:
    return (has(value, "code") or not has(value, "value")) and _in_ucum(value)


def _ratio(value: dict[str, Any]) -> bool:
    paired = has(value, "numerator") == has(value, "denominator")
    return paired and has(value, "numerator", "extension")


_MEALS: Final = frozenset({"C", "CM", "CD", "CV"})


def _offset(value: dict[str, Any]) -> bool:
    # What is written of several times is asked of all of them together, as FHIRPath does.
    told = value.get("when")
    times = told if isinstance(told, list) else []
    return not has(value, "offset") or (bool(times) and not (set(times) & _MEALS))


def _extension(value: dict[str, Any]) -> bool:
    return bool(each(value, "extension")) != has_choice(value, "value")


_CODED: Final[Rule] = (
    "qty-3",
    "단위의 코드가 있으면 코드체계도 있어야 합니다.",
    together("code", "system"),
)

OF_TYPES: Final[dict[str, tuple[Rule, ...]]] = {
    "Extension": (("ext-1", "확장에는 값이나 하위 확장 중 하나만 있어야 합니다.", _extension),),
    "Period": (("per-1", "시작이 끝보다 늦을 수 없습니다.", _period),),
    "Range": (("rng-2", "낮은 값이 높은 값보다 클 수 없습니다.", _range),),
    "Ratio": (("rat-1", "분자와 분모는 함께 있어야 합니다.", _ratio),),
    "Quantity": (_CODED,),
    "Age": (_CODED, ("age-1", "나이는 UCUM 단위의 0보다 큰 수여야 합니다.", _age)),
    "Distance": (_CODED, ("dis-1", "거리는 UCUM 단위여야 합니다.", _distance)),
    "Duration": (_CODED, ("drt-1", "기간의 코드는 UCUM이고 값이 있어야 합니다.", _duration)),
    "Attachment": (
        ("att-1", "자료가 있으면 contentType이 있어야 합니다.", together("data", "contentType")),
    ),
    "ContactPoint": (
        ("cpt-2", "연락처에는 종류(system)가 있어야 합니다.", together("value", "system")),
    ),
    "Expression": (
        ("exp-1", "식이나 참조가 있어야 합니다.", at_least_one("expression", "reference")),
    ),
    "Timing.repeat": (
        ("tim-1", "duration에는 단위가 있어야 합니다.", together("duration", "durationUnit")),
        ("tim-2", "period에는 periodUnit이 있어야 합니다.", together("period", "periodUnit")),
        ("tim-4", "duration은 음수일 수 없습니다.", _not_negative("duration")),
        ("tim-5", "period는 음수일 수 없습니다.", _not_negative("period")),
        ("tim-6", "periodMax에는 period가 있어야 합니다.", together("periodMax", "period")),
        ("tim-7", "durationMax에는 duration이 있어야 합니다.", together("durationMax", "duration")),
        ("tim-8", "countMax에는 count가 있어야 합니다.", together("countMax", "count")),
        ("tim-9", "offset에는 식사 자체가 아닌 때(when)가 있어야 합니다.", _offset),
        ("tim-10", "timeOfDay와 when은 함께 쓸 수 없습니다.", never_both("timeOfDay", "when")),
    ),
}
"""By the type of the element, as R4 names it."""
