from collections.abc import Iterator

import pytest

from naru.domain.identifiers import Identifier
from tests.end_to_end.institutions import GRANT, HUB_A, Exchange, consents
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
