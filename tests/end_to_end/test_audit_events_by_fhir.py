"""ITI-81 over the real door: what was done is told as AuditEvents, and the look is recorded."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.end_to_end import people
from tests.end_to_end.institutions import HUB_A, Exchange
from tests.end_to_end.node import Node
from tests.end_to_end.wire import Caller

Resource = dict[str, Any]


@pytest.fixture
def client(sandbox: Node) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"http://127.0.0.1:{sandbox.port}/fhir", timeout=30) as found:
        yield found


@pytest.fixture
def since() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def events(client: httpx.Client, since: str, **asked: str) -> list[Resource]:
    answer = client.get("/AuditEvent", params={"date": f"ge{since}", **asked})
    assert answer.status_code == 200, answer.text
    return [one["resource"] for one in answer.json().get("entry", ())]


def somebody(client: httpx.Client) -> tuple[str, str]:
    """A person fed by ITI-104, by key and identifier."""
    value = f"TEST-{uuid4().hex}"
    identifier = f"urn:oid:2.999.81|{value}"
    told = {"resourceType": "Patient", "name": [{"text": f"감사{value[-6:]}"}]}
    answer = client.put("/Patient", params={"identifier": identifier}, json=told)
    assert answer.status_code == 201, answer.text
    return answer.headers["location"].rpartition("/")[2], identifier


def codes(codings: list[Resource]) -> list[str]:
    return [one["code"] for one in codings]


def test_the_published_supplier_event_is_told_alike(
    client: httpx.Client, since: str, published: Path
) -> None:
    """PDQm's supplier example, field by field.

    Deliberately different: the agents stand source first; who called is its institution or
    anonymous, not a Device; the patient is named by identifier, which outlives a merge of keys; the
    query is the question alone, since no header is kept; why is told.
    """
    file = published / "ihe" / "ihe-fhir" / "PDQm" / "AuditEvent-ex-auditPdqmQuery-supplier.json"
    if not file.exists():
        pytest.skip("no published cases: NARU_CASES names no folder")
    wanted = json.loads(file.read_text("utf-8"))
    key, identifier = somebody(client)
    assert client.get("/Patient", params={"identifier": identifier}).json()["total"] == 1

    (told,) = events(client, since, patient=key, subtype="ITI-78")

    assert told["meta"]["profile"] == wanted["meta"]["profile"]
    for field in ("type", "subtype", "action", "outcome"):
        assert told[field] == wanted[field], field
    ours = {one["type"]["coding"][0]["code"]: one for one in told["agent"]}
    theirs = {one["type"]["coding"][0]["code"]: one for one in wanted["agent"]}
    assert set(ours) == set(theirs) == {"110152", "110153"}
    assert ours["110152"]["who"] == {"display": str(client.base_url).rstrip("/")}
    assert ours["110153"]["network"] == {"address": "127.0.0.1", "type": "2"}
    assert told["source"]["type"] == wanted["source"]["type"]
    by_role = {one["role"]["code"]: one for one in told["entity"]}
    for entity in wanted["entity"]:
        for field in ("type", "role"):
            assert by_role[entity["role"]["code"]][field] == entity[field]
    query = base64.b64decode(by_role["24"]["query"]).decode()
    assert query.startswith("Patient?identifier=")
    assert by_role["1"]["what"]["identifier"]["system"].startswith("urn:oid:")


def test_where_it_was_answered_is_not_for_the_caller_to_say(
    client: httpx.Client, since: str
) -> None:
    key, identifier = somebody(client)
    asked = {"identifier": identifier}
    answer = client.get("/Patient", params=asked, headers={"Host": "elsewhere.example"})
    assert answer.json()["total"] == 1
    (told,) = events(client, since, patient=key, subtype="ITI-78")
    own = {one["type"]["coding"][0]["code"]: one["who"] for one in told["agent"]}["110152"]
    assert own == {"display": str(client.base_url).rstrip("/")}


def test_a_feed_is_told_as_created_and_then_updated(client: httpx.Client, since: str) -> None:
    key, identifier = somebody(client)
    told = {"resourceType": "Patient", "name": [{"text": "다시"}]}
    assert client.put("/Patient", params={"identifier": identifier}, json=told).status_code == 200
    found = events(client, since, patient=key, subtype="urn:ihe:event-type-code|ITI-104")
    assert [one["action"] for one in found] == ["U", "C"]
    system, _, value = identifier.partition("|")
    assert found[0]["entity"][0]["what"]["identifier"] == {"system": system, "value": value}


def test_soap_and_fhir_leave_their_events_side_by_side(
    sandbox: Node, client: httpx.Client, since: str
) -> None:
    own = people.newcomer()
    people.feed(Caller(sandbox.port), own)
    identifier = f"urn:oid:{own.authority}|{own.value}"
    client.get("/Patient/$ihe-pix", params={"sourceIdentifier": identifier})
    asked = {"patient.identifier": identifier}
    found = events(client, since, **asked)
    assert [codes(one["subtype"])[0] for one in found][-2:] == ["ITI-83", "ITI-44"]
    only = events(client, since, **asked, type="110110", action="C")
    assert [codes(one["subtype"]) for one in only] == [["ITI-44"]]
    assert events(client, since, **asked, outcome="8", subtype="ITI-44") == []


def test_each_look_is_recorded_once_and_told(
    sandbox: Node, client: httpx.Client, since: str
) -> None:
    key, _ = somebody(client)
    last = sandbox.last_record()
    events(client, since, patient=key)
    (record,) = sandbox.records_after(last)
    assert record.transaction == "ITI-81"
    assert [str(one) for one in record.patients] == [key]
    looks = events(client, since, subtype="ITI-81")
    assert looks
    assert looks[0]["type"]["code"] == "110101"


def test_an_event_is_read_by_its_id(client: httpx.Client, since: str) -> None:
    key, _ = somebody(client)
    (told,) = events(client, since, patient=key, subtype="ITI-104")
    answer = client.get(f"/AuditEvent/{told['id']}")
    assert (answer.status_code, answer.json()) == (200, told)
    record = told["id"].rpartition("-")[0]
    for unknown in (f"{record}-99", f"{uuid4()}-0", "none", record):
        assert client.get(f"/AuditEvent/{unknown}").status_code == 404, unknown


def test_pages_tell_each_event_once(client: httpx.Client, since: str) -> None:
    key, identifier = somebody(client)
    for _ in range(5):
        client.get("/Patient", params={"identifier": identifier})
    asked = {"date": f"ge{since}", "patient": key, "subtype": "ITI-78", "_count": "2"}
    told, seen = client.get("/AuditEvent", params=asked).json(), list[str]()
    for _ in range(4):
        seen += [one["resource"]["id"] for one in told.get("entry", ())]
        links = {one["relation"]: one["url"] for one in told["link"]}
        if "next" not in links:
            break
        assert key not in links["next"]
        told = client.get(links["next"]).json()
    assert (len(seen), len(set(seen))) == (5, 5)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "required"),
        ("?subtype=ITI-78", "required"),
        ("?date=yesterday", "value"),
        ("?date=ne2026-01-01", "not-supported"),
        ("?date=ge2026-01-01&patient=1&patient.identifier=a|b", "invalid"),
        ("?date=ge2026-01-01&shoe-size=43", "not-supported"),
        ("?_page=AAAA", "value"),
    ],
)
def test_a_look_that_cannot_be_answered_is_refused(
    client: httpx.Client, query: str, code: str
) -> None:
    answer = client.get(f"/AuditEvent{query}")
    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (400, code)


def test_nobody_is_found_for_an_unknown_patient(client: httpx.Client) -> None:
    for patient in ("none", str(uuid4()), "https://elsewhere.example/fhir/Patient/1"):
        assert events(client, "2020-01-01", patient=patient) == []


def test_a_hospital_has_no_right_to_the_trail(exchange: Exchange) -> None:
    context = exchange.caller(HUB_A).tls
    assert context is not None
    address = f"https://127.0.0.1:{exchange.node.tls_port}/fhir/AuditEvent"
    last = exchange.node.last_record()
    with httpx.Client(verify=context) as hospital:
        for path in ("?date=ge2020-01-01", f"/{uuid4()}-0"):
            answer = hospital.get(address + path)
            assert (answer.status_code, answer.json()["issue"][0]["code"]) == (403, "forbidden")
    records = exchange.node.records_after(last)
    assert [(one.transaction, one.outcome) for one in records] == [("ITI-81", 4)] * 2
