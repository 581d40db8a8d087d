"""What is left out by arrays is what the plain comparison finds apart, and nothing else."""

import gc
import unicodedata
from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from naru.patients import names
from naru.patients.linkage import blocks, bulk, sieve, synthetic, weights
from naru.patients.linkage.blocks import Blocks
from naru.patients.linkage.columns import all_numbered, uncollected
from naru.patients.linkage.rules import Verdict, judge
from naru.patients.linkage.sieve import Sieve
from naru.patients.linkage.synthetic import Population
from naru.patients.linkage.traits import Traits, spelling

YEAR = 2026
NAMES = ("남궁민서", "남궁민사", "남궁빈서", "이하늘", "리하늘", "Nguyen Van An", "An Nguyen",
         "TEST KIM", "남궁KIM", "신생아", "남궁아기")  # fmt: skip
DAYS = ("20010203", "20010302", "20010230", "20010213", "19800102", "2001", "200102", "")
PHONES = ("01000001111", "01000001112", "01000001121", "01000009999", "0200000")
PLACES = ("", "노을로12345동67호", "노을로12345동68호", "노올로12345동67호", "달빛로1")

people = st.builds(
    Traits,
    names=st.lists(st.sampled_from(NAMES), max_size=2).map(
        lambda texts: tuple(filter(None, map(spelling, texts)))
    ),
    born=st.sampled_from(DAYS),
    sex=st.sampled_from(("", "F", "M")),
    phones=st.frozensets(st.sampled_from(PHONES), max_size=2),
    place=st.sampled_from(PLACES),
    area=st.sampled_from(("", "90001", "90002")),
    number=st.sampled_from((None, "N1", "N2")),
    former=st.frozensets(st.sampled_from(("N1", "N3")), max_size=1),
    temporary=st.booleans(),
    multiple=st.booleans(),
)


@given(st.lists(people, min_size=2, max_size=12))
def test_whatever_is_more_than_apart_passes(records: list[Traits]) -> None:
    table, shares = weights.shipped(), bulk.name_shares(records)
    # One block of everybody, so that every pair is asked about.
    everybody = [np.ones(len(records), dtype=np.int64)]
    sieved = [
        pair
        for one, other in Sieve(records, table, shares).pairs(everybody)
        for pair in zip(one.tolist(), other.tolist(), strict=True)
    ]
    assert len(sieved) == len(set(sieved))
    for one, other in combinations(range(len(records)), 2):
        first = records[one]
        share = shares[first.names[0].jamo] if first.names else None
        found = judge(first, records[other], table, year=YEAR, share=share)
        assert found.verdict is Verdict.APART or (one, other) in sieved


def test_among_made_up_people_the_answers_are_the_same_and_most_is_left_out() -> None:
    records = [synthetic.of_row(row) for row in Population(2_000, 21).rows()]
    table = weights.shipped()
    plain = sorted(bulk.judged(records, table, year=YEAR, sieved=False))
    assert sorted(bulk.judged(records, table, year=YEAR, sieved=True)) == plain
    assert plain
    every = Sieve(records, table, bulk.name_shares(records))
    kept = sum(len(one) for one, _ in every.pairs(every.blocks()))
    assert len(plain) <= kept < 0.6 * len(set(Blocks(records).pairs()))


def test_all_pairs_of_several_blocks_come_once(monkeypatch: pytest.MonkeyPatch) -> None:
    records = [synthetic.of_row(row) for row in Population(400, 5).rows()]
    monkeypatch.setattr(sieve, "_AT_ONCE", 7)  # Several arrays a size.
    every = Sieve(records, weights.shipped(), bulk.name_shares(records))
    monkeypatch.setattr(every, "_review", float("-inf"))  # Nothing is left out.
    found = [
        pair
        for one, other in every.pairs(every.blocks())
        for pair in zip(one.tolist(), other.tolist(), strict=True)
    ]
    assert sorted(found) == sorted(Blocks(records).pairs())


@given(st.lists(people, max_size=12), st.integers(1, 4))
def test_arrays_find_the_blocks_of_the_plain_way(records: list[Traits], widest: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "WIDEST", widest)
        patch.setattr(sieve, "WIDEST", widest)
        plain = [groups(column) for column in Blocks(records).columns]
        found = Sieve(records, weights.shipped(), bulk.name_shares(records)).blocks()
    assert [groups(column.tolist()) for column in found] == plain


def groups(column: Sequence[int]) -> set[tuple[int, ...]]:
    """Which positions have the same number, whatever it is; those that have none aside."""
    places: dict[int, list[int]] = {}
    for place, number in enumerate(column):
        places.setdefault(number, []).append(place)
    return {tuple(held) for number, held in places.items() if number}


def test_without_numpy_it_is_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    records = [synthetic.of_row(row) for row in Population(200, 6).rows()]
    monkeypatch.setattr(bulk, "find_spec", lambda _name: None)
    monkeypatch.setattr(sieve, "Sieve", None)
    assert bulk.judged(records, weights.shipped(), year=YEAR)


def test_several_processes_number_as_one_does() -> None:
    records = [synthetic.of_row(row) for row in Population(200, 6).rows()]
    keys = [lambda one: one.born, lambda one: one.number]
    assert all_numbered(keys, records, 2) == all_numbered(keys, records)


def test_the_collector_works_again_afterwards() -> None:
    assert gc.isenabled()
    with uncollected():
        assert not gc.isenabled()
    assert gc.isenabled()


@given(st.text(alphabet="가힣김리1290 ,.-·Aa(１Ａ", max_size=12))
def test_the_short_way_to_a_normal_form_is_the_long_one(text: str) -> None:
    unmarked = names._unmarked(unicodedata.normalize("NFKC", text).strip())
    long = unicodedata.normalize("NFKC", unmarked.casefold())
    assert names.normal(text) == names._SILENT.sub("", long)
