"""What an agreement is worth (Fellegi and Sunter, A Theory for Record Linkage, 1969).

A level's weight is log2(m/u): m how often it is found between records of one person, u how often
between records of two. Weights of fields add up. What the sum must reach follows from how certain
one wants to be and how many people there are: the probability of both records being one person's
is that of the sum's odds times the odds before anything was compared, one among the population.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import log2
from operator import getitem
from typing import Final

import msgspec

from naru.patients.linkage.levels import Comparison, Level

RAREST: Final = 1e-6
"""No chance agreement is taken to be rarer than this, however few were counted."""


@dataclass(frozen=True, slots=True)
class Chance:
    """How often a level is found between records of one person, and of two."""

    m: float
    u: float

    @property
    def bits(self) -> float:
        """What it is worth."""
        return log2(max(self.m, RAREST) / max(self.u, RAREST))


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Of `data/weights.json`, or as a calibration found them.

    `population` is how many people could be meant. From `link` on, a probability, records are taken
    to be one person's where no rule forbids it; from `review` on a steward looks.
    """

    version: str
    status: str
    calibration: str
    population: int
    link: float
    review: float
    fields: Mapping[str, Mapping[str, Chance]]

    def table(self) -> "Table":
        """Ready to weigh."""
        return Table(self)


class Table:
    """The bits of every level of every field, by position."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self._bits = [
            [
                chances[level.name.lower()].bits if level.name.lower() in chances else 0.0
                for level in Level
            ]
            for field in Comparison._fields
            for chances in [weights.fields.get(field, {})]
        ]
        prior = log2(weights.population)
        self.link = prior + _odds_in_bits(weights.link)
        self.review = prior + _odds_in_bits(weights.review)
        self._prior = prior
        same = weights.fields.get("name", {}).get("same")
        self.usual_share = max(same.u, RAREST) if same else 1.0
        """The part of all people that has one person's name, on average over people."""

    def bits(self, found: Comparison, share: float | None = None) -> float:
        """What the levels are worth together; `share` is the part of all people of that name."""
        total = sum(map(getitem, self._bits, found))
        if share is not None and found.name in (Level.SAME, Level.SOFT):
            # Of 김민준 there are thousands: to share that name says less than a rare one.
            total += log2(self.usual_share / max(share, RAREST))
        return total

    def field_bits(self, found: Comparison) -> dict[str, float]:
        """What each field adds, for whoever must look."""
        return {
            field: row[level]
            for field, row, level in zip(Comparison._fields, self._bits, found, strict=True)
        }

    def probability(self, bits: float) -> float:
        """That both are one person, among the population."""
        exponent = min(max(bits - self._prior, -60.0), 60.0)
        odds = 2.0**exponent
        return float(odds / (1 + odds))


def _odds_in_bits(probability: float) -> float:
    return log2(probability / (1 - probability))


def read(content: bytes) -> Weights:
    """The weights of a file; raises `msgspec.ValidationError`."""
    return msgspec.json.decode(content, type=Weights)


def write(weights: Weights) -> bytes:
    """The file of the weights."""
    return msgspec.json.format(msgspec.json.encode(weights), indent=2) + b"\n"


@cache
def shipped() -> Table:
    """Those that come with the program."""
    return read((files("naru.patients") / "data" / "weights.json").read_bytes()).table()
