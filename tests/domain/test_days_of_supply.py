"""A prescriber's words for the days of a drug."""

import pytest

from naru.domain.days_of_supply import days_of_supply


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("7", 7),
        ("7일", 7),
        (" 30 일분", 30),
        ("２주", 14),
        ("2주간", 14),
        ("1개월", 30),
        ("3 달", 90),
        ("10-14일", 14),
        ("10일~2주", 14),
        ("1~2주", 14),
        ("7일 x 3", 21),
        ("7일×3회", 21),
        ("14 days", 14),
    ],
)
def test_words_that_tell_days(words: str, days: int) -> None:
    assert days_of_supply(words) == days


@pytest.mark.parametrize(
    "words",
    ["", "0", "필요시", "7 정", "99999", "9999주", "9" * 9, "3회", "7일 14일", "1.5개월", "7" * 99],
)
def test_words_that_are_not_understood(words: str) -> None:
    assert days_of_supply(words) is None
