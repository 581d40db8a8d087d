"""A concept is found by what a person types for it, whole or half, in any of its terms."""

import unicodedata
from datetime import date

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from naru.domain.terminology import System
from naru.terminology.errors import QueryTooLong
from naru.terminology.keystrokes import INITIALS, pieces
from naru.terminology.queries import search
from tests.terminology.synthetic import FEW, FRACTURE, TODAY, concept, load

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _few(db: None) -> None:
    load(*FEW)


def found(text: str, *, limit: int = 20) -> list[str]:
    return [one.concept.code for one in search(text, on=TODAY, limit=limit)]


def test_a_synonym_leads_to_its_concept_and_the_representative_term() -> None:
    first = search("소모증", on=TODAY)[0]
    assert (first.concept.code, first.concept.display, first.term) == (
        "TEST-H1",
        "당뇨병",
        "소모증",
    )


@pytest.mark.parametrize("typed", ["ㄷ", "다", "당", "당ㄴ", "당뇨", "당뇨ㅂ", "당뇨벼", "당뇨병"])
def test_a_term_is_found_at_every_stroke_of_its_typing(typed: str) -> None:
    assert "TEST-H1" in found(typed)
    assert "TEST-H1" in found(unicodedata.normalize("NFD", typed))


def test_a_final_that_becomes_the_next_initial_is_found_on_the_way() -> None:
    load(*FEW, concept("TEST-H5", "다뇨"))
    for typed in ("다", "단", "다뇨"):
        assert "TEST-H5" in found(typed), typed


@pytest.mark.parametrize("typed", ["ㄷㄴㅂ", "ㄷㄴ", "ㅈ2ㅎ", "제ㅇㅎ", "ㄱㅈ", "ㅅㄱㅂㅈ"])
def test_initial_consonants_find_terms_and_their_words(typed: str) -> None:
    expected = {
        "ㄷㄴㅂ": "TEST-H1",
        "ㄷㄴ": "TEST-H1",
        "ㅈ2ㅎ": "TEST-H2",
        "제ㅇㅎ": None,
        "ㄱㅈ": "TEST-H4",
        "ㅅㄱㅂㅈ": "TEST-H3",
    }[typed]
    assert (expected in found(typed)) if expected else found(typed) == []


def test_initials_and_syllables_may_stand_mixed() -> None:
    assert found("ㄷ뇨병ㅅ") == ["TEST-H3"]
    assert found("ㄷ노병ㅅ") == []


def test_what_is_whole_comes_before_what_begins_and_that_before_what_is_inside() -> None:
    assert found("당뇨병") == ["TEST-H1", "TEST-H3", "TEST-H2"]


def test_the_representative_term_comes_before_a_synonym() -> None:
    load(*FEW, concept("TEST-H6", "골절", "뼈부러짐"), concept("TEST-H7", "깨짐", "골절"))
    assert found("골절")[:2] == ["TEST-H6", "TEST-H7"]


def test_words_are_found_in_any_order_and_inside_a_compound() -> None:
    assert found("신경병증 당뇨") == ["TEST-H3"]
    assert found("골절 대퇴골") == ["TEST-H4"]
    assert found("당뇨 비의존") == ["TEST-H2"]
    assert found("대퇴골 당뇨") == []


def test_english_is_found_by_word_without_case_and_marks() -> None:
    assert found("FEMUR") == ["TEST-H4"]
    assert found("fracture of") == ["TEST-H4"]
    assert found("Frácture") == ["TEST-H4"]
    assert found("type-2") == ["TEST-H2"]


def test_a_code_is_found_with_and_without_its_dot() -> None:
    load(concept("TEST-E11.9", "상세불명의 당뇨병", system=System.KCD_8), system=System.KCD_8)
    for typed in ("TEST-E11.9", "test-e119", "TESTE119", "TEST-E11"):
        assert found(typed) == ["TEST-E119"], typed
    assert search("당뇨", [System.KCD_8], on=TODAY)[0].concept.written == "TEST-E11.9"
    assert len(search("당뇨", [System.KCD_8], on=TODAY)) == 1


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "%",
        "_",
        "%당%",
        "*",
        "'; DROP TABLE",
        "\x00",
        "\x1b[2J",
        "\ud7ff",
        "\uffff",
        "😀",
        "]",
        "@@",
    ],
)
def test_what_is_no_letter_finds_nothing_and_breaks_nothing(typed: str) -> None:
    if typed == "%당%":
        assert found(typed) == found("당")
    else:
        assert found(typed) == []


def test_a_query_longer_than_any_term_is_refused() -> None:
    with pytest.raises(QueryTooLong):
        search("당" * 10_000, on=TODAY)
    assert found("당" * 500) == []


def test_a_term_longer_than_a_key_is_told_apart_by_its_end() -> None:
    long = "아주 긴 이름을 가진 여러 부위의 상세불명의 만성 재발성 염증성 질환 "
    load(*FEW, concept("TEST-H8", long + "가"), concept("TEST-H9", long + "나"))
    assert found(long + "나") == ["TEST-H9"]
    assert set(found(long)) == {"TEST-H8", "TEST-H9"}


def test_no_more_than_asked_for_and_each_concept_once() -> None:
    assert found("당뇨", limit=2) == found("당뇨")[:2]
    assert len(set(found("당"))) == len(found("당"))


TERMS = st.text(
    st.one_of(
        st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3),
        st.sampled_from("abcXYZ0129 -/()é當β"),
    ),
    min_size=1,
    max_size=40,
).filter(lambda text: bool(pieces(text)) and text.strip() == text)


@settings(max_examples=60)
@given(st.lists(TERMS, min_size=1, max_size=4, unique=True), st.data())
def test_every_term_is_found_by_its_prefix_its_initials_and_its_code(
    terms: list[str], data: st.DataObject
) -> None:
    with transaction.atomic():
        load(*FEW, concept("TEST-H99", *terms))
        term = data.draw(st.sampled_from(terms))
        prefix = term[: data.draw(st.integers(1, len(term)))]
        form = data.draw(st.sampled_from(["NFC", "NFD", "NFKC"]))
        if pieces(prefix):
            assert "TEST-H99" in found(unicodedata.normalize(form, prefix))
        assert "TEST-H99" in found(term)
        initials = "".join(map(_initial, term))
        assert "TEST-H99" in found(initials)
        assert found("TEST-H99") == ["TEST-H99"]
        transaction.set_rollback(True)  # Django's signature.


def _initial(character: str) -> str:
    number = ord(character) - 0xAC00
    return INITIALS[number // 588] if 0 <= number < 11_172 else character


def test_a_search_of_another_day_finds_what_was_valid_then() -> None:
    load(FRACTURE, concept("TEST-H1", "당뇨"), *FEW[1:3], since=date(2026, 1, 1))
    assert found("소모증") == ["TEST-H1"]
    assert search("소모증", on=date(2026, 1, 1)) == ()


def test_a_system_out_of_force_is_looked_in_only_where_it_is_named() -> None:
    for system, since in ((System.KCD_8, date(2021, 1, 1)), (System.KCD_9, date(2026, 1, 1))):
        load(concept("TEST-A00", "시험병", system=system), system=system, since=since)
    after = date(2026, 5, 1)
    assert [one.concept.system for one in search("시험병", on=after)] == [System.KCD_9]
    assert [one.concept.system for one in search("시험병", on=TODAY)] == [System.KCD_8]
    named = search("시험병", [System.KCD_8], on=after)
    assert [one.concept.system for one in named] == [System.KCD_8]
