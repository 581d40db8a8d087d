"""What the program links by itself, what it asks a steward, and what it leaves alone."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from naru.domain.person import Demographics, Gender, PersonName, Telecom
from naru.patients.linkage import weights
from naru.patients.linkage.levels import Level, birth, compare, name
from naru.patients.linkage.rules import Reason, Verdict, judge
from naru.patients.linkage.traits import Traits, of, spelling

YEAR = 2026
GROWN = of(
    Demographics(
        names=(PersonName(text="남궁민서"),),
        birth_time="19800102",
        gender=Gender.FEMALE,
        telecoms=(Telecom("tel:+82-10-0123-4321"),),
    )
)


def named(text: str) -> tuple:
    return (spelling(text),)


def verdict(one: Traits, other: Traits) -> tuple[Verdict, Reason]:
    found = judge(one, other, weights.shipped(), year=YEAR)
    assert judge(other, one, weights.shipped(), year=YEAR).verdict is found.verdict
    return found.verdict, found.reason


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("남궁민서", "남궁 민서(1)", Level.SAME),
        ("이서준", "이서준A", Level.SAME),
        ("이서준", "리서준", Level.SOFT),
        ("류하은", "유하은", Level.SOFT),
        ("노은우", "로은우", Level.SOFT),
        ("김서준", "김서쥰", Level.SLIP),
        ("김서준", "김서주", Level.SLIP),
        ("김서준", "김도윤", Level.OTHER),
        ("Nguyen Van An", "VAN AN NGUYEN", Level.SAME),
        ("Nguyen Van An", "Nguyen Van Am", Level.SLIP),
        ("김서준", "Kim Seojun", Level.SILENT),
        ("황보영", "황보 영", Level.SAME),
    ],
)
def test_names_are_compared_by_their_jamo(one: str, other: str, level: Level) -> None:
    a, b = spelling(one), spelling(other)
    assert a is not None
    assert b is not None
    assert name(a, b) is level
    assert name(b, a) is level


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("19800102", "19800102", Level.SAME),
        ("19800102", "19800201", Level.SLIP),
        ("19800102", "19800120", Level.SLIP),
        ("19800102", "19810102", Level.SLIP),
        ("19800102", "19820304", Level.OTHER),
        ("19800102", "1980", Level.SILENT),
        ("19800102", "1981", Level.OTHER),
        ("19800102", "", Level.SILENT),
    ],
)
def test_birth_dates_are_compared_as_they_are_typed(one: str, other: str, level: Level) -> None:
    assert birth(one, other) is level


def test_name_birth_sex_and_own_telephone_link() -> None:
    assert verdict(GROWN, GROWN) == (Verdict.LINK, Reason.WEIGHT)


def test_name_and_birth_date_alone_never_link() -> None:
    bare = replace(GROWN, phones=frozenset())
    assert verdict(bare, bare) == (Verdict.REVIEW, Reason.NAME_AND_BIRTH_ONLY)


def test_twins_are_never_linked_by_the_program() -> None:
    child = replace(GROWN, born="20200102", names=named("김서준"), place="물결로12", area="91234")
    for other in ("김서진", "김서윤"):
        assert verdict(child, replace(child, names=named(other)))[0] is not Verdict.LINK
    several = replace(child, multiple=True)
    assert verdict(several, child) == (Verdict.REVIEW, Reason.TWINS)


@pytest.mark.parametrize("text", ["김아기", "신생아", "무명남", "Baby of KIM"])
def test_whoever_has_no_name_yet_is_never_linked_by_the_program(text: str) -> None:
    told = of(Demographics(names=(PersonName(text=text),), birth_time="20261101"), number="1")
    assert told.temporary
    assert verdict(told, told) == (Verdict.REVIEW, Reason.TEMPORARY)


def test_one_number_links_unless_two_things_contradict() -> None:
    mine = replace(GROWN, number="TEST-1")
    married = replace(mine, names=named("김하늘"), phones=frozenset())
    assert verdict(mine, married) == (Verdict.LINK, Reason.NUMBER)
    stranger = replace(married, born="19990305")
    assert verdict(mine, stranger) == (Verdict.REVIEW, Reason.CONTRADICTION)


def test_numbers_that_differ_are_a_stewards_unless_one_was_changed() -> None:
    mine, changed = replace(GROWN, number="TEST-1"), replace(GROWN, number="TEST-2")
    assert verdict(mine, changed) == (Verdict.REVIEW, Reason.NUMBERS_DIFFER)
    told = replace(changed, former=frozenset({"TEST-1"}))
    assert verdict(mine, told) == (Verdict.LINK, Reason.WEIGHT)


def test_a_slip_in_the_name_links_only_grown_people_by_their_own_telephone() -> None:
    assert verdict(GROWN, replace(GROWN, names=named("남궁민셔")))[0] is Verdict.LINK
    child = replace(GROWN, born="20200102")
    slipped = replace(child, names=named("남궁민셔"))
    assert verdict(child, slipped) == (Verdict.REVIEW, Reason.NAME_DIFFERS)


def test_a_family_is_left_alone() -> None:
    father = replace(GROWN, names=named("남궁도윤"), born="19790506", sex="M")
    assert verdict(GROWN, father) == (Verdict.APART, Reason.UNLIKE)


def test_what_stands_for_nothing_known_says_nothing() -> None:
    unknown = of(Demographics(birth_time="19000101", telecoms=(Telecom("010-0000-0000"),)))
    assert unknown == Traits()


def test_a_common_name_says_less_than_a_rare_one() -> None:
    table = weights.shipped()
    found = compare(GROWN, GROWN)
    assert table.bits(found, 0.002) < table.bits(found) < table.bits(found, 1e-6)


LEVELS = st.builds(
    Traits,
    names=st.sampled_from([(), named("김서준"), named("김서쥰"), named("이도윤"), named("김아기")]),
    born=st.sampled_from(["", "19800102", "19800201", "20200102", "1980"]),
    sex=st.sampled_from(["", "M", "F"]),
    phones=st.sampled_from([frozenset(), frozenset({"01001234321"}), frozenset({"01009999321"})]),
    place=st.sampled_from(["", "물결로12101동", "노을로3"]),
    area=st.sampled_from(["", "91234", "95678"]),
    number=st.sampled_from([None, "1", "2"]),
    temporary=st.booleans(),
    multiple=st.booleans(),
)


@given(LEVELS, LEVELS)
def test_no_rule_is_ever_broken_by_a_link(one: Traits, other: Traits) -> None:
    found = judge(one, other, weights.shipped(), year=YEAR)
    assert judge(other, one, weights.shipped(), year=YEAR).verdict is found.verdict
    if found.verdict is Verdict.LINK:
        levels = found.found
        assert not one.temporary
        assert not other.temporary
        assert levels.number is not Level.OTHER
        if levels.number is not Level.SAME:
            assert levels.sex is not Level.OTHER
            assert not one.multiple
            assert not other.multiple
            assert levels.birth in {Level.SAME, Level.SLIP}
            assert Level.SAME in {levels.phone, levels.place}
