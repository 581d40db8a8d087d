import pytest

from naru.domain.hangul import is_like


@pytest.mark.parametrize(
    "typed",
    ["푸른대학교병원", "푸른", "ㅍㄹㄷㅎㄱ", "푸ㄹ대", "대하", "푸른 대학", "ㅂㅇ", "병워", ""],
)
def test_what_is_typed_finds_the_name(typed: str) -> None:
    assert is_like(typed, "푸른대학교병원")


@pytest.mark.parametrize("typed", ["푸린", "ㅍㄷ", "대하교", "병원원", "푸른대학교병원ㅂ"])
def test_what_is_another_name_does_not(typed: str) -> None:
    assert not is_like(typed, "푸른대학교병원")


def test_capitals_do_not_count() -> None:
    assert is_like("naru", "NARU 의원")
