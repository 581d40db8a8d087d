"""Everybody in a set of records at once: for a first load, and to measure by.

The same comparison, weights and rules as for one record that arrives; nothing but memory. Where
numpy is installed (the extra `batch`) it leaves out first what can only be apart.
"""

import multiprocessing
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from importlib.util import find_spec
from typing import NamedTuple

from naru.patients.linkage.blocks import KEYS, Blocks
from naru.patients.linkage.columns import uncollected
from naru.patients.linkage.rules import Reason, Verdict, judge
from naru.patients.linkage.traits import Traits
from naru.patients.linkage.weights import Table

_VERDICTS = tuple(Verdict)
_REASONS = tuple(Reason)


class Judged(NamedTuple):
    """Two records by their positions, and what is to be done with them."""

    one: int
    other: int
    verdict: Verdict
    reason: Reason
    bits: float


Found = tuple["array[int]", "array[float]"]
"""Pairs judged as a process sends them: four numbers each, and the weights."""


class _Task:
    """What every process knows from before it was forked; a pair is in `ones` and `others`."""

    def __init__(
        self, records: Sequence[Traits], table: Table, year: int, processes: int, *, sieved: bool
    ) -> None:
        self.records = records
        self.table = table
        self.year = year
        self.shares = name_shares(records)
        self.ones, self.others = array("q"), array("q")
        if sieved:
            from naru.patients.linkage.sieve import Sieve

            sieve = Sieve(records, table, self.shares, processes)
            for one, other in sieve.pairs(sieve.blocks()):
                self.ones.frombytes(one.tobytes())
                self.others.frombytes(other.tobytes())
        else:
            for a, b in Blocks(records, KEYS, processes).pairs():
                self.ones.append(a)
                self.others.append(b)

    def judged(self, part: int, parts: int) -> Found:
        """Of the pairs of one part those that are not plainly apart."""
        records, table, year, shares = self.records, self.table, self.year, self.shares
        found, weights = array("q"), array("d")
        for one, other in zip(self.ones[part::parts], self.others[part::parts], strict=True):
            first = records[one]
            share = shares.get(first.names[0].jamo) if first.names else None
            judged = judge(first, records[other], table, year=year, share=share)
            if judged.verdict is not Verdict.APART:
                verdict, reason = _VERDICTS.index(judged.verdict), _REASONS.index(judged.reason)
                found.extend((one, other, verdict, reason))
                weights.append(judged.bits)
        return found, weights


_tasks: list[_Task] = []
"""The task of the processes that are forked next: it is inherited and not sent."""


def judged(
    records: Sequence[Traits],
    table: Table,
    *,
    year: int,
    processes: int = 1,
    sieved: bool | None = None,
) -> list[Judged]:
    """All pairs that are not plainly apart, in no order that is promised.

    `sieved` says whether numpy is used; else it is where it is installed. The answers are the same.
    """
    sieved = find_spec("numpy") is not None if sieved is None else sieved
    with uncollected():
        task = _Task(records, table, year, processes, sieved=sieved)
        if processes == 1:
            return list(_read(*task.judged(0, 1)))
        _tasks.append(task)
        try:
            with multiprocessing.get_context("fork").Pool(processes) as pool:
                parts = [(part, processes) for part in range(processes)]
                return [one for found in pool.imap_unordered(_part, parts) for one in _read(*found)]
        finally:
            _tasks.pop()


def _part(part: tuple[int, int]) -> Found:
    return _tasks[-1].judged(*part)


def _read(found: "array[int]", weights: "array[float]") -> Iterator[Judged]:
    four = iter(found)
    for one, other, verdict, reason, bits in zip(four, four, four, four, weights, strict=True):
        yield Judged(one, other, _VERDICTS[verdict], _REASONS[reason], bits)


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
