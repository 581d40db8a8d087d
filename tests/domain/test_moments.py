"""A moment that others tell can be told in every zone."""

from datetime import UTC, datetime

import pytest

from naru.domain.korea import KST
from naru.domain.moments import in_utc


@pytest.mark.parametrize(
    "text",
    [
        "0001-01-01T00:00:00+14:00",
        "0001-01-01T23:59:59+00:00",
        "9999-12-31T23:59:59-12:00",
        "9999-12-31T15:00:00+00:00",
    ],
)
def test_one_at_the_calendars_ends_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="calendar"):
        in_utc(datetime.fromisoformat(text))


@pytest.mark.parametrize("text", ["0001-01-02T00:00:00+00:00", "9999-12-30T14:00:00-09:00"])
def test_one_beside_them_is_told_in_korea_too(text: str) -> None:
    time = in_utc(datetime.fromisoformat(text))
    assert time.tzinfo is UTC
    assert time.astimezone(KST) == time
