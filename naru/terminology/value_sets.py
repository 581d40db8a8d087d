"""What is in a value set on a day, and what of it is like what was typed."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from naru.domain.terminology import (
    LONGEST_CODE,
    Concept,
    Standing,
    System,
    Verdict,
    code_system,
    named,
)
from naru.domain.value_sets import Include, ValueSet
from naru.terminology.queries import page, validate
from naru.terminology.rows import with_codes
from naru.terminology.search import MOST as MOST_FOUND
from naru.terminology.search import search

MOST: Final = 1_000
"""Concepts of one page of an expansion."""


@dataclass(frozen=True, slots=True)
class Expansion:
    """A page of a value set; `total` is of all, None where a search does not count them."""

    concepts: tuple[Concept, ...]
    total: int | None
    unloaded: tuple[System, ...] = ()
    """Systems of it that nobody has loaded here."""


def validate_in(value_set: ValueSet, system: str, code: str, on: date) -> Verdict:
    """What is said of a code within a value set: of one that it does not hold, UNKNOWN.

    A code without a system is one of the value set's where it has just one.
    """
    meant = {one.name for one in named(system)}
    own = {one.system for one in value_set.includes}
    if not system and len(own) == 1:
        meant = own
    for include in value_set.includes:
        if include.system not in meant:
            continue
        verdict = validate(include.system.value, code, on)
        if not include.codes:
            return verdict
        if verdict.code in include.codes:
            return _listed(verdict)
        return _outside(verdict)
    return Verdict(standing=Standing.UNKNOWN, system=None, code=code[:LONGEST_CODE])


def _listed(verdict: Verdict) -> Verdict:
    """A code that a value set names is in it whether or not its system is loaded."""
    unsaid = verdict.standing is Standing.UNLOADED
    return Verdict(
        standing=Standing.VALID if unsaid else verdict.standing,
        system=verdict.system,
        code=verdict.code,
        concept=verdict.concept,
        nearest=verdict.nearest,
    )


def _outside(verdict: Verdict) -> Verdict:
    return Verdict(standing=Standing.UNKNOWN, system=verdict.system, code=verdict.code)


def expand(
    value_set: ValueSet, on: date, *, text: str = "", offset: int = 0, count: int = MOST
) -> Expansion:
    """A page of a value set by codes, or with a text what is found by it, likeliest first.

    Raises QueryTooLong.
    """
    count = min(count, MOST)
    if text:
        return _found(value_set, on, text, offset, count)
    concepts: list[Concept] = []
    total, unloaded = 0, []
    for include in value_set.includes:
        some, number = _page(include, on, max(0, offset - total), count - len(concepts))
        concepts += some
        total += number
        if not number:
            unloaded.append(include.system)
    return Expansion(tuple(concepts), total, tuple(unloaded))


def _page(include: Include, on: date, offset: int, count: int) -> tuple[list[Concept], int]:
    if not include.codes:
        some, number = page(include.system, on, offset=offset, count=max(count, 0))
        return list(some), number
    known = {one.code: one for one in with_codes(_number(include), include.codes, on)}
    listed = [
        known.get(code, Concept(system=include.system, code=code, display=""))
        for code in include.codes
    ]
    return listed[offset : offset + max(count, 0)], len(listed)


def _found(value_set: ValueSet, on: date, text: str, offset: int, count: int) -> Expansion:
    whole = [one.system for one in value_set.includes if not one.codes]
    listed = {(one.system, code) for one in value_set.includes for code in one.codes}
    within = list(dict.fromkeys(one.system for one in value_set.includes))
    found = search(text, within, on=on, limit=MOST_FOUND)
    fit = [
        one.concept
        for one in found
        if one.concept.system in whole or (one.concept.system, one.concept.code) in listed
    ]
    total = len(fit) if len(found) < MOST_FOUND else None
    return Expansion(tuple(fit[offset : offset + count]), total)


def _number(include: Include) -> int:
    return code_system(include.system).number
