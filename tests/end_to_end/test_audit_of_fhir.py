"""ITI-20 of what comes by FHIR: each transaction writes the audit message of its own."""

from collections.abc import Iterator

import httpx
import pytest

from tests.end_to_end import people
from tests.end_to_end.audit_peer import await_received
from tests.end_to_end.mhd import bundle, named
from tests.end_to_end.node import Node, fresh_database
from tests.end_to_end.wire import Caller
from tests.ports import free_port

JSON = {"Content-Type": "application/fhir+json"}


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """A sandbox that is the audit record repository of itself."""
    folder = tmp_path_factory.mktemp("node") / "data"
    folder.mkdir()
    port = str(free_port())
    with fresh_database() as database:
        made = Node(
            data=folder,
            database=database,
            options=(
                *("--sandbox", "--audit-tcp-port", port),
                *("--audit-to", f"tcp://127.0.0.1:{port}"),
            ),
        )
        made.start()
        yield made
        made.stop()


def test_each_transaction_by_fhir_writes_its_message(node: Node) -> None:
    patient = people.newcomer()
    assert people.acknowledgement(people.feed(Caller(node.port), patient)) == "CA"
    whom = {"patient.identifier": named(patient)}
    with httpx.Client(base_url=f"http://127.0.0.1:{node.port}/fhir", headers=JSON) as client:
        client.post("", json=bundle(patient, b"TEST"))
        client.get("/List", params={**whom, "code": "submissionset", "status": "current"})
        client.get("/DocumentReference", params={**whom, "status": "current"})
        client.get("/Binary/00000000-0000-4000-8000-000000000001")
        client.get("/Patient", params={"identifier": named(patient)})
        client.get("/Patient/$ihe-pix", params={"sourceIdentifier": named(patient)})
        client.put("/Patient", params={"identifier": named(patient)}, json=_patient(patient.value))
        client.post("/Patient/$match", json=_match(patient.value))
        client.get("/Observation", params=whom)

    wanted = {
        "ITI-65": "110107",
        "ITI-66": "110112",
        "ITI-67": "110112",
        "ITI-68": "110106",
        "ITI-78": "110112",
        "ITI-83": "110112",
        "ITI-104": "110110",
        "ITI-119": "110112",
        "search-type": "110112",
    }
    found = await_received(node, lambda held: {one["type"] for one in held} >= wanted.keys())
    assert {one["type"]: one["event"] for one in found if one["type"] in wanted} == wanted
    (asked,) = [one for one in found if one["type"] == "ITI-67"]
    assert "^^^&" in asked["objects"][0]  # The patient stands first, by the affinity domain.


def test_a_token_that_is_not_believed_is_a_failed_user_authentication(node: Node) -> None:
    url = f"http://127.0.0.1:{node.port}/fhir/Patient"
    refused = httpx.get(url, headers={"Authorization": "Bearer TEST.no.token"})
    assert refused.status_code == httpx.codes.UNAUTHORIZED

    found = await_received(node, lambda held: any(one["event"] == "110114" for one in held))

    (told,) = [one for one in found if one["event"] == "110114"]
    assert (told["type"], told["outcome"], told["objects"]) == ("110122", 4, [])
    assert not any("TEST.no.token" in one["octets"] for one in found)


def _patient(value: str) -> dict[str, object]:
    identifier = {"system": f"urn:oid:{people.DOMAIN}", "value": value}
    return {"resourceType": "Patient", "identifier": [identifier], "name": [{"text": "김나루"}]}


def _match(value: str) -> dict[str, object]:
    return {
        "resourceType": "Parameters",
        "parameter": [{"name": "resource", "resource": _patient(value)}],
    }
