"""The valid codes nearest to one that is not: what replaced it, its siblings, a slip of the pen.

Of a system out of force they are those of its successor.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from string import ascii_uppercase, digits
from typing import Final

from naru.domain.terminology import TEST, CodeSystem, Concept, code_system
from naru.terminology import models
from naru.terminology.rows import VALID, concepts, with_codes

MOST: Final = 5
"""Codes that are told."""

_SIBLINGS: Final = 300
_SLIPS: Final = 10
"""Characters of a code, behind its mark, up to which slips are looked for."""

_LETTERS: Final = digits + ascii_uppercase


def nearest(
    system: CodeSystem, code: str, on: date, held: Concept | None = None
) -> tuple[Concept, ...]:
    """At most `MOST` codes valid on the day, the likeliest first; `held` is what it meant once."""
    meant, named = _meant(system, code, on, held)
    found: dict[str, tuple[int, Concept]] = {}
    for rank, concept in _candidates(meant, code, named, on, held):
        found.setdefault(concept.code, (rank, concept))
    found.pop(code if meant is system else "", None)
    ordered = sorted(
        found.values(), key=lambda one: (one[0], edits(code, one[1].code), one[1].code)
    )
    return tuple(concept for _, concept in ordered[:MOST])


def _meant(
    system: CodeSystem, code: str, on: date, held: Concept | None
) -> tuple[CodeSystem, list[str]]:
    """The system in which to look, and the codes that somebody named in place of this one."""
    named = [held.replaced_by] if held and held.replaced_by else []
    if system.in_force.holds(on) or system.successor is None:
        return system, named
    successor = code_system(system.successor)
    mapped = models.Mapped.objects.filter(
        system=system.number, code=code, target=successor.number, since__lte=on, until__gt=on
    )
    return successor, [*mapped.values_list("target_code", flat=True), *named, code]


def _candidates(
    system: CodeSystem, code: str, named: list[str], on: date, held: Concept | None
) -> Iterator[tuple[int, Concept]]:
    for one in with_codes(system.number, named, on):
        yield named.index(one.code) - len(named), one
    slips = list(_slipped(code))
    for one in with_codes(system.number, slips, on):
        yield 1, one
    parents = [one for one in (held.parent if held else "", *_ancestors(system, code)) if one]
    if parents:
        yield from ((1, one) for one in _below(system, parents, on))


def _ancestors(system: CodeSystem, code: str) -> Iterator[str]:
    while code := system.parent_of(code):
        yield code


def _below(system: CodeSystem, parents: Iterable[str], on: date) -> Iterator[Concept]:
    """Children of the nearest of the parents that has any, and itself."""
    for parent in dict.fromkeys(parents):
        found = concepts(
            f"c.system = %s AND (c.parent = %s OR c.code = %s) AND {VALID}",
            [system.number, parent, parent, on, on],
            most=_SIBLINGS,
        )
        if found:
            yield from found
            return


def _slipped(code: str) -> Iterator[str]:
    """Codes that are one slip away: a sign changed, too many, too few, or two in wrong order."""
    mark = TEST if code.startswith(TEST) else ""
    bare = code.removeprefix(mark)
    if len(bare) > _SLIPS:
        return
    for place in range(len(bare) + 1):
        before, after = bare[:place], bare[place:]
        if after:
            yield mark + before + after[1:]
            yield from (mark + before + one + after[1:] for one in _LETTERS)
        if len(after) > 1:
            yield mark + before + after[1] + after[0] + after[2:]
        yield from (mark + before + one + after for one in _LETTERS)


def edits(one: str, other: str) -> int:
    """How many slips lie between two codes; neighbours in wrong order are one."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, sign in enumerate(one, start=1):
        last, before, row = before, row, [place]
        for column, against in enumerate(other, start=1):
            cost = min(before[column] + 1, row[-1] + 1, before[column - 1] + (sign != against))
            crossed = place > 1 and column > 1 and sign == other[column - 2]
            if crossed and one[place - 2] == against:
                cost = min(cost, last[column - 2] + 1)
            row.append(cost)
    return row[-1]
