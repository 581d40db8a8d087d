"""IPF (Open eHealth Integration Platform): clients of the IHE transactions with their validators.

Each message passes IPF's request validator before it leaves, and what Naru answers passes its
response validator: XML Schema, Schematron where IPF has one, and its rules for ebXML metadata.
All go by mutual TLS. The messages of ITI-44 are translated by IPF itself from HL7 v2.
"""

from typing import Final

import pytest

from naru.domain.identifiers import Identifier
from tests.peers import exchanges, installed
from tests.peers.exchanges import Exchanges
from tests.peers.mutual_tls import PASSWORD, Institution

installed.need("ipf")
pytestmark = exchanges.together("ipf")

EXCHANGES: Final = (
    "ITI-44 add",
    "ITI-44 add another",
    "ITI-44 revise",
    "ITI-45 the affinity domain's identifier",
    "ITI-47 by name and birth date",
    "ITI-44 merge",
    "ITI-45 an identifier that nobody has",
    "ITI-47 nobody",
    "ITI-78 by identifier",
    "ITI-78 by name and birth date",
    "ITI-83 the affinity domain's identifier",
    "ITI-41 one document by MTOM",
    "ITI-42 one entry",
    "ITI-18 FindDocuments",
    "ITI-18 FindDocuments by ObjectRef",
    "ITI-18 GetDocuments",
    "ITI-18 FindSubmissionSets",
    "ITI-18 GetSubmissionSetAndContents",
    "ITI-18 FindDocuments of nobody",
    "ITI-43 the provided document",
    "ITI-43 a document that nobody has",
    "ITI-67 documents of a patient",
    "ITI-66 submission sets of a patient",
)


@pytest.fixture(scope="session")
def told(
    hub: Institution, patient: Identifier, tmp_path_factory: pytest.TempPathFactory
) -> Exchanges:
    own, authority = hub.write_pkcs12(tmp_path_factory.mktemp("ipf"))
    settings = {
        "wire": f"127.0.0.1:{hub.port}",
        "certificate": own,
        "authority": authority,
        "password": PASSWORD,
        "institution": hub.oid,
        "repository": hub.repository,
        "domain": patient.authority,
        "patient": patient.value,
    }
    return Exchanges.run(installed.java("ipf", "naru.peers.ipf.Exchanges", settings))


def test_every_exchange_is_listed(told: Exchanges) -> None:
    told.must_be(EXCHANGES)


@pytest.mark.parametrize("name", exchanges.each("IPF 4.8", EXCHANGES))
def test_ipf_exchanges_with_a_node(told: Exchanges, name: str) -> None:
    told.must_have_succeeded(name)
