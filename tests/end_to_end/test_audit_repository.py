"""ITI-20 between running nodes: what is sent arrives, whatever happens in between."""

import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from lxml import etree

from naru.domain.stored_query import FindDocuments
from naru.domain.xds import AvailabilityStatus
from naru.formats.atna import octet_counted
from naru.formats.xml.schema import load_schema, validate
from tests.end_to_end import people
from tests.end_to_end.audit_peer import await_listening, await_received, content, received
from tests.end_to_end.node import NARU, Node, environment, fresh_database
from tests.end_to_end.wire import Caller
from tests.ports import free_port

SYSLOG = b"<85>1 2026-11-21T09:30:15Z h app 1 IHE+RFC-3881 - "


class Arr:
    """A sandbox that is an audit record repository, and sends to itself by every transport."""

    def __init__(self, folder: Path, database: str) -> None:
        self.tls, self.tcp, self.udp = free_port(), free_port(), free_port()
        ports = ("--audit-port", "--audit-tcp-port", "--audit-udp-port")
        listening = zip(ports, map(str, (self.tls, self.tcp, self.udp)), strict=True)
        self.urls = [
            f"{transport}://127.0.0.1:{port}"
            for transport, port in (("tls", self.tls), ("tcp", self.tcp), ("udp", self.udp))
        ]
        self.node = Node(
            data=folder / "arr",
            database=database,
            options=(
                "--sandbox",
                *(word for pair in listening for word in pair),
                *(word for url in self.urls for word in ("--audit-to", url)),
            ),
        )
        self.node.data.mkdir()


@pytest.fixture(scope="module")
def arr(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arr]:
    with fresh_database() as database:
        made = Arr(tmp_path_factory.mktemp("arr"), database)
        made.node.start()
        await_listening(made.tls, made.tcp)
        yield made
        made.node.stop()


def ask(node: Node) -> None:
    query = FindDocuments(patient_id=people.newcomer(), status=(AvailabilityStatus.APPROVED,))
    assert Caller(node.port).ask(query).response.errors == ()


def test_each_access_arrives_by_every_transport_and_follows_the_schema(
    arr: Arr, cases: Path
) -> None:
    schema = load_schema(cases / "schemas" / "atna" / "dicom2017c.xsd")
    ask(arr.node)

    found = await_received(
        arr.node,
        lambda held: (
            {one["transport"] for one in held if one["type"] == "ITI-18"} == {"tls", "tcp", "udp"}
        ),
    )

    asked = [one for one in found if one["type"] == "ITI-18"]
    assert all(one["peer"] for one in asked if one["transport"] == "tls")
    assert {content(one) for one in asked if one["transport"] == "tls"} == {
        content(one) for one in asked if one["transport"] == "udp"
    }
    for one in found:
        if one["kind"] == "audit":
            validate(etree.fromstring(content(one)), schema)
    assert "110120" in {one["type"] for one in found}  # The application's start.


def test_any_syslog_message_is_kept_to_the_last_octet(arr: Arr) -> None:
    other = b'<165>1 2003-10-11T22:14:15Z h app - ID47 [e@1 i="3"] \xef\xbb\xbf\xec\x95\x88'
    cut = SYSLOG + b"<AuditMessage><EventIdent"
    with socket.create_connection(("127.0.0.1", arr.tcp)) as stream:
        stream.sendall(octet_counted(other) + other + b"\n" + octet_counted(b"no syslog"))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
        datagrams.sendto(cut, ("127.0.0.1", arr.udp))

    held = await_received(
        arr.node, lambda held: {"syslog", "unreadable", "broken audit"} <= {o["kind"] for o in held}
    )

    octets = {one["kind"]: one["octets"].encode("latin-1") for one in held}
    assert octets["syslog"] == other
    assert octets["unreadable"] == b"no syslog"
    assert octets["broken audit"] == cut


def test_what_was_cut_off_in_a_stream_is_kept_as_it_is(arr: Arr) -> None:
    part = SYSLOG + b"<AuditMessage>TEST-cut"
    with socket.create_connection(("127.0.0.1", arr.tcp)) as stream:
        stream.sendall(b"5000 " + part)

    await_received(
        arr.node, lambda held: any(one["octets"].encode("latin-1") == part for one in held)
    )


def test_a_message_larger_than_any_ends_the_connection_and_nothing_else(arr: Arr) -> None:
    with socket.create_connection(("127.0.0.1", arr.tcp)) as stream:
        stream.settimeout(20)
        stream.sendall(b"999999999 <85>")
        assert stream.recv(1) == b""
    with socket.create_connection(("127.0.0.1", arr.tcp)) as stream:
        stream.sendall(octet_counted(SYSLOG + b"TEST-after"))
    await_received(arr.node, lambda held: any("TEST-after" in one["octets"] for one in held))


def test_silent_connections_keep_nobody_out(arr: Arr) -> None:
    silent = [socket.create_connection(("127.0.0.1", arr.tls)) for _ in range(50)]
    try:
        with socket.create_connection(("127.0.0.1", arr.tcp)) as stream:
            stream.sendall(octet_counted(SYSLOG + b"TEST-beside"))
        await_received(arr.node, lambda held: any("TEST-beside" in one["octets"] for one in held))
    finally:
        for one in silent:
            one.close()


def test_a_flood_is_kept_whole_where_its_sender_can_be_made_to_wait(arr: Arr) -> None:
    number = 3_000
    with socket.create_connection(("127.0.0.1", arr.tcp)) as stream:
        for each in range(number):
            stream.sendall(octet_counted(SYSLOG + b"TEST-flood %d." % each))

    found = await_received(
        arr.node, lambda held: sum("TEST-flood" in one["octets"] for one in held) == number
    )

    flood = [one["octets"].rpartition(" ")[2] for one in found if "TEST-flood" in one["octets"]]
    assert flood == [f"{each}." for each in range(number)]


def test_a_stranger_is_refused_and_the_refusal_is_audited(arr: Arr) -> None:
    context = ssl.create_default_context(cafile=str(arr.node.data / "ca" / "ca.pem"))
    last = arr.node.last_record()
    with (
        suppress(ssl.SSLError, ConnectionError),
        socket.create_connection(("127.0.0.1", arr.tls)) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as stream,
    ):
        stream.sendall(octet_counted(SYSLOG + b"TEST-stranger"))
        assert stream.recv(1) == b""

    deadline = time.monotonic() + 20
    while not (refusals := [o for o in arr.node.records_after(last) if o.transaction == "ITI-19"]):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert refusals[0].errors == ("PEER_DID_NOT_RETURN_A_CERTIFICATE",)
    found = await_received(arr.node, lambda held: any(one["type"] == "110126" for one in held))
    assert not any("TEST-stranger" in one["octets"] for one in found)


def listing(arr: Arr, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [NARU, "audit", "list", "--data", str(arr.node.data), *options],
        env=environment(NARU_DATABASE=arr.node.database),
        capture_output=True,
        text=True,
        check=True,
    )


def test_a_log_without_such_a_message_says_so(arr: Arr) -> None:
    listed = listing(arr, "--event", "ITI-0")

    assert listed.stdout == ""
    assert "no such message" in listed.stderr


def test_a_looked_at_log_says_who_looked(arr: Arr) -> None:
    last = arr.node.last_record()
    listed = listing(arr, "--limit", "5")

    assert listed.stdout.count("\n") <= 5
    assert [one.transaction for one in arr.node.records_after(last)][-1] == "audit log used"
    await_received(arr.node, lambda held: any(one["type"] == "audit log used" for one in held))
    assert received(arr.node)
