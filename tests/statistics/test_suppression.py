"""What is not told cannot be worked out from what is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from naru.statistics.suppression import told, total

SMALL = 5


@pytest.mark.parametrize(
    ("line", "shown", "whole"),
    [
        ({"a": 9, "b": 7}, {"a": 9, "b": 7}, 16),
        ({"a": 9, "b": 0}, {"a": 9, "b": 0}, 9),
        ({"a": 9, "b": 1, "c": 8}, {"a": 9, "b": None, "c": None}, 18),
        ({"a": 9, "b": 4, "c": 4}, {"a": 9, "b": None, "c": None}, 17),
        ({"a": 9, "b": 1, "c": 1}, {"a": None, "b": None, "c": None}, 11),
        ({"a": 3}, {"a": None}, None),
        ({"a": 1, "b": 1}, {"a": None, "b": None}, None),
        ({}, {}, 0),
    ],
)
def test_small_numbers_and_what_gives_them_away(
    line: dict[str, int], shown: dict[str, int | None], whole: int | None
) -> None:
    assert told(line, SMALL) == shown
    assert total(line, told(line, SMALL), SMALL) == whole


@given(st.dictionaries(st.integers(0, 30), st.integers(0, 20), max_size=12))
def test_no_small_number_follows_from_a_line(line: dict[int, int]) -> None:
    shown = told(line, SMALL)
    whole = total(line, shown, SMALL)

    assert all(number is None or number == line[key] for key, number in shown.items())
    assert not any(number is not None and 0 < number < SMALL for number in shown.values())
    hidden = [key for key, number in shown.items() if number is None]
    if hidden and whole is not None:
        assert len(hidden) > 1
        assert whole - sum(number or 0 for number in shown.values()) >= SMALL
    assert hidden or not any(0 < number < SMALL for number in line.values())
