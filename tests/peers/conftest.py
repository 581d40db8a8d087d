from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from naru.domain.identifiers import Identifier
from naru.domain.korea import korean_day
from tests.end_to_end import people
from tests.end_to_end.institutions import CONTENT, GRANT, HUB_A, Exchange, consents
from tests.end_to_end.node import fresh_database
from tests.peers.mutual_tls import Institution


@pytest.fixture(scope="session")
def exchange(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exchange]:
    """A node for real records, to which strangers' programs speak by mutual TLS."""
    with fresh_database() as database:
        found = Exchange.establish(tmp_path_factory.mktemp("exchange"), database)
        found.node.start()
        yield found
        found.node.stop()


@pytest.fixture(scope="session")
def hub(exchange: Exchange) -> Institution:
    """The institution in whose name the peers call."""
    return Institution.of(exchange, HUB_A)


@pytest.fixture(scope="session")
def patient(exchange: Exchange) -> Identifier:
    """A patient of the hub, who consents, by the identifier of the affinity domain."""
    registered = exchange.registered(HUB_A)
    consents(exchange.caller(HUB_A), registered, GRANT)
    return registered


@pytest.fixture(scope="session")
def registered(exchange: Exchange, patient: Identifier) -> str:
    """The uniqueId of a document that was made and submitted since the patient's consent."""
    today = f"{korean_day(datetime.now(UTC)):%Y%m%d}"
    entry = replace(
        people.entry(patient, CONTENT), service_start_time=today, service_stop_time=today
    )
    sent = people.submission(patient, entry)
    sent = replace(sent, submission_set=replace(sent.submission_set, submission_time=today))
    answer = exchange.caller(HUB_A).provide(sent, CONTENT)
    assert answer.errors == []
    return entry.unique_id
