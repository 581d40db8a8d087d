"""Requests that a proxy or another reader could cut elsewhere: the same for all, or 400."""

import socket
from collections.abc import Callable

import pytest

from naru.domain.identifiers import Identifier
from naru.domain.stored_query import FindDocuments
from naru.domain.xds import AvailabilityStatus
from naru.formats.ebxml import adhoc_query
from tests.end_to_end import people, raw, wire
from tests.end_to_end.node import Node
from tests.end_to_end.wire import QUERY_ACTION, REGISTRY, REPOSITORY
from tests.hostile.mime import OUTER, PACKAGES, good

PATIENT = Identifier("TEST-0", people.DOMAIN)


def question() -> bytes:
    query = FindDocuments(patient_id=PATIENT, status=(AvailabilityStatus.APPROVED,))
    return wire.envelope(
        QUERY_ACTION, adhoc_query.to_ebxml(adhoc_query.AdhocQueryRequest(query=query))
    )


def retrieval() -> bytes:
    return wire.retrieve_message("2.999.1", "2.999.2")


@pytest.mark.parametrize(("path", "envelope"), [(REGISTRY, question), (REPOSITORY, retrieval)])
def test_a_package_means_the_same_to_all_or_is_refused(
    sandbox: Node, path: str, envelope: Callable[[], bytes]
) -> None:
    wrong = {}
    before = sandbox.holdings()
    for name, make in PACKAGES.items():
        sent, last = make(envelope()), sandbox.last_record()
        octets = raw.request(path, "?", sent.body).replace(
            b"Content-Type: ?", b"Content-Type: " + sent.content_type.encode()
        )
        answer = raw.exchange(sandbox.port, octets)
        accepted = answer.status == 200
        expected = {sent.same, accepted} - {None} == {accepted}
        if not expected or answer.status not in {200, 400, 413, 415}:
            wrong[name] = f"{answer.status} {answer.content[:600]!r}"
        elif len(sandbox.records_after(last)) != 1:
            wrong[name] = "not one record"
    assert not wrong, "\n".join(f"{name}: {told}" for name, told in wrong.items())
    assert sandbox.holdings() == before


FHIR, FORM = "application/fhir+json", "application/x-www-form-urlencoded"
PEOPLE = "/fhir/Patient/_search"
GRANT = b"grant_type=password"


def chunked(body: bytes) -> bytes:
    return b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


Framed = Callable[[bytes], tuple[list[str], bytes]]

# The lines of the head that say where the body ends, and what is sent of it.
FRAMES: dict[str, Framed] = {
    "two lengths": lambda body: ([_length(body), _length(body + b"x")], body),
    "two lengths that are the same": lambda body: ([_length(body)] * 2, body),
    "two lengths in one line": lambda body: ([f"Content-Length: {len(body)}, {len(body)}"], body),
    "a signed length": lambda body: ([f"Content-Length: +{len(body)}"], body),
    "a negative length": lambda body: (["Content-Length: -1"], body),
    "a length in hexadecimal": lambda body: ([f"Content-Length: {len(body):#x}"], body),
    "a length with an underscore": lambda body: (["Content-Length: 1_0"], body),
    "a length in other digits": lambda body: (["Content-Length: \u0661"], body),
    "a length with a point": lambda body: ([f"Content-Length: {len(body)}.0"], body),
    "an empty length": lambda body: (["Content-Length: "], body),
    "a length with a blank before its colon": lambda body: (
        [f"Content-Length : {len(body)}"],
        body,
    ),
    "a folded length": lambda body: ([f"Content-Length:\r\n {len(body)}"], body),
    "a length and chunks": lambda body: (
        [_length(body), "Transfer-Encoding: chunked"],
        chunked(body),
    ),
    "chunks and a length": lambda body: (
        ["Transfer-Encoding: chunked", _length(body)],
        chunked(body),
    ),
    "chunks twice": lambda body: (["Transfer-Encoding: chunked, chunked"], chunked(body)),
    "chunks twice in two lines": lambda body: (["Transfer-Encoding: chunked"] * 2, chunked(body)),
    "chunks that are not last": lambda body: (
        ["Transfer-Encoding: chunked, identity"],
        chunked(body),
    ),
    "an encoding that nobody knows": lambda body: (["Transfer-Encoding: xchunked"], chunked(body)),
    "chunks behind a vertical tab": lambda body: (
        ["Transfer-Encoding: \x0bchunked"],
        chunked(body),
    ),
    "chunks in quotes": lambda body: (['Transfer-Encoding: "chunked"'], chunked(body)),
    "gzip and no chunks": lambda body: (["Transfer-Encoding: gzip"], body),
    "a length of a chunk with a sign": lambda body: (
        ["Transfer-Encoding: chunked"],
        b"+" + chunked(body),
    ),
    "a length of a chunk with 0x": lambda body: (
        ["Transfer-Encoding: chunked"],
        b"0x" + chunked(body),
    ),
    "a length of a chunk with a blank": lambda body: (
        ["Transfer-Encoding: chunked"],
        b" " + chunked(body),
    ),
    "a chunk that is longer than it says": lambda body: (
        ["Transfer-Encoding: chunked"],
        chunked(body).replace(b"\r\n0\r\n", b"xyz\r\n0\r\n"),
    ),
    "chunks with line ends of LF": lambda body: (
        ["Transfer-Encoding: chunked"],
        chunked(body).replace(b"\r\n", b"\n"),
    ),
    "a trailer that is a header": lambda body: (
        ["Transfer-Encoding: chunked"],
        chunked(body)[:-2] + b"Content-Length: 3\r\n\r\n",
    ),
    "two hosts": lambda body: (["Host: 127.0.0.2", _length(body)], body),
    "two media types": lambda body: (["Content-Type: text/plain", _length(body)], body),
    "a header without a name": lambda body: ([": x", _length(body)], body),
    "a header with a blank in its name": lambda body: (["X Y: x", _length(body)], body),
    "a header with NUL": lambda body: (["X-Y: a\0b", _length(body)], body),
    "a header with CR": lambda body: (["X-Y: a\rb", _length(body)], body),
    "a header with LF": lambda body: (["X-Y: a\nContent-Length: 5", _length(body)], body),
}


def _length(body: bytes) -> str:
    return f"Content-Length: {len(body)}"


DOORS: dict[str, tuple[str, Callable[[], bytes]]] = {
    REGISTRY: (wire.SOAP_TYPE, question),
    REPOSITORY: (OUTER, lambda: good(retrieval())),
    "/fhir/Observation": (FHIR, lambda: b'{"resourceType":"Observation"}'),
    PEOPLE: (FORM, lambda: b"family=Nobody"),
    "/oauth/token": (FORM, lambda: GRANT),
}


@pytest.mark.parametrize("path", DOORS)
def test_a_body_that_two_readers_could_end_elsewhere_is_refused(sandbox: Node, path: str) -> None:
    content_type, make = DOORS[path]
    wrong, before = {}, sandbox.holdings()
    for name, frame in FRAMES.items():
        lines, body = frame(make())
        head = raw.head(path, content_type, "@").replace(b"@", "\r\n".join(lines).encode())
        with raw.connect(sandbox.port) as sock:
            # Behind it comes what would be a request of its own for whoever ends the body earlier.
            sock.sendall(head + body + b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n")
            sock.shutdown(socket.SHUT_WR)
            answers = everything(sock)
        if not answers.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 501 ")):
            wrong[name] = answers[:300]
        elif answers.count(b"HTTP/1.1 ") != 1:
            wrong[name] = b"answered twice"
    assert not wrong
    assert sandbox.holdings() == before


def everything(sock: socket.socket) -> bytes:
    content = b""
    while chunk := sock.recv(65536):
        content += chunk
    return content


@pytest.mark.parametrize(
    "line",
    [
        "SCRIPT_NAME: /public",
        "Script_Name: /public",
        "PATH_INFO: /oauth/jwks",
        "SCRIPT-NAME: /public",
    ],
)
def test_no_header_says_which_address_is_meant(sandbox: Node, line: str) -> None:
    """A proxy that hides some pages could be passed by."""
    sent = raw.head("/public/oauth/jwks", FORM, line, method="GET")
    assert raw.exchange(sandbox.port, sent).status == 404
