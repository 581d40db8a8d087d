"""Everybody in a set of records at once: for a first load, and to measure by.

The same comparison, weights and rules as for one record that arrives; nothing but memory.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from naru.patients.linkage.blocks import pairs
from naru.patients.linkage.rules import Judgement, Verdict, judge
from naru.patients.linkage.traits import Traits
from naru.patients.linkage.weights import Table


@dataclass(frozen=True, slots=True)
class Judged:
    """Two records by their positions, and what is to be done with them."""

    one: int
    other: int
    judgement: Judgement


def judged(records: Sequence[Traits], table: Table, *, year: int) -> Iterator[Judged]:
    """All pairs that are not plainly apart."""
    shares = name_shares(records)
    for one, other in pairs(records):
        first = records[one]
        share = shares.get(first.names[0].jamo) if first.names else None
        found = judge(first, records[other], table, year=year, share=share)
        if found.verdict is not Verdict.APART:
            yield Judged(one, other, found)


def name_shares(records: Iterable[Traits]) -> dict[str, float]:
    """Which part of all has each name."""
    counted = Counter(one.names[0].jamo for one in records if one.names)
    total = sum(counted.values())
    return {name: count / total for name, count in counted.items()}


def clusters(size: int, linked: Iterable[tuple[int, int]]) -> list[int]:
    """For each of `size` records the first of all that are linked with it, however far."""
    first = list(range(size))

    def root(one: int) -> int:
        while first[one] != one:
            first[one] = first[first[one]]
            one = first[one]
        return one

    for one, other in linked:
        a, b = root(one), root(other)
        if a != b:
            first[max(a, b)] = min(a, b)
    return [root(one) for one in range(size)]
