"""Times as the databases hand them out."""

from datetime import UTC, datetime

import pytest

from naru.registry.selection import moment_of


@pytest.mark.parametrize(
    "stored",
    [
        datetime(2026, 11, 20, 3, 4, 5, tzinfo=UTC),
        datetime(2026, 11, 20, 3, 4, 5),  # noqa: DTZ001  # As SQLite's converter makes it.
        "2026-11-20 03:04:05",
        "2026-11-20 03:04:05+00:00",
    ],
    ids=str,
)
def test_a_stored_time_is_told_in_utc(stored: object) -> None:
    found = moment_of(stored)
    assert found == datetime(2026, 11, 20, 3, 4, 5, tzinfo=UTC)
    assert found.tzinfo is not None
