import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from naru.domain.patient_query import PatientQuery
from naru.domain.person import Address, Demographics, Gender, PersonName, Telecom
from naru.domain.stored_query import TimeRange
from naru.patients import bounds, matching, names, terms
from naru.patients.errors import TooLarge
from tests.quickest import cpu_seconds

# Few letters, so that what is drawn twice is often alike.
PARTS = st.text("남궁민수ab (1)A-", min_size=1, max_size=4)
NAMES = st.builds(
    PersonName,
    text=st.none() | PARTS,
    family=st.none() | PARTS,
    birth_family=st.none() | PARTS,
    given=st.lists(PARTS, max_size=2).map(tuple),
)
BIRTHS = st.sampled_from([None, "1989", "198906", "19890622", "19900101120000+0900"])
ADDRESSES = st.builds(
    Address,
    city=st.sampled_from([None, "서울", "Seoul", " seoul"]),
    postal_code=st.sampled_from([None, "00001", "00002"]),
)
RANGES = st.builds(TimeRange, start=BIRTHS, end=BIRTHS)
TELECOMS = st.sampled_from(["tel:+82-10-0000-0000", "010 0000 0000", "mailto:A@example", "1"])
SEXES = st.none() | st.sampled_from(Gender)
TELLINGS = st.builds(
    Demographics,
    names=st.lists(NAMES, max_size=2).map(tuple),
    gender=SEXES,
    birth_time=BIRTHS,
    addresses=st.lists(ADDRESSES, max_size=2).map(tuple),
    telecoms=st.lists(TELECOMS.map(Telecom), max_size=2).map(tuple),
    mothers_maiden_name=st.none() | NAMES,
)
QUERIES = st.builds(
    PatientQuery,
    names=st.lists(NAMES, max_size=2).map(tuple),
    gender=SEXES,
    birth_time=BIRTHS,
    born=st.none() | RANGES,
    addresses=st.lists(ADDRESSES, max_size=2).map(tuple),
    telecoms=st.lists(TELECOMS.map(Telecom), max_size=1).map(tuple),
    mothers_maiden_name=st.none() | NAMES,
)


@given(told=TELLINGS, query=QUERIES)
def test_whoever_matches_is_also_proposed(told: Demographics, query: PatientQuery) -> None:
    # ITI TF-2 3.47.4.1.3: at least all exact matches are returned.
    if matching.score(query, told):
        held = terms.of_record(told)
        assert all(group & held for group in terms.of_query(query))


@given(asked=NAMES, held=NAMES)
def test_whoever_bears_a_matching_name_is_also_proposed(
    asked: PersonName, held: PersonName
) -> None:
    if names.degree(asked, held):
        group = terms.of_query(PatientQuery(names=(asked,)))
        assert all(one & terms.of_record(Demographics(names=(held,))) for one in group)


@given(name=NAMES)
def test_everyone_is_found_by_their_own_name(name: PersonName) -> None:
    if any(names.sent(name)) or names.normal(name.text or ""):
        assert names.degree(name, name) == names.EXACT


def test_the_initial_law_makes_names_alike_and_not_equal() -> None:
    for one, other in (("이민수", "리민수"), ("유관순", "류관순"), ("노영", "로영")):
        assert names.degree(PersonName(text=one), PersonName(text=other)) == 0
        alike = names.degree(PersonName(text=one, use="SRCH"), PersonName(text=other))
        assert 0 < alike < names.EXACT


def test_a_very_long_name_is_compared_for_equality_only() -> None:
    long = "가" * 10_000
    assert names.degree(PersonName(text=long, use="SRCH"), PersonName(text=long + "나")) == 0
    assert names.degree(PersonName(text=long), PersonName(text=long)) == names.EXACT


@given(PARTS)
def test_a_mark_is_taken_off_as_ever(text: str) -> None:
    plain = re.sub(r"\s*\([0-9A-Za-z]\)$|(?<=[가-힣])\s*[A-Z]$", "", text.strip())
    assert names.normal(text) == re.sub(r"[\s\-]+", "", plain.casefold())


def test_a_name_of_blanks_costs_no_more_than_its_length() -> None:
    def normalise() -> None:
        names.normal("a" + " " * 100_000 + "b")
        names.normal("홍" + " " * 100_000 + "A" + " " * 100_000 + "(")

    assert cpu_seconds(normalise, enough=0.5) < 0.5


@pytest.mark.parametrize("start", ["²²²²", "一九九〇", "१९९०"])
def test_years_in_other_digits_propose_nothing(start: str) -> None:
    assert terms.of_query(PatientQuery(born=TimeRange(start, "1990"))) == []


@pytest.mark.parametrize(
    "told",
    [
        Demographics(names=(PersonName(text="a" * 257),)),
        Demographics(names=(PersonName(given=("a" * 20,) * 20),)),
        Demographics(names=(PersonName(text="a"),) * 51),
        Demographics(addresses=(Address(lines=("a" * 1025,)),)),
        Demographics(telecoms=(Telecom("1" * 1025),)),
    ],
)
def test_more_than_any_person_has_is_too_large(told: Demographics) -> None:
    with pytest.raises(TooLarge):
        bounds.require(names=told.names, addresses=told.addresses, telecoms=told.telecoms)
