"""The weights found from records: with their truth known, or without it by EM.

EM is that of Fellegi and Sunter's model with fields taken as independent among records of one
person and of two: u is counted between records drawn by chance, where next to none is of one
person, and held; m and the part of matches among the compared pairs are what is looked for.
"""

import operator
import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Final, TypeVar

from naru.patients.linkage.levels import Comparison, Level, compare
from naru.patients.linkage.traits import Traits
from naru.patients.linkage.weights import RAREST, Chance

Counts = Counter[Comparison]
Found = TypeVar("Found", bound=tuple[Level, ...])
"""How a pair compares: a level for each field."""
Fields = dict[str, dict[str, Chance]]

_ROUNDS: Final = 200
_STILL: Final = 1e-6
_PRIOR: Final = 0.5
"""What is counted beforehand for each level, so that none is impossible."""


def drawn(
    records: Sequence[Traits],
    number: int,
    seed: int,
    strangers: Callable[[int, int], bool] = operator.ne,
) -> Counts:
    """How records drawn by chance compare: of two people, but for a handful.

    `strangers` tells of two positions whether they count.
    """
    chance = random.Random(seed)  # noqa: S311  # Repeatable, nothing secret.
    found: Counts = Counter()
    size = len(records)
    for _ in range(number):
        one, other = chance.randrange(size), chance.randrange(size)
        if one != other and strangers(one, other):
            found[compare(records[one], records[other])] += 1
    return found


def supervised(matches: Counts, strangers: Counts) -> Fields:
    """The weights where it is known which records are one person's."""
    return {
        field: _chances(_marginal(matches, n), _marginal(strangers, n))
        for n, field in enumerate(Comparison._fields)
    }


@dataclass(frozen=True, slots=True)
class Learnt:
    """What EM found: the weights, and which part of the compared pairs are matches."""

    fields: Fields
    matches: float
    rounds: int


def expectation_maximisation(
    compared: Mapping[Found, int],
    strangers: Mapping[Found, int],
    names: Sequence[str] = Comparison._fields,
) -> Learnt:
    """The weights where nothing is known, of fields in the order of their `names`.

    Raises `ValueError` where nothing was compared.
    """
    if not compared:
        raise ValueError("nothing was compared")
    u = [_shares(_marginal(strangers, n)) for n in range(len(names))]
    m = [_first_guess(_marginal(compared, n)) for n in range(len(names))]
    part, rounds = 0.5, 0
    total = sum(compared.values())
    for rounds in range(1, _ROUNDS + 1):  # noqa: B007  # Told when it has ended.
        ratios = [_ratios(*both) for both in zip(m, u, strict=True)]
        odds = part / (1 - part)
        weighed = {one: count * _belief(one, ratios, odds) for one, count in compared.items()}
        before, part = part, min(max(sum(weighed.values()) / total, 1e-9), 1 - 1e-9)
        m = [_shares(_marginal(weighed, n)) for n in range(len(m))]
        if abs(before - part) < _STILL:
            break
    fields = {
        field: {level: Chance(m[n][level], u[n][level]) for level in m[n]}
        for n, field in enumerate(names)
    }
    return Learnt(fields, part, rounds)


def _ratios(m: Mapping[str, float], u: Mapping[str, float]) -> list[float]:
    """What each level does to the odds; nothing where one side is silent."""
    names = [level.name.lower() for level in Level]
    return [m[name] / u[name] if name in m else 1.0 for name in names]


def _belief(one: tuple[Level, ...], ratios: Sequence[Sequence[float]], odds: float) -> float:
    """The probability that a pair that compares so is one person's."""
    odds *= prod(map(operator.getitem, ratios, one))
    return odds / (1 + odds)


def _marginal(counts: Mapping[Found, float], n: int) -> dict[Level, float]:
    found: dict[Level, float] = dict.fromkeys(Level, 0.0)
    for one, count in counts.items():
        found[one[n]] += count
    return found


def _shares(counted: Mapping[Level, float]) -> dict[str, float]:
    """The part of each level among the pairs that tell something."""
    told = {level: count for level, count in counted.items() if level is not Level.SILENT}
    total = sum(told.values()) + _PRIOR * len(told)
    return {
        level.name.lower(): max(RAREST, (count + _PRIOR) / total) for level, count in told.items()
    }


def _first_guess(counted: Mapping[Level, float]) -> dict[str, float]:
    """Agreement is common among matches: nine of ten, the rest as it is found."""
    shares = _shares(counted)
    rest = 1 - shares["same"]
    return {
        name: 0.9 if name == "same" else max(RAREST, 0.1 * share / max(rest, RAREST))
        for name, share in shares.items()
    }


def _chances(m: Mapping[Level, float], u: Mapping[Level, float]) -> dict[str, Chance]:
    mine, chance = _shares(m), _shares(u)
    return {name: Chance(round(mine[name], 7), round(chance[name], 7)) for name in mine}


def compared(records: Sequence[Traits], pairs: Iterable[tuple[int, int]]) -> Counts:
    """How the pairs compare."""
    return Counter(compare(records[one], records[other]) for one, other in pairs)
