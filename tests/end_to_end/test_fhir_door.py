"""The FHIR door over real sockets: what HTTP says, and the one access record of each request."""

import re
import time
from collections import Counter

import httpx
import pytest

from naru.formats.fhir import validation, xml
from tests.end_to_end import raw
from tests.end_to_end.institutions import HUB_A, STRANGER, SUSPENDED, Exchange
from tests.end_to_end.node import Node


@pytest.fixture
def base(sandbox: Node) -> str:
    return f"http://127.0.0.1:{sandbox.port}/fhir"


def code(answer: httpx.Response) -> str:
    assert answer.headers["content-type"].startswith("application/fhir+json")
    outcome = answer.json()
    assert outcome["resourceType"] == "OperationOutcome"
    return str(outcome["issue"][0]["code"])


def test_the_door_says_what_it_answers(sandbox: Node, base: str) -> None:
    last = sandbox.last_record()
    answer = httpx.get(f"{base}/metadata")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/fhir+json; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    statement = answer.json()
    assert statement["resourceType"] == "CapabilityStatement"
    assert statement["fhirVersion"] == "4.0.1"
    assert statement["implementation"]["url"] == base
    (record,) = sandbox.records_after(last)
    assert record.transaction == "FHIR capabilities"
    assert record.errors == ()


def test_the_node_names_the_transactions_of_the_door(sandbox: Node) -> None:
    node = f"http://127.0.0.1:{sandbox.port}"
    doors = httpx.get(f"{node}/.well-known/naru").json()["doors"]
    (told,) = [door["transactions"] for door in doors if door["path"] == "/fhir"]
    scopes = httpx.get(f"{node}/.well-known/oauth-authorization-server").json()["scopes_supported"]

    assert sorted(told) == sorted(one for one in scopes if one.startswith("ITI-"))


@pytest.mark.parametrize(
    ("method", "path", "status", "issue"),
    [
        ("GET", "/Nothing", 404, "not-supported"),
        ("GET", "/metadata/1/2/3/4/5/6", 404, "not-supported"),
        ("GET", "/%2e%2e/secret", 404, "not-supported"),
        ("GET", "/Patient/%00", 404, "not-supported"),
        ("GET", "/환자", 404, "not-supported"),
        ("DELETE", "/metadata", 405, "not-supported"),
        ("PUT", "/metadata", 405, "not-supported"),
        ("GET", "/metadata?%FF=1", 400, "invalid"),
        ("GET", "/metadata?x", 400, "invalid"),
    ],
)
def test_what_is_not_answered_is_refused_and_recorded_once(
    sandbox: Node, base: str, method: str, path: str, status: int, issue: str
) -> None:
    last = sandbox.last_record()
    answer = httpx.request(method, base + path)

    assert (answer.status_code, code(answer)) == (status, issue)
    (record,) = sandbox.records_after(last)
    assert record.errors


def test_another_media_type_is_not_acceptable(base: str) -> None:
    for accept in ("text/turtle", "application/fhir+json;fhirVersion=3.0", "application/json;q=0"):
        answer = httpx.get(f"{base}/metadata", headers={"accept": accept})
        assert answer.status_code == 406, accept
    assert httpx.get(f"{base}/metadata?_format=ttl").status_code == 406


def test_json_by_any_of_its_names(base: str) -> None:
    for accept in (
        "application/fhir+json; fhirVersion=4.0",
        "application/json",
        "text/html,*/*;q=0.8",
        "",
    ):
        assert httpx.get(f"{base}/metadata", headers={"accept": accept}).status_code == 200, accept
    pretty = httpx.get(f"{base}/metadata?_format=json&_pretty=true")
    assert pretty.text.startswith('{\n  "resourceType"')


def test_head_and_options(base: str) -> None:
    head = httpx.head(f"{base}/metadata")
    assert head.status_code == 200
    assert int(head.headers["content-length"]) > 100
    options = httpx.options(f"{base}/metadata", headers={"origin": "https://example.org"})
    assert options.status_code == 204
    assert options.headers["allow"] == "GET, HEAD, OPTIONS"
    assert not [name for name in options.headers if name.startswith("access-control")]


def test_only_participants_come_in(exchange: Exchange) -> None:
    answer = exchange.caller(HUB_A)
    context = answer.tls
    assert context is not None
    address = f"https://127.0.0.1:{exchange.node.tls_port}/fhir/Practitioner"
    with httpx.Client(verify=context) as client:
        assert client.get(address).status_code == 200
    for oid in (STRANGER, SUSPENDED):
        stranger = exchange.caller(oid).tls
        assert stranger is not None
        last = exchange.node.last_record()
        with httpx.Client(verify=stranger) as client:
            refused = client.get(address)
        assert (refused.status_code, code(refused)) == (401, "login")
        (record,) = exchange.node.records_after(last)
        assert "login" in record.errors[0]


def test_anybody_learns_where_tokens_are_given(exchange: Exchange) -> None:
    base = f"http://127.0.0.1:{exchange.node.port}/fhir"
    wrong = {"authorization": "Bearer a.b.c"}
    for headers in ({}, wrong):
        last = exchange.node.last_record()
        answer = httpx.get(f"{base}/metadata", headers=headers)
        assert answer.status_code == 200
        assert validation.faults(answer.json()) == ()
        (record,) = exchange.node.records_after(last)
        assert (record.transaction, record.institution) == ("FHIR capabilities", None)
    told = answer.json()["rest"][0]["security"]["description"]
    (metadata,) = re.findall(r"https?://\S+/.well-known/\S+", told)
    tokens = httpx.get(f"{base}/../{metadata.split('/', 3)[3]}").json()
    found = httpx.get(f"{base}/.well-known/smart-configuration").json()
    assert found["token_endpoint"] == tokens["token_endpoint"]
    assert "system/Observation.cruds" in found["scopes_supported"]
    assert httpx.get(f"{base}/Practitioner").status_code == 401


def test_strangers_who_come_in_crowds_are_counted_by_what_became_of_them(
    exchange: Exchange,
) -> None:
    base, number = f"http://127.0.0.1:{exchange.node.port}/fhir", 60
    last = exchange.node.last_record()
    with httpx.Client() as client:
        for _ in range(number):
            assert client.get(f"{base}/metadata").status_code == 200
            assert client.get(f"{base}/Practitioner").status_code == 401
    deadline = time.monotonic() + 5
    told: Counter[str] = Counter()
    while told.total() < 2 * number and time.monotonic() < deadline:
        time.sleep(0.1)
        told.clear()
        for record in exchange.node.records_after(last):
            more = re.match(r"(\d+) more requests of strangers", "".join(record.errors))
            told[record.transaction] += int(more[1]) if more else 1
    assert told == {"FHIR capabilities": number, "FHIR": number}


def test_xml_is_written_to_whoever_asks_for_it(base: str) -> None:
    answer = httpx.get(f"{base}/metadata", headers={"accept": "application/fhir+xml"})

    assert answer.headers["content-type"] == "application/fhir+xml; charset=utf-8"
    statement = xml.from_xml(answer.content)
    assert validation.faults(statement) == ()
    assert statement == httpx.get(f"{base}/metadata").json()
    refused = httpx.get(f"{base}/Nothing?_format=xml")
    assert xml.from_xml(refused.content)["issue"][0]["code"] == "not-supported"


@pytest.mark.parametrize(
    ("headers", "content", "status"),
    [
        ({"content-type": "application/fhir+json"}, b'{"resourceType":"Basic","id":NaN}', 400),
        ({"content-type": "application/fhir+json"}, b'{"id":"1","id":"1"}', 400),
        ({"content-type": "application/fhir+json"}, b"\xef\xbb\xbf{}", 400),
        ({"content-type": "application/fhir+json"}, b"[" * 100_000, 400),
        ({"content-type": "application/fhir+json"}, b" " * (3 * 1024 * 1024), 413),
        ({"content-type": "application/fhir+xml"}, b"<!DOCTYPE x><x/>", 400),
        ({"content-type": "application/fhir+xml"}, b"<" * (3 * 1024 * 1024), 413),
        ({"content-type": "text/plain"}, b"{}", 415),
        ({}, b"{}", 415),
        ({"content-type": "application/fhir+json; charset=euc-kr"}, b"{}", 415),
        ({"content-type": "application/fhir+json", "content-encoding": "gzip"}, b"{}", 415),
    ],
)
def test_a_bad_body_is_refused_and_nothing_is_kept(
    sandbox: Node, base: str, headers: dict[str, str], content: bytes, status: int
) -> None:
    before, last = sandbox.holdings(), sandbox.last_record()
    answer = httpx.post(f"{base}/Observation", headers=headers, content=content)

    assert answer.status_code == status
    assert code(answer)
    assert sandbox.holdings() == before
    (record,) = sandbox.records_after(last)
    assert record.errors


def test_an_endless_body_is_read_no_further_than_its_limit(sandbox: Node) -> None:
    head = raw.head("/fhir/Observation", "application/fhir+json", "Content-Length: 1000000000")
    with raw.connect(sandbox.port) as sock:
        sock.sendall(head)
        assert raw.receive(sock).status == 413
