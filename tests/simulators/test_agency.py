"""An agency's own system beside a node that is away, and at hostile addresses."""

import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from naru.security import jwks
from naru.simulators.agency import Document, Kept, Simulator
from naru.simulators.agency_node import Account, Node, NotGiven, public_keys
from naru.simulators.program import serving
from tests.ports import free_port

KEY = ec.generate_private_key(ec.SECP256R1())


@pytest.fixture(scope="module")
def agency() -> Iterator[Simulator]:
    account = Account(client_id="service-1", key=KEY, context=ssl.create_default_context())
    node = Node(f"https://127.0.0.1:{free_port()}", account)
    with serving(Simulator(free_port(), "시험기관 <모의>", node)) as program:
        yield program


def asked(
    agency: Simulator, path: str, form: bytes | None = None, **headers: str
) -> tuple[int, str]:
    request = urllib.request.Request(f"{agency.address}{path}", form, headers)  # Loopback.
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # Same.
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.read().decode()


def test_while_its_node_is_away_it_says_so_and_keeps_what_it_took(agency: Simulator) -> None:
    task = uuid4()
    proof = {"status": "validated", "validationProcess": []}
    told = {"title": "글", "contentType": "text/plain", "size": 1, "hash": ""}
    document = Document(number=1, attachment=told, source="시험병원", proof=proof)
    agency.kept[task, 1] = Kept(document=document, content=b"1")

    status, page = asked(agency, "/")
    assert status == 200
    assert "나루에 연결되지 않았습니다" in page
    assert f"/deliveries/{task}" in page
    assert "&lt;모의&gt;" in page
    assert "연결되지 않았습니다" in asked(agency, f"/deliveries/{task}")[1]
    assert asked(agency, f"/deliveries/{task}/documents/1") == (200, "1")
    assert asked(agency, f"/deliveries/{task}/take", b"")[0] == 502
    assert "받은 파일이 다름" in asked(agency, f"/deliveries/{task}")[1]  # It has no such hash.


@pytest.mark.parametrize(
    "path",
    ["/deliveries", "/deliveries/x", f"/deliveries/{UUID(int=1)}/documents/1", "/../etc", "/%00"],
)
def test_what_is_no_address_of_its_is_not_there(agency: Simulator, path: str) -> None:
    assert asked(agency, path)[0] == 404
    assert asked(agency, path, b"")[0] == 404


def test_another_site_s_form_takes_nothing(agency: Simulator) -> None:
    path = f"/deliveries/{uuid4()}/take"
    assert asked(agency, path, b"", Origin="http://elsewhere.example")[0] == 404


def test_its_token_goes_to_its_node_alone(agency: Simulator) -> None:
    elsewhere = {"url": "https://elsewhere.example/fhir/Binary/1", "contentType": "text/plain"}
    with pytest.raises(NotGiven):
        agency.node.document(elsewhere)


def test_a_node_reads_the_keys_of_its_account() -> None:
    (read,) = jwks.read(public_keys(KEY))
    assert isinstance(read, ec.EllipticCurvePublicKey)
    assert read.public_numbers() == KEY.public_key().public_numbers()
