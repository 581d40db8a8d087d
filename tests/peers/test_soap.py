"""npm `soap`: a SOAP and MTOM client of others, made from the WSDLs that IHE published.

It packs what it sends with attachments (ITI-41) or forced to MTOM (ITI-43), and takes an MTOM
answer apart itself. All goes by mutual TLS.
"""

import json
from pathlib import Path
from typing import Final

import pytest

from naru.domain.identifiers import Identifier
from tests.peers import exchanges, installed, published
from tests.peers.exchanges import Exchanges
from tests.peers.mutual_tls import Institution

installed.need("node")
pytestmark = exchanges.together("npm-soap")

EXCHANGES: Final = (
    "ITI-41 two documents as attachments",
    "ITI-42 one entry",
    "ITI-18 FindDocuments",
    "ITI-43 two documents as attachments",
    "ITI-44 add",
    "ITI-45 the affinity domain's identifier",
    "ITI-47 by name",
)


@pytest.fixture(scope="session")
def told(
    hub: Institution, patient: Identifier, cases: Path, tmp_path_factory: pytest.TempPathFactory
) -> Exchanges:
    command = installed.node("soap_exchanges.js")
    wsdl = published.lay_out(cases / "schemas", tmp_path_factory.mktemp("wsdl"))
    settings = hub.settings(patient) | {"wsdl": str(wsdl)}
    return Exchanges.run(command, {"NARU_PEER": json.dumps(settings)})


def test_every_exchange_is_listed(told: Exchanges) -> None:
    told.must_be(EXCHANGES)


@pytest.mark.parametrize("name", exchanges.each("npm soap 1.13", EXCHANGES))
def test_npm_soap_exchanges_with_a_node(told: Exchanges, name: str) -> None:
    told.must_have_succeeded(name)
