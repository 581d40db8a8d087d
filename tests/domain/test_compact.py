"""What a document says, as plain lists and back."""

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from naru.domain.clinical import Content, Diagnosis, Immunization, TestResult, When
from naru.domain.clinical.compact import from_plain, to_plain

st.register_type_strategy(
    Decimal, st.decimals(allow_nan=False, allow_infinity=False, places=2, max_value=10**6)
)
MOMENTS: st.SearchStrategy[When] = st.one_of(
    st.dates(),
    st.datetimes(),
    st.datetimes(timezones=st.just(timezone(timedelta(hours=9)))),
)


@given(st.from_type(Content))
def test_whatever_is_said_comes_back_as_it_was(content: Content) -> None:
    written = msgspec.msgpack.encode(to_plain(content))

    assert from_plain(msgspec.msgpack.decode(written)) == content


@pytest.mark.parametrize("number", [-(10**30), -(2**63), 0, 2**63 - 1, 2**63, 10**30])
def test_a_number_of_any_size_is_kept(number: int) -> None:
    said = Content(
        immunizations=(Immunization(date=date(2026, 11, 20), name="시험", dose_number=number),)
    )
    written = msgspec.msgpack.encode(to_plain(said))

    assert from_plain(msgspec.msgpack.decode(written)) == said


@given(MOMENTS)
def test_a_day_stays_a_day_and_a_moment_keeps_its_zone(when: When) -> None:
    said = Content(test_results=(TestResult(time=when, name="칼륨", result="4.1"),))

    (found,) = from_plain(to_plain(said)).test_results

    assert (type(found.time), found.time) == (type(when), when)
    if isinstance(when, datetime) and isinstance(found.time, datetime):
        assert found.time.utcoffset() == when.utcoffset()


def test_what_was_not_said_takes_no_room() -> None:
    said = Content(diagnoses=(Diagnosis(date=date(2026, 1, 2), code="I10", name="고혈압"),))

    assert to_plain(said) == [[], [["2026-01-02", "I10", "고혈압"]]]


@pytest.mark.parametrize("plain", [[[], [["2026-01-02", "I10"]]], [[]] * 20])
def test_what_was_never_written_is_refused(plain: list[object]) -> None:
    with pytest.raises(ValueError, match="are no"):
        from_plain(plain)  # type: ignore[arg-type]  # Lists of lists, as it takes them.
