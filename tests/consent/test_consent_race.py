"""A withdrawal holds for every read that begins after its commit, at every door at once."""

from collections.abc import Iterator

import pytest

from tests.consent.racing import Race, prepared
from tests.end_to_end.institutions import Exchange
from tests.end_to_end.node import fresh_database

READERS = 32


@pytest.fixture(scope="module")
def race(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Race]:
    """Thirty-two readers of one document at a time, at a node whose pages are open."""
    with fresh_database() as database:
        exchange = Exchange.establish(tmp_path_factory.mktemp("race"), database)
        exchange.node.variables = {**exchange.node.variables, "NARU_DEMO": "1"}
        exchange.node.start()
        with prepared(exchange, READERS) as found:
            yield found
        exchange.node.stop()


def test_consent_race_gives_nothing_after_the_withdrawal(race: Race) -> None:
    race.run(8)
    require_a_race(race)


@pytest.mark.long
@pytest.mark.timeout(5400)
def test_consent_race_of_ten_thousand_withdrawals(race: Race) -> None:
    race.run(10_000)
    require_a_race(race)


def require_a_race(race: Race) -> None:
    """Both sides of each withdrawal were met, or nothing has been shown."""
    assert race.granted
    assert race.refused_after
