"""Times to the precision that was written, up to the last that a calendar can say."""

from datetime import UTC, date, datetime

import pytest

from naru.domain import dtm
from naru.domain.korea import korean_day, korean_day_of


@pytest.mark.parametrize(
    "text", ["9999", "999912", "99991231", "9999123122", "9999123123", "99991231235959"]
)
def test_a_time_whose_end_no_calendar_can_say_is_no_dtm(text: str) -> None:
    with pytest.raises(dtm.InvalidDtm):
        dtm.interval(text)


def test_digits_of_another_script_are_none() -> None:
    with pytest.raises(dtm.InvalidDtm):
        dtm.interval("２０２６")


def test_a_time_means_the_whole_of_what_was_not_written() -> None:
    start, end = dtm.interval("2026112003")
    assert start == datetime(2026, 11, 20, 3, tzinfo=UTC)
    assert end == datetime(2026, 11, 20, 4, tzinfo=UTC)


def test_a_day_of_the_writer_stays_that_day_in_korea_and_an_hour_may_be_of_the_next() -> None:
    assert korean_day_of("20261120") == date(2026, 11, 20)
    assert korean_day_of("2026112014") == date(2026, 11, 20)
    assert korean_day_of("2026112015") == date(2026, 11, 21)


def test_korea_has_a_last_day_too() -> None:
    assert korean_day(datetime.max.replace(tzinfo=UTC)) == date.max
