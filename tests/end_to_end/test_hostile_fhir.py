"""The FHIR door and bodies, media types, searches and addresses that are wrong (FHIR R4 3.1.0)."""

from collections.abc import Iterator
from http import HTTPStatus

import httpx
import pytest

from naru.faces.fhir.interaction import Code
from naru.faces.fhir.interactions import INTERACTIONS
from naru.formats.fhir.json import from_json
from naru.formats.fhir.outcome import Refused
from tests.end_to_end import raw
from tests.end_to_end.node import Node
from tests.hostile.json import BODIES, MEDIA, QUERIES
from tests.quickest import AT_ONCE

FHIR = "application/fhir+json"
TRIES = 4


def doors() -> Iterator[tuple[str, str]]:
    """Method and address of one interaction of each handler that reads a body."""
    seen = set()
    for one in INTERACTIONS:
        writes = {"POST", "PUT"} & set(one.methods)
        if writes and one.code is not Code.SEARCH_TYPE and one.handle not in seen:
            seen.add(one.handle)
            address = f"/fhir/{one.path.replace('{id}', 'x')}".rstrip("/")
            asked = "?identifier=urn:oid:2.999.1%7Cx" if one.name == "ITI-104" else ""
            yield writes.pop(), address + asked


def is_resource(body: bytes) -> bool:
    """Whether the body is at least JSON that names a type: what else there is cannot be judged."""
    try:
        from_json(body)
    except Refused:
        return False
    return True


def is_judged(path: str, body: bytes, answer: raw.Answer) -> bool:
    """`$validate` answers a resource that it could read with what is wrong with it."""
    judges = path.endswith("$validate") and is_resource(body)
    if not judges or answer.status != HTTPStatus.OK:
        return False
    told = httpx.Response(200, content=answer.content).json()
    return any(one["severity"] in {"fatal", "error"} for one in told["issue"])


def code(content: bytes) -> str:
    answer = httpx.Response(200, content=content).json()
    assert answer["resourceType"] == "OperationOutcome"
    return str(answer["issue"][0]["code"])


@pytest.mark.parametrize(("method", "path"), [*doors()])
def test_no_bad_body_is_read(sandbox: Node, method: str, path: str) -> None:
    before, wrong = sandbox.holdings(), {}
    for name, body in BODIES.items():
        for _ in range(TRIES):
            last = sandbox.last_record()
            answer = raw.exchange(sandbox.port, raw.request(path, FHIR, body, method))
            records = sandbox.records_after(last)
            if answer.seconds < AT_ONCE:
                break
        refused = answer.status == 400 and code(answer.content) and records and records[0].errors
        is_ours = refused or is_judged(path, body, answer)
        if not is_ours or answer.seconds >= AT_ONCE or len(records) != 1:
            wrong[name] = (answer.status, answer.content[:200], answer.seconds, len(records))
    assert not wrong
    assert sandbox.holdings() == before
    assert "Traceback" not in sandbox.log


@pytest.mark.parametrize(("method", "path"), [*doors()])
def test_a_body_of_another_kind_is_not_guessed_at(sandbox: Node, method: str, path: str) -> None:
    before, wrong = sandbox.holdings(), {}
    for name, kind in MEDIA.items():
        sent = raw.request(path, kind, b'{"resourceType":"Basic"}', method)
        answer = raw.exchange(sandbox.port, sent)
        if answer.status not in {400, 415}:
            wrong[name] = (answer.status, answer.content[:200])
    assert not wrong
    assert sandbox.holdings() == before


@pytest.mark.parametrize("search", ["Patient"])
def test_no_bad_search_is_answered(sandbox: Node, search: str) -> None:
    wrong = {}
    for name, query in QUERIES.items():
        last = sandbox.last_record()
        line = f"/fhir/{search}?{query.replace(' ', '%20')}"
        answers = {
            "GET": raw.exchange(sandbox.port, raw.head(line, FHIR, method="GET")),
            "POST": raw.exchange(
                sandbox.port,
                raw.request(
                    f"/fhir/{search}/_search",
                    "application/x-www-form-urlencoded",
                    query.encode(),
                ),
            ),
        }
        for method, answer in answers.items():
            # Beyond what a head may hold the web server itself refuses.
            if answer.status not in {400, 414, 431} and not (
                method == "POST" and name.startswith(("_format", "_pretty"))
            ):
                wrong[f"{method} {name}"] = (answer.status, answer.content[:200])
        if len(sandbox.records_after(last)) > len(answers):
            wrong[name] = (0, b"too many records")
    assert not wrong, "\n".join(map(str, wrong.items()))


@pytest.mark.parametrize("length", [4_095, 8_191, 30_000])
@pytest.mark.parametrize("begins", ["/fhir/Patient?family=", "/fhir/Patient/", "/console?x="])
def test_an_address_that_is_too_long_is_refused_in_words_and_recorded_once(
    sandbox: Node, begins: str, length: int
) -> None:
    last = sandbox.last_record()
    sent = raw.head(begins.ljust(length, "x"), FHIR, method="GET")

    answer = raw.exchange(sandbox.port, sent)

    assert answer.status == 414
    if begins.startswith("/fhir"):
        assert code(answer.content) == "too-long"
    else:
        assert "주소가 너무 깁니다" in answer.content.decode()
    assert b"gunicorn" not in answer.content.lower()
    (record,) = sandbox.records_after(last)
    assert record.errors


def test_the_longest_address_that_is_taken_is_answered(sandbox: Node) -> None:
    sent = raw.head("/fhir/Patient?family=".ljust(4_094, "x"), FHIR, method="GET")

    assert raw.exchange(sandbox.port, sent).status != 414


PATHS = (
    "/fhir/Patient/%00",
    "/fhir/Patient/%0d%0aX-Y:%20z",
    "/fhir/Patient%2Fx",
    "/fhir/Patient/..%2f..%2fconsole",
    "/fhir/%2e%2e/console",
    "/fhir/../console",
    "/fhir//Patient/x",
    "/fhir/Patient;x=y/x",
    "/fhir/Patient/x%3Ffamily=x",
    "/fhir/Patient/%C0%AF",
    "/fhir/Patient/%E9",
    "/fhir/Patient/%25%30%30",
    "/fhir/Patient/" + "x" * 65,
    "/fhir/Patient/x/_history/-1",
    "/fhir/Observation/x/_history/%D9%A1",
    "/fhir/Observation/x/_history/" + "9" * 30,
    "/fhir/PATIENT/x",
    "/fhir/Patient/$",
    "/fhir/Binary/..%5c..%5cmaster.key",
    "/fhir/" + "a/" * 5_000,
)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
def test_no_address_leads_elsewhere(sandbox: Node, path: str, method: str) -> None:
    answer = raw.exchange(sandbox.port, raw.request(path, FHIR, b"", method))
    assert answer.status in {400, 404, 405, 414}
    assert "x-y" not in answer.headers
    assert b"console" not in answer.content


@pytest.mark.parametrize(
    "line",
    [
        "Host: evil.example",
        "Host: evil.example/x?y",
        "Host: a b",
        'Host: "><script>',
        "Host: 127.0.0.1:99999999",
    ],
)
def test_what_a_host_header_says_stands_in_no_link_of_another_form(
    sandbox: Node, line: str
) -> None:
    sent = raw.head("/fhir/Patient?family=Nobody", FHIR, method="GET")
    answer = raw.exchange(sandbox.port, sent.replace(b"Host: 127.0.0.1", line.encode()))
    assert answer.status in {200, 400}
    assert b"script" not in answer.content
    assert b"evil.example/x" not in answer.content.replace(b"evil.example/fhir", b"")


def test_a_promised_gigabyte_is_refused_before_it_comes(sandbox: Node) -> None:
    for path, kind in (("/fhir", FHIR), ("/fhir", "application/fhir+xml"), ("/fhir/List", FHIR)):
        with raw.connect(sandbox.port) as sock:
            sock.sendall(raw.head(path, kind, f"Content-Length: {1 << 30}"))
            assert raw.receive(sock).status in {405, 413}


def test_a_stream_of_chunks_ends_at_the_limit(sandbox: Node) -> None:
    chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
    with raw.connect(sandbox.port) as sock:
        sock.sendall(raw.head("/fhir/Observation", FHIR, "Transfer-Encoding: chunked"))
        sent = 0
        try:
            while sent < 1 << 30:
                sock.sendall(chunk)
                sent += len(chunk)
        except (BrokenPipeError, ConnectionResetError):
            pass
        sock.close()
    assert sent < 64 * 1024 * 1024
    assert httpx.get(f"http://127.0.0.1:{sandbox.port}/fhir/metadata").status_code == 200
