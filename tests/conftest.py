import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.published import CASES

# The same examples each time, whatever the machine does beside: a change is judged by what it
# changes. `make test-long` draws new ones.
settings.register_profile(
    "same", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("new", parent=settings.get_profile("same"), derandomize=False)
settings.load_profile("same")

PROJECT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def data() -> Path:
    """The data folder of this test process."""
    from tests.environment import DATA

    return DATA


@pytest.fixture(scope="session")
def cases() -> Path:
    """The published test cases, which are not part of the project."""
    if not CASES.is_dir():
        pytest.skip("no published cases: NARU_CASES names no folder")
    return CASES


@pytest.fixture(autouse=True)
def _commit_thread_ends_with_its_test() -> Iterator[None]:
    """Close the audit's own connection, which would keep a test database from being dropped."""
    yield
    from naru.audit.services import stop

    stop()


@pytest.fixture(autouse=True)
def _no_count_outlives_its_test(
    _django_db_marker: None,  # For the order: it empties the database afterwards.
) -> Iterator[None]:
    """Forget the strangers who were counted: their record would be written into another test."""
    yield
    if "naru.exchange.callers.strangers" in sys.modules:
        from naru.exchange.callers import strangers

        strangers.forget()
