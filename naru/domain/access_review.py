"""What a privacy officer is asked to look at among access records: rules that are data.

A rule never refuses anything; it puts an access before a person's eyes.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any, Final
from uuid import UUID

from naru.domain.korea import KST


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """One access as a review sees it.

    `who` names a person; it is empty where an institution's system spoke for itself. `reasons` are
    those of all decisions. `own` and `same_surname` compare the person's name with the patients'.
    """

    record: UUID
    time: datetime
    who: str
    role: str
    transaction: str
    patients: tuple[UUID, ...]
    reasons: frozenset[str]
    refused: bool
    own: bool
    same_surname: bool
    watched: bool
    downloaded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of the data file."""

    code: str
    kind: str
    korean: str
    english: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessReview:
    """The whole data file."""

    status: str
    version: str
    least_years: int
    surnames: tuple[str, ...]
    rules: tuple[Rule, ...]


@cache
def access_review() -> AccessReview:
    """What the data file holds; raises KeyError for a rule of a kind that nobody can apply."""
    source = resources.files("naru.domain").joinpath("data/access_review.json")
    data = json.loads(source.read_text("utf-8"))
    return AccessReview(
        status=data["status"],
        version=data["version"],
        least_years=data["retention_years"]["least"],
        surnames=tuple(data["two_syllable_surnames"]),
        rules=tuple(map(_rule, data["rules"])),
    )


def anomalies(
    looked: Sequence[Looked], rules: Sequence[Rule] | None = None
) -> dict[UUID, tuple[Rule, ...]]:
    """By the record: the rules that want a person to look at it, in the file's order."""
    found: dict[UUID, list[Rule]] = {}
    in_time = sorted(looked, key=lambda one: one.time)
    for rule in access_review().rules if rules is None else rules:
        for one in dict.fromkeys(_KINDS[rule.kind](in_time, rule.parameters)):
            found.setdefault(one, []).append(rule)
    return {record: tuple(of_rules) for record, of_rules in found.items()}


def surname(name: str) -> str:
    """The surname of a Korean name, by the list of those with two syllables; else its first."""
    whole = "".join(name.split())
    long = next((one for one in access_review().surnames if whole.startswith(one)), "")
    return long if long and len(whole) > len(long) else whole[:1]


def _each(test: Callable[[Looked, Mapping[str, Any]], bool]) -> "_Kind":
    def apply(looked: Sequence[Looked], given: Mapping[str, Any]) -> Iterator[UUID]:
        return (one.record for one in looked if test(one, given))

    return apply


def _mass(looked: Sequence[Looked], given: Mapping[str, Any]) -> Iterator[UUID]:
    for window in _windows(looked, timedelta(minutes=given["minutes"])):
        if len({patient for one in window for patient in one.patients}) >= given["patients"]:
            yield from (one.record for one in window)


def _refused(looked: Sequence[Looked], given: Mapping[str, Any]) -> Iterator[UUID]:
    refused = [one for one in looked if one.refused]
    for window in _windows(refused, timedelta(minutes=given["minutes"])):
        if len(window) >= given["times"]:
            yield from (one.record for one in window)


def _windows(looked: Sequence[Looked], span: timedelta) -> Iterator[list[Looked]]:
    """For each access of a person, theirs of the span that ends with it; in order of time."""
    recent: dict[str, list[Looked]] = {}
    for one in looked:
        if one.who:
            kept = [other for other in recent.get(one.who, []) if one.time - other.time < span]
            recent[one.who] = [*kept, one]
            yield recent[one.who]


def _at_night(one: Looked, given: Mapping[str, Any]) -> bool:
    hour = one.time.astimezone(KST).hour
    at_night = hour >= given["from"] or hour < given["to"]
    return at_night and bool(one.who) and one.role not in given["except"]


_Kind = Callable[[Sequence[Looked], Mapping[str, Any]], Iterator[UUID]]
_KINDS: Final[Mapping[str, _Kind]] = {
    "own-record": _each(lambda one, _: one.own),
    "same-surname": _each(lambda one, _: one.same_surname and not one.own),
    "watched": _each(lambda one, _: one.watched),
    "mass": _mass,
    "night": _each(_at_night),
    "reason": _each(lambda one, given: not one.reasons.isdisjoint(given["reasons"])),
    "refused": _refused,
    "download": _each(
        lambda one, given: one.downloaded or one.transaction in given["transactions"]
    ),
}


def _rule(entry: Mapping[str, Any]) -> Rule:
    _KINDS[entry["kind"]]  # An unknown kind is told when the file is read, not when it applies.
    return Rule(
        code=entry["code"],
        kind=entry["kind"],
        korean=entry["ko"],
        english=entry["en"],
        parameters=entry,
    )
