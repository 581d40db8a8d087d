"""Which records of a set are compared at all: those that share one of a few narrow things.

In the store the same is asked of keyed search tokens (`patients.recognising`).
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Final

from naru.patients import names
from naru.patients.linkage.traits import Traits

WIDEST: Final = 400
"""A thing that more records share says nothing; narrower ones find their pairs."""

Key = Callable[[Traits], Hashable]


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
    first = one.names[0]
    return one.born, names.initials(first.whole) if first.hangul else first.whole[:2]


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


def pairs(records: Sequence[Traits]) -> Iterator[tuple[int, int]]:
    """Positions of all pairs that share a key, the smaller first, each once."""
    kept: list[list[Hashable]] = []
    for key in KEYS:
        mine = [key(one) for one in records]
        for one, other in _sharing(mine):
            if not any(column[one] == column[other] is not None for column in kept):
                yield one, other
        kept.append(mine)


def _sharing(column: Sequence[Hashable]) -> Iterator[tuple[int, int]]:
    blocks: dict[Hashable, list[int]] = {}
    for position, key in enumerate(column):
        if key is not None:
            blocks.setdefault(key, []).append(position)
    for block in blocks.values():
        if 1 < len(block) <= WIDEST:
            for n, other in enumerate(block):
                for one in block[:n]:
                    yield one, other
