"""Everybody in a set of records at once: for a first load, and to measure by.

The same comparison, weights and rules as for one record that arrives; nothing but memory. With
several processes each judges the blocks of some keys.
"""

import multiprocessing
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from naru.patients.linkage.blocks import Blocks
from naru.patients.linkage.rules import Reason, Verdict, judge
from naru.patients.linkage.traits import Traits
from naru.patients.linkage.weights import Table


class Judged(NamedTuple):
    """Two records by their positions, and what is to be done with them."""

    one: int
    other: int
    verdict: Verdict
    reason: Reason
    bits: float


class _Task:
    """What every process knows from before it was forked."""

    def __init__(self, records: Sequence[Traits], table: Table, year: int) -> None:
        self.records = records
        self.table = table
        self.year = year
        self.blocks = Blocks(records)
        self.shares = name_shares(records)

    def judged(self, part: int, parts: int) -> Iterator[Judged]:
        """The pairs of every `parts`-th block that are not plainly apart."""
        records, table, year, shares = self.records, self.table, self.year, self.shares
        for one, other in self.blocks.pairs(part, parts):
            first = records[one]
            share = shares.get(first.names[0].jamo) if first.names else None
            found = judge(first, records[other], table, year=year, share=share)
            if found.verdict is not Verdict.APART:
                yield Judged(one, other, found.verdict, found.reason, found.bits)


_tasks: list[_Task] = []
"""The task of the processes that are forked next: it is inherited and not sent."""


def judged(
    records: Sequence[Traits], table: Table, *, year: int, processes: int = 1
) -> Iterator[Judged]:
    """All pairs that are not plainly apart, in no order that is promised."""
    task = _Task(records, table, year)
    if processes == 1:
        yield from task.judged(0, 1)
        return
    _tasks.append(task)
    try:
        with multiprocessing.get_context("fork").Pool(processes) as pool:
            parts = [(part, processes) for part in range(processes)]
            for found in pool.imap_unordered(_part, parts):
                yield from found
    finally:
        _tasks.pop()


def _part(part: tuple[int, int]) -> list[Judged]:
    return list(_tasks[-1].judged(*part))


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
