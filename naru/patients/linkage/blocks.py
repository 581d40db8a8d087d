"""Which records of a set are compared at all: those that share one of a few narrow things.

In the store the same is asked of keyed search tokens (`patients.recognising`).
"""

from array import array
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from typing import Final

from naru.patients import names
from naru.patients.linkage.columns import Key, all_numbered
from naru.patients.linkage.traits import Spelling, Traits

WIDEST: Final = 400
"""A thing that more records share says nothing; narrower ones find their pairs."""


def _number(one: Traits) -> Hashable:
    return one.number


def _former(one: Traits) -> Hashable:
    # Who had one number before and tells another now meets whoever still tells the old one.
    return next(iter(one.former), one.number)


def _phone(one: Traits) -> Hashable:
    return min(one.phones, default=None)


def _birth_and_initials(one: Traits) -> Hashable:
    if not one.born or not one.names:
        return None
    return one.born, initials_of(one.names[0])


def initials_of(name: Spelling) -> str:
    """What a slip inside a name leaves as it is: first consonants, or the first two letters."""
    return names.initials(name.whole) or name.whole[:2]


def _name_and_year(one: Traits) -> Hashable:
    return (one.names[0].jamo, one.born[:4]) if one.names and one.born else None


def _name_and_area(one: Traits) -> Hashable:
    return (one.names[0].jamo, one.area) if one.names and one.area else None


def _birth_and_area(one: Traits) -> Hashable:
    return (one.born, one.area) if one.born and one.area else None


KEYS: Final[tuple[Key, ...]] = (
    _number,
    _former,
    _phone,
    _birth_and_initials,
    _name_and_year,
    _name_and_area,
    _birth_and_area,
)


class Blocks:
    """The records of a set by the things that they share.

    `columns` has for each key every record's as a number; 0 where it has none, or too many have it.
    """

    def __init__(
        self, records: Sequence[Traits], keys: Sequence[Key] = KEYS, processes: int = 1
    ) -> None:
        self.columns = [_narrow(one) for one in all_numbered(keys, records, processes)]

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Positions of all pairs that share a key, the smaller first, each once."""
        for n, column in enumerate(self.columns):
            before = self.columns[:n]
            for one, other in _sharing(column):
                if not any(kept[one] == kept[other] != 0 for kept in before):
                    yield one, other


def _narrow(column: "array[int]") -> "array[int]":
    wide = {number for number, count in Counter(column).items() if count > WIDEST}
    return array("q", [0 if number in wide else number for number in column]) if wide else column


def pairs(records: Sequence[Traits], keys: Sequence[Key] = KEYS) -> Iterator[tuple[int, int]]:
    """All pairs that are compared, each once."""
    return Blocks(records, keys).pairs()


def _sharing(column: Sequence[int]) -> Iterator[tuple[int, int]]:
    blocks: dict[int, list[int]] = {}
    for position, key in enumerate(column):
        if key:
            blocks.setdefault(key, []).append(position)
    for block in blocks.values():
        for n, other in enumerate(block):
            for one in block[:n]:
                yield one, other
