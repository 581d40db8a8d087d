"""How far two records agree in each thing that both tell: levels, which the weights are for."""

from enum import IntEnum
from functools import lru_cache
from typing import Final, NamedTuple

from naru.patients.linkage.edits import edits
from naru.patients.linkage.traits import Spelling, Traits, is_day


class Level(IntEnum):
    """Better agreement first; `SILENT` where one side tells nothing that can be compared."""

    SAME = 0
    SOFT = 1
    """The same but for the 두음법칙 (이/리, 유/류, 임/림)."""
    FORMER = 2
    """One's number is what the other's was before."""
    SLIP = 3
    """One slip of a typist apart; of a name, one jamo or letter."""
    ALIKE = 4
    """A few slips apart, or one word of several the same."""
    AREA = 5
    """The same postal code."""
    OTHER = 6
    SILENT = 7


class Comparison(NamedTuple):
    """One level for each field."""

    name: Level
    birth: Level
    sex: Level
    phone: Level
    place: Level
    number: Level


_SHORTEST: Final = 4
"""Letters or jamo; below that a slip makes another name."""
_HANGUL_ALIKE: Final = 2
_LETTERS_FOR_A_SLIP: Final = 4
_SHORTEST_PLACE: Final = 6
_PLACE_SLIPS: Final = 3


def compare(one: Traits, other: Traits) -> Comparison:
    """How far both agree; the same whichever comes first."""
    return Comparison(
        name=_named(one.names, other.names),
        birth=birth(one.born, other.born),
        sex=_equal(one.sex, other.sex),
        phone=phone(one.phones, other.phones),
        place=place(one, other),
        number=number(one, other),
    )


def _named(some: tuple[Spelling, ...], others: tuple[Spelling, ...]) -> Level:
    """The best of any name of the one beside any of the other."""
    if len(some) == len(others) == 1:
        return name(some[0], others[0])
    return min((name(a, b) for a in some for b in others), default=Level.SILENT)


def name(one: Spelling, other: Spelling) -> Level:
    """Names of different scripts say nothing: a romanisation only proposes."""
    if one.whole == other.whole:
        return Level.SAME
    if one.hangul is not other.hangul:
        return Level.SILENT
    if one.jamo == other.jamo:
        return Level.SOFT
    return _similar(*((one, other) if one.whole < other.whole else (other, one)))


@lru_cache(maxsize=65_536)
def _similar(one: Spelling, other: Spelling) -> Level:
    length = min(len(one.jamo), len(other.jamo))
    most = _HANGUL_ALIKE if one.hangul else max(1, length // _LETTERS_FOR_A_SLIP)
    apart = edits(one.jamo, other.jamo, most) if length >= _SHORTEST else most + 1
    if apart <= 1:
        return Level.SLIP
    if apart <= most or (not one.hangul and _shares_a_word(one, other)):
        return Level.ALIKE
    return Level.OTHER


def _shares_a_word(one: Spelling, other: Spelling) -> bool:
    return any(len(word) >= _SHORTEST for word in one.words & other.words)


def birth(one: str, other: str) -> Level:
    """A date that is not known to the day can contradict, and says nothing else."""
    if one == other and is_day(one):
        return Level.SAME
    known = min(len(one), len(other))
    if not is_day(one) or not is_day(other):
        return Level.SILENT if one[:known] == other[:known] else Level.OTHER
    month_and_day = one[:4] == other[:4] and one[4:6] == other[6:] and one[6:] == other[4:6]
    return Level.SLIP if month_and_day or edits(one, other, 1) <= 1 else Level.OTHER


def phone(one: frozenset[str], other: frozenset[str]) -> Level:
    """Any number of the one beside any of the other."""
    if not one or not other:
        return Level.SILENT
    if not one.isdisjoint(other):
        return Level.SAME
    slips = any(edits(a, b, 1) <= 1 for a in one for b in other)
    return Level.SLIP if slips else Level.OTHER


def place(one: Traits, other: Traits) -> Level:
    """The same door, the same but for slips, or the same postal code."""
    if one.place and one.place == other.place:
        return Level.SAME
    if one.place and other.place and _nearly(one.place, other.place):
        return Level.SLIP
    if one.area and other.area:
        return Level.AREA if one.area == other.area else Level.OTHER
    return Level.OTHER if one.place and other.place else Level.SILENT


def _nearly(one: str, other: str) -> bool:
    if min(len(one), len(other)) < _SHORTEST_PLACE or _figures(one) != _figures(other):
        return False
    return edits(one, other, _PLACE_SLIPS) <= _PLACE_SLIPS


def _figures(text: str) -> str:
    """House and door numbers, which two neighbours differ in."""
    return "".join(letter for letter in text if letter.isdigit())


def number(one: Traits, other: Traits) -> Level:
    """Numbers that are one person's own, also the ones before they were changed."""
    if one.number is None or other.number is None:
        return Level.SILENT
    if one.number == other.number:
        return Level.SAME
    changed = one.number in other.former or other.number in one.former
    return Level.FORMER if changed else Level.OTHER


def _equal(one: str, other: str) -> Level:
    if not one or not other:
        return Level.SILENT
    return Level.SAME if one == other else Level.OTHER
