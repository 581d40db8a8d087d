"""More slow senders than a node has threads: it answers others meanwhile, and lets them go."""

import socket
import time
from contextlib import ExitStack, suppress
from dataclasses import replace

import pytest

from naru.formats.soap import SOAP_TYPE
from naru.node.pace import GRACE_SECONDS, SILENCE_SECONDS
from tests.end_to_end import people, raw, wire
from tests.end_to_end.institutions import HUB_A, Exchange
from tests.end_to_end.node import Node
from tests.end_to_end.wire import Caller

THREADS = 16
"""Two workers of eight threads each: the defaults of a node."""

AT_ONCE = 0.5
SLACK = 5.0


def answered(caller: Caller) -> float:
    """The seconds until some request is answered."""
    begun = time.monotonic()
    assert caller.soap(wire.REGISTRY, "urn:nothing", "<a/>").status == 400
    return time.monotonic() - begun


@pytest.mark.long
def test_heads_that_never_end_keep_nobody_waiting(sandbox: Node) -> None:
    with ExitStack() as stack:
        for _ in range(3 * THREADS):
            sock = stack.enter_context(raw.connect(sandbox.port))
            sock.sendall(b"POST /ihe/registry HTTP/1.1\r\nHost: ")
        assert answered(Caller(sandbox.port)) < AT_ONCE
    assert "Traceback" not in sandbox.log


@pytest.mark.long
def test_handshakes_that_never_end_keep_nobody_waiting(
    exchange: Exchange,
) -> None:
    with ExitStack() as stack:
        for _ in range(THREADS):
            sock = stack.enter_context(raw.connect(exchange.node.tls_port))
            sock.sendall(b"\x16\x03\x01")
        assert answered(exchange.caller(HUB_A)) < AT_ONCE
    assert "Traceback" not in exchange.node.log


@pytest.mark.long
def test_bodies_that_drip_are_refused_when_their_time_is_over(sandbox: Node) -> None:
    last, begun = sandbox.last_record(), time.monotonic()
    with ExitStack() as stack:
        drips = []
        for _ in range(THREADS):
            sock = stack.enter_context(raw.connect(sandbox.port))
            sock.sendall(raw.head(wire.REGISTRY, SOAP_TYPE, "Content-Length: 100000"))
            drips.append(sock)
        while time.monotonic() - begun < GRACE_SECONDS - 1:
            for sock in drips:
                sock.sendall(b"x")
            assert answered(Caller(sandbox.port)) < AT_ONCE
            time.sleep(1)
        # Half of the threads hear them; the others wait until those have been given up.
        assert {raw.receive(sock).status for sock in drips} == {400}
    assert len(sandbox.records_after(last)) >= THREADS


@pytest.mark.long
def test_a_reader_who_takes_nothing_is_let_go(sandbox: Node, caller: Caller) -> None:
    # The answer is too large for any buffer between the two.
    patient = people.newcomer()
    people.feed(caller, patient)
    size = 32 * 1024 * 1024
    entry = replace(people.entry(patient, None, "application/octet-stream"), size=size)
    sent = people.submission(patient, entry)
    content_type, chunks, length = wire.streamed(sent, [((bytes(size),), size)])
    assert caller.post(wire.REPOSITORY, content_type, chunks, length).errors == []
    (oid,) = sandbox.rows("SELECT oid FROM repository_repository")[0]
    asked = wire.retrieve_message(oid, entry.unique_id)
    received = 0
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.connect(("127.0.0.1", sandbox.port))
        sock.sendall(raw.request(wire.REPOSITORY, SOAP_TYPE, asked))
        time.sleep(SILENCE_SECONDS + SLACK)
        with suppress(ConnectionResetError):
            while chunk := sock.recv(1024 * 1024):
                received += len(chunk)
    assert received < size
    assert "Traceback" not in sandbox.log
