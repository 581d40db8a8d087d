"""A document that breaks its form, at the doors of a node that refuses such."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from naru.domain.codes import Code
from naru.domain.identifiers import Identifier
from naru.domain.xds import DocumentEntry
from naru.formats.cda import write_paper_document
from tests import papers
from tests.end_to_end import mhd, people
from tests.end_to_end.conftest import ESTABLISH, RECORDED_REPOSITORY
from tests.end_to_end.mhd import Consumer, bundle, checked
from tests.end_to_end.node import Node, fresh_database
from tests.end_to_end.wire import Caller

RECEIPT = write_paper_document(papers.documents(papers.header())[1])
BROKEN = RECEIPT.replace(b'value="15260"', b'value="15261"').replace(b"15,260", b"15,261")
FORMAT = Code("urn:oid:2.25.279126366289637767714409908982798392340.1.2", "NARU-FORMAT")
CODE = "XDSRepositoryMetadataError"
RULE = "[receipt.payer-share]"


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    folder = tmp_path_factory.mktemp("checked")
    anybody = Identifier("TEST-0", people.DOMAIN)
    example = people.submission(anybody, entry(anybody, RECEIPT))
    people.write_code_sets(folder / "codes.json", [example])
    with fresh_database() as database:
        running = Node(
            data=folder / "data",
            database=database,
            options=("--sandbox", "--codes", str(folder / "codes.json")),
            variables={"NARU_DOCUMENT_CHECK": "refuse"},
        )
        running.data.mkdir()
        running.administer(ESTABLISH, RECORDED_REPOSITORY)
        running.start()
        yield running
        running.stop()


@pytest.fixture(scope="module")
def patient(node: Node) -> Identifier:
    newcomer = people.newcomer()
    assert people.acknowledgement(people.feed(Caller(node.port), newcomer)) == "CA"
    return newcomer


def entry(patient: Identifier, content: bytes) -> DocumentEntry:
    return replace(people.entry(patient, content), format_code=FORMAT)


def test_iti_41_refuses_by_rule_and_place(node: Node, patient: Identifier) -> None:
    soap = Caller(node.port)
    sound, broken = entry(patient, RECEIPT), entry(patient, BROKEN)
    assert b"Success" in soap.provide(people.submission(patient, sound), RECEIPT).content

    answer = soap.provide(people.submission(patient, broken), BROKEN).content.decode()
    assert "ResponseStatusType:Failure" in answer
    assert CODE in answer
    assert RULE in answer
    assert " at /ClinicalDocument/component/structuredBody/" in answer
    assert "15,26" not in answer, "it says nothing of what the document says"


def test_iti_65_refuses_with_an_outcome(node: Node, patient: Identifier) -> None:
    consumer = Consumer(f"http://127.0.0.1:{node.port}/fhir")
    sent = bundle(patient, BROKEN, entries=[entry(patient, BROKEN)])
    answer = consumer.provide(sent)
    assert mhd.issue(answer) == (422, CODE)
    (issue,) = checked(answer)["issue"]
    assert RULE in issue["diagnostics"]
    assert "15,26" not in answer.text
