"""Of millions of pairs those that need a closer look: by arrays, where numpy is there.

Only what is cheap is compared here: whether two records tell the same of a thing, something else,
or nothing. A pair is left out where not even the best levels that this allows could make more of it
than `APART`. Whatever is kept is judged as every pair is, so that no answer depends on numpy.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from itertools import product
from math import inf, log2
from operator import attrgetter
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from naru.patients.linkage.blocks import WIDEST, initials_of
from naru.patients.linkage.columns import Key, all_numbered, numbered
from naru.patients.linkage.levels import Comparison, Level
from naru.patients.linkage.rules import may_concern
from naru.patients.linkage.traits import Traits, is_day
from naru.patients.linkage.weights import RAREST, Table

Ints = npt.NDArray[np.int64]
Pairs = tuple[Ints, Ints]

_AT_ONCE: Final = 1 << 20
"""Pairs in one array."""
_ROUNDING: Final = 1e-6
_SLIP_DIGITS: Final = 2
"""Digits of a birth in which one slip may differ: two that were swapped."""

_NAME: Final = (
    (Level.SAME,),
    (Level.SOFT, Level.SILENT),  # The same jamo.
    (Level.SLIP, Level.ALIKE, Level.OTHER, Level.SILENT),
    (Level.SILENT,),
)
_BIRTH: Final = (
    (Level.SAME,),
    (Level.SLIP, Level.OTHER),  # Days that are near each other as they are written.
    (Level.OTHER,),
    (Level.SILENT, Level.OTHER),
)
_SEX: Final = ((Level.SAME,), (Level.OTHER,), (Level.SILENT,))
_PHONE: Final = ((Level.SAME,), (Level.SLIP, Level.OTHER), (Level.SILENT,))
_PLACE: Final = (
    (Level.SAME,),
    (Level.SLIP, Level.AREA),
    (Level.SLIP, Level.OTHER),
    (Level.AREA,),
    (Level.OTHER,),
    (Level.SILENT,),
)
_NUMBER: Final = ((Level.SAME,), (Level.OTHER,), (Level.SILENT,))
_FIELDS: Final = (_NAME, _BIRTH, _SEX, _PHONE, _PLACE, _NUMBER)
"""What each field may be found to be, for each answer of the cheap comparison."""


def _phone(one: Traits) -> str | None:
    return min(one.phones, default=None) if one.phones else None


def _number_before(one: Traits) -> Hashable:
    return next(iter(one.former), one.number) if one.former else one.number


def _several(one: Traits) -> bool | None:
    return len(one.names) > 1 or len(one.phones) > 1 or bool(one.former) or None


_KEYS: Final[tuple[Key, ...]] = (
    lambda one: one.names[0].whole if one.names else None,
    lambda one: one.names[0].jamo if one.names else None,
    attrgetter("born"),
    attrgetter("sex"),
    _phone,
    attrgetter("place"),
    attrgetter("area"),
    attrgetter("number"),
    _number_before,
    _several,
)


class Sieve:
    """The records of a set as arrays; `shares` is the part of all that has each name."""

    def __init__(
        self,
        records: Sequence[Traits],
        table: Table,
        shares: Mapping[str, float],
        processes: int = 1,
    ) -> None:
        columns = map(np.asarray, all_numbered(_KEYS, records, processes))
        self._whole, self._jamo, self._written, self._sex, *rest = columns
        self._phone, self._place, self._area, self._number, self._before, *last = rest
        # More than one of a thing, or a number before: to be judged, not sieved.
        self._several = last[0]
        self._years, self._initials = _parts(records, self._written, self._whole)
        days = np.array([is_day(one) for one in _texts(records, self._written)])
        self._born = np.where(days[self._written], self._written, 0)
        self._digits = _digits(records, self._born)
        self._rarity = _rarity(records, self._jamo, table, shares)
        self._bounds = bounds(table)
        self._review = table.review - _ROUNDING

    def blocks(self) -> list[Ints]:
        """What `blocks.KEYS` find, from the columns at hand."""
        year, initials = self._years[self._written], self._initials[self._whole]
        columns = (
            self._number,
            self._before,
            self._phone,
            _together(self._written, initials),
            _together(self._jamo, year),
            _together(self._jamo, self._area),
            _together(self._written, self._area),
        )
        return [_narrow(column) for column in columns]

    def pairs(self, columns: Sequence[Ints]) -> Iterator[Pairs]:
        """Of the pairs that share a block, each once, those that may be more than apart."""
        for n, column in enumerate(columns):
            for one, other in _sharing(column):
                new = np.ones(len(one), dtype=bool)
                for before in columns[:n]:
                    new &= (before[one] != before[other]) | (before[one] == 0)
                yield self._kept(one[new], other[new])

    def _kept(self, one: Ints, other: Ints) -> Pairs:
        answers = (
            self._name(one, other),
            self._birth(one, other),
            _equal(self._sex, one, other),
            _equal(self._phone, one, other),
            self._at(one, other),
            _equal(self._number, one, other),
        )
        bits = self._bounds[answers]
        rarity = self._rarity[self._jamo[one]]
        # By the same jamo it may be another script, which says nothing, rarity included.
        bits += np.select([answers[0] == 0, answers[0] == 1], [rarity, np.maximum(rarity, 0)], 0)
        keep = (bits >= self._review) | (self._several[one] != 0) | (self._several[other] != 0)
        return one[keep], other[keep]

    def _name(self, one: Ints, other: Ints) -> Ints:
        told = (self._whole[one] != 0) & (self._whole[other] != 0)
        same = self._whole[one] == self._whole[other]
        soft = self._jamo[one] == self._jamo[other]
        return np.select([~told, same, soft], [3, 0, 1], 2)

    def _birth(self, one: Ints, other: Ints) -> Ints:
        a, b = self._born[one], self._born[other]
        first, second = self._digits[a], self._digits[b]
        near = (first != second).sum(axis=1) <= _SLIP_DIGITS
        near |= ((first[:, 4:6] == second[:, 6:8]) & (first[:, 6:8] == second[:, 4:6])).all(axis=1)
        return np.select([(a == 0) | (b == 0), a == b, near], [3, 0, 1], 2)

    def _at(self, one: Ints, other: Ints) -> Ints:
        a, b, c, d = self._place[one], self._place[other], self._area[one], self._area[other]
        places, areas, same = (a != 0) & (b != 0), (c != 0) & (d != 0), c == d
        return np.select(
            [places & (a == b), places & areas & same, places, areas & same, areas],
            [0, 1, 2, 3, 4],
            5,
        )


def bounds(table: Table) -> npt.NDArray[np.float64]:
    """For each combination of answers what it may weigh at most, a name's rarity aside.

    One that can only be apart weighs less than anything.
    """
    found = np.full([len(one) for one in _FIELDS], -inf)
    for answers in product(*(range(len(one)) for one in _FIELDS)):
        for levels in product(*(field[n] for field, n in zip(_FIELDS, answers, strict=True))):
            one = Comparison(*levels)
            if may_concern(one, inf, table):
                weight = inf if one.number is Level.SAME else table.bits(one)
                found[answers] = max(found[answers], weight)
    return found


def _equal(column: Ints, one: Ints, other: Ints) -> Ints:
    a, b = column[one], column[other]
    return np.select([(a == 0) | (b == 0), a == b], [2, 0], 1)


def _texts(records: Sequence[Traits], written: Ints) -> list[str]:
    """The birth of each number."""
    found = [""] * (int(written.max(initial=0)) + 1)
    for number, position in zip(*np.unique(written, return_index=True), strict=True):
        found[number] = records[position].born
    return found


def _parts(records: Sequence[Traits], written: Ints, whole: Ints) -> tuple[Ints, Ints]:
    """The year of each birth and the initials of each name, as numbers by theirs."""
    years = numbered([one[:4] for one in _texts(records, written)])
    initials: list[str] = [""] * (int(whole.max(initial=0)) + 1)
    for number, position in zip(*np.unique(whole, return_index=True), strict=True):
        if number:
            initials[number] = initials_of(records[position].names[0])
    return np.asarray(years), np.asarray(numbered(initials))


def _together(one: Ints, other: Ints) -> Ints:
    """Two columns as one; 0 where either is."""
    joined = one * (int(other.max(initial=0)) + 1) + other
    return np.where((one == 0) | (other == 0), 0, joined)


def _narrow(column: Ints) -> Ints:
    """Without what more records share than are looked through."""
    _, place, counts = np.unique(column, return_inverse=True, return_counts=True)
    return np.where(counts[place] > WIDEST, 0, column)


def _digits(records: Sequence[Traits], born: Ints) -> npt.NDArray[np.uint32]:
    """The letters of each birth by its number."""
    days = np.array(_texts(records, born), dtype="U8")
    return days.view(np.uint32).reshape(-1, 8)


def _rarity(
    records: Sequence[Traits], jamo: Ints, table: Table, shares: Mapping[str, float]
) -> npt.NDArray[np.float64]:
    """What it adds that a name is rare, by the name's number (`Table.bits`)."""
    found = np.zeros(int(jamo.max(initial=0)) + 1)
    for number, position in zip(*np.unique(jamo, return_index=True), strict=True):
        if number:
            share = shares[records[position].names[0].jamo]
            found[number] = log2(table.usual_share / max(share, RAREST))
    return found


def _sharing(column: Ints) -> Iterator[Pairs]:
    """All pairs of positions with the same number, the smaller first, some at a time."""
    held = np.flatnonzero(column)
    order = held[np.argsort(column[held], kind="stable")]
    starts = np.flatnonzero(np.diff(column[order], prepend=0))
    sizes = np.diff(starts, append=len(order))
    for size in np.unique(sizes[sizes > 1]):
        first, second = np.triu_indices(int(size), 1)
        chosen = starts[sizes == size]
        step = max(1, _AT_ONCE // len(first))
        for n in range(0, len(chosen), step):
            block: Any = order[chosen[n : n + step, None] + np.arange(size)]
            yield block[:, first].ravel(), block[:, second].ravel()
