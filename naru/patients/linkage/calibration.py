"""The weights calibrated on people whose truth is known, and what they then get right and wrong."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from naru.patients.linkage import bulk, synthetic, training
from naru.patients.linkage.blocks import pairs
from naru.patients.linkage.levels import Level
from naru.patients.linkage.rules import Verdict
from naru.patients.linkage.synthetic import Population, Row
from naru.patients.linkage.traits import Traits
from naru.patients.linkage.weights import RAREST, Chance, Weights

Pair = tuple[int, int]

DRAWN: Final = 400_000
"""Pairs drawn by chance at most; of few people fewer."""
_DRAWN_EACH: Final = 14
KOREA: Final = 52_000_000
LINK: Final = 0.9999
REVIEW: Final = 0.1
_MEANT: Final = {
    "name": (Level.SAME, Level.SOFT, Level.SLIP, Level.ALIKE, Level.OTHER),
    "birth": (Level.SAME, Level.SLIP, Level.OTHER),
    "sex": (Level.SAME, Level.OTHER),
    "phone": (Level.SAME, Level.SLIP, Level.OTHER),
    "place": (Level.SAME, Level.SLIP, Level.AREA, Level.OTHER),
    "number": (Level.SAME, Level.FORMER, Level.OTHER),
}
_OF_FEW: Final = ("phone", "place", "number")
_BY_HOUSEHOLD: Final = frozenset({"same", "slip", "former"})
"""What only a household shares: the more people there are, the rarer by chance."""


@dataclass(frozen=True, slots=True)
class Score:
    """What pairs were taken for one person's, beside those that are."""

    found: int
    right: int
    true: int

    @property
    def precision(self) -> float:
        """Which part of what was found is right."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Which part of what is true was found."""
        return self.right / self.true if self.true else 1.0


@dataclass(frozen=True, slots=True)
class Report:
    """What a set of weights does to people whose truth is known."""

    records: int
    linked: Score
    proposed: Score
    """Linked, or shown to a steward."""
    weights: Weights


def truth(rows: Sequence[Row]) -> set[Pair]:
    """All pairs of records that are one person's."""
    people: dict[int, list[int]] = {}
    for position, row in enumerate(rows):
        people.setdefault(row.person, []).append(position)
    return {
        (one, two) for held in people.values() for n, two in enumerate(held) for one in held[:n]
    }


def score(found: Collection[Pair], true: Collection[Pair]) -> Score:
    """How many of the pairs found are true."""
    return Score(len(found), len(set(found) & set(true)), len(true))


def calibrate(people: int, seed: int, version: str) -> Weights:
    """Weights from `people` of the generator; the same for the same numbers."""
    rows = list(Population(people, seed).rows())
    records = list(map(synthetic.of_row, rows))
    matches = training.compared(records, sorted(truth(rows)))
    apart = _strangers(rows, records, seed)
    fields = training.supervised(matches, apart)
    for field in _OF_FEW:
        fields[field] = {
            level: _rarer(one, people) if level in _BY_HOUSEHOLD else one
            for level, one in fields[field].items()
        }
    return Weights(
        version=version,
        status="calibrated on synthetic people, whose errors are assumptions; calibrate anew on a"
        " node's own records before it links real ones",
        calibration=f"naru patient match-report --people {people} --seed {seed}",
        population=KOREA,
        link=LINK,
        review=REVIEW,
        fields={field: _kept(fields[field], levels) for field, levels in _MEANT.items()},
    )


def _strangers(rows: Sequence[Row], records: Sequence[Traits], seed: int) -> training.Counts:
    """Records drawn by chance; the few that are one person's are left out."""
    number = min(DRAWN, _DRAWN_EACH * len(records))
    return training.drawn(
        records, number, seed, lambda one, other: rows[one].person != rows[other].person
    )


def _rarer(one: Chance, people: int) -> Chance:
    return replace(one, u=max(RAREST, one.u * people / KOREA))


def _kept(found: dict[str, Chance], levels: Sequence[Level]) -> dict[str, Chance]:
    names = [level.name.lower() for level in levels]
    return {name: found[name] for name in names}


def report(weights: Weights, people: int, seed: int) -> Report:
    """What the weights and the rules do to `people` of the generator."""
    rows = list(Population(people, seed).rows())
    records = list(map(synthetic.of_row, rows))
    true = truth(rows)
    found = bulk.judged(records, weights.table(), year=synthetic.TODAY.year)
    linked = [one for one in found if one.verdict is Verdict.LINK]
    return Report(
        records=len(rows),
        linked=score({(one.one, one.other) for one in linked}, true),
        proposed=score({(one.one, one.other) for one in found}, true),
        weights=weights,
    )


def reachable(rows: Sequence[Row]) -> Score:
    """Which true pairs are compared at all, whatever the weights."""
    return score(set(pairs(list(map(synthetic.of_row, rows)))), truth(rows))


def lines(found: Report) -> Iterator[str]:
    """The report in lines; of nobody, only numbers."""
    table = found.weights.table()
    yield f"weights {found.weights.version}: {found.weights.status}"
    yield f"made by: {found.weights.calibration}"
    yield f"for {found.weights.population:,} people: link from {table.link:.1f} bits"
    yield f"(probability {found.weights.link}), review from {table.review:.1f} bits"
    yield f"{'field':<8}{'level':<8}{'m':>10}{'u':>11}{'bits':>7}"
    for field, levels in found.weights.fields.items():
        for level, one in levels.items():
            yield f"{field:<8}{level:<8}{one.m:>10.6f}{one.u:>11.7f}{one.bits:>7.1f}"
    yield f"{found.records:,} records, {found.linked.true:,} pairs of one person"
    for name, got in (("linked", found.linked), ("linked or shown to a steward", found.proposed)):
        yield f"{name}: precision {got.precision:.5f}, recall {got.recall:.5f}"
