"""npm `fhir-kit-client`: a FHIR client at the FHIR door, by mutual TLS."""

import json
from pathlib import Path
from typing import Final

import pytest

from naru.domain.identifiers import Identifier
from tests.peers import exchanges, installed
from tests.peers.exchanges import Exchanges
from tests.peers.mutual_tls import Institution

installed.need("node", "hapi")
pytestmark = exchanges.together("fhir-kit-client")

EXCHANGES: Final = (
    "FHIR metadata",
    "FHIR an unknown parameter",
    "ITI-104 a conditional update that adds",
    "ITI-78 search by family name",
    "ITI-78 search by POST",
    "ITI-78 read",
    "ITI-78 read of nobody",
    "ITI-83 the affinity domain's identifier",
    "ITI-119 match",
)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("resources")


@pytest.fixture(scope="session")
def told(hub: Institution, patient: Identifier, folder: Path) -> Exchanges:
    settings = hub.settings(patient) | {"folder": str(folder)}
    command = installed.node("fhir_exchanges.js")
    return Exchanges.run(command, {"NARU_PEER": json.dumps(settings)})


def test_every_exchange_is_listed(told: Exchanges) -> None:
    told.must_be(EXCHANGES)


@pytest.mark.parametrize("name", exchanges.each("fhir-kit-client 2.0", EXCHANGES))
def test_fhir_kit_client_exchanges_with_a_node(told: Exchanges, name: str) -> None:
    told.must_have_succeeded(name)
