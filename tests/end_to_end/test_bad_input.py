"""Bad input: the right error at once, nothing of us told, nothing stored, one access record."""

import re
import time
from collections.abc import Callable

import pytest

from tests.end_to_end import bad_messages, people, raw, wire
from tests.end_to_end.bad_messages import CONTENT, Bad, Held
from tests.end_to_end.node import Node
from tests.end_to_end.wire import Answer, Caller

AT_ONCE = 0.1
"""Seconds from the last byte of a bad request to the first byte of its answer."""

TRIES = 4
"""The best of some tries counts, since other tests share this machine's two cores."""

INTERNALS = re.compile(
    rb"Traceback|File \"|\.py\b|naru[./]|django|sqlite|psycopg|lxml|libxml|/tmp|0x[0-9a-f]{6}",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def held(sandbox: Node) -> Held:
    caller = Caller(sandbox.port)
    patient = people.newcomer()
    assert people.acknowledgement(people.feed(caller, patient)) == "CA"
    entry = people.entry(patient, CONTENT)
    sent = people.submission(patient, entry)
    assert caller.provide(sent, CONTENT).errors == []
    repository = str(sandbox.rows("SELECT oid FROM repository_repository")[0][0])
    return Held(patient, entry, sent, repository)


def check_answer(answer: Answer, bad: Bad) -> None:
    assert answer.status == bad.status, answer.content
    assert INTERNALS.search(answer.content.replace(b"naru</", b"")) is None, answer.content
    if bad.error:
        assert bad.error in re.findall(r'errorCode="([^"]+)"', answer.content.decode())
        assert "ResponseStatusType:Failure" in answer.content.decode()
    elif bad.acknowledgement:
        assert people.acknowledgement(answer) == bad.acknowledgement
    else:
        assert answer.fault is not None
        assert bad.fault in answer.fault.reason


@pytest.mark.parametrize("make", bad_messages.MESSAGES, ids=lambda make: make.__name__)
def test_bad_input_gets_its_named_error_at_once_and_leaves_one_record(
    sandbox: Node, held: Held, make: Callable[[Held], Bad]
) -> None:
    before, last = sandbox.holdings(), sandbox.last_record()
    fastest = 60.0
    for tries in range(1, TRIES + 1):
        bad = make(held)
        answer = raw.exchange(
            sandbox.port, raw.request(bad.path, bad.content_type, bad.body, bad.method)
        )
        check_answer(answer, bad)
        fastest = min(fastest, answer.seconds)
        records = sandbox.records_after(last)
        assert len(records) == tries
        assert all(record.outcome for record in records)
        assert all(record.errors for record in records)
        if fastest < AT_ONCE:
            break
    assert fastest < AT_ONCE
    assert sandbox.holdings() == before
    assert "Traceback" not in sandbox.log


def test_the_same_document_sent_again_is_another_entry_of_the_same_bytes(
    sandbox: Node, held: Held, caller: Caller
) -> None:
    from dataclasses import replace

    files = sandbox.holdings()["files"]
    entry = replace(people.entry(held.patient, CONTENT), unique_id=held.entry.unique_id)

    answer = caller.provide(people.submission(held.patient, entry), CONTENT)

    assert answer.errors == []
    assert sandbox.holdings()["files"] == files


def awaited_records(node: Node, last: int, count: int) -> list[str]:
    """The transactions of the records after `last`, once there are that many."""
    deadline = time.monotonic() + 10
    while len(found := node.records_after(last)) < count and time.monotonic() < deadline:
        time.sleep(0.02)
    return [record.transaction for record in found]


def upload(held: Held) -> tuple[str, bytes]:
    content = b"x" * 3_000_000
    entry = people.entry(held.patient, content, "application/octet-stream")
    return wire.provided(people.submission(held.patient, entry), content)


def test_a_connection_that_ends_in_the_middle_of_an_upload_leaves_a_record_only(
    sandbox: Node, held: Held
) -> None:
    before, last = sandbox.holdings(), sandbox.last_record()
    content_type, body = upload(held)
    with raw.connect(sandbox.port) as sock:
        sock.sendall(raw.request(wire.REPOSITORY, content_type, body)[:2_000_000])

    assert len(awaited_records(sandbox, last, 1)) == 1
    assert sandbox.holdings() == before


def test_a_length_that_promises_too_much_is_refused_when_the_sender_stops(
    sandbox: Node, held: Held
) -> None:
    import socket

    last = sandbox.last_record()
    content_type, body = wire.provided(
        people.submission(held.patient, people.entry(held.patient)), CONTENT
    )
    lie = f"Content-Length: {len(body) + 1000}"
    with raw.connect(sandbox.port) as sock:
        sock.sendall(raw.head(wire.REPOSITORY, content_type, lie) + body)
        sock.shutdown(socket.SHUT_WR)
        answer = raw.receive(sock)

    assert answer.status == 400
    assert answer.fault is not None
    assert "shorter" in answer.fault.reason
    assert len(awaited_records(sandbox, last, 1)) == 1


def test_a_length_that_promises_too_little_cuts_the_message(sandbox: Node, held: Held) -> None:
    before = sandbox.holdings()
    content_type, body = wire.provided(
        people.submission(held.patient, people.entry(held.patient)), CONTENT
    )
    lie = f"Content-Length: {len(body) - 100}"

    answer = raw.exchange(sandbox.port, raw.head(wire.REPOSITORY, content_type, lie) + body)

    assert answer.status == 400
    assert sandbox.holdings() == before


@pytest.mark.parametrize("length", ["-1", "abc", "1_000", "+5", "1, 2"])
def test_a_length_that_is_no_number_is_refused(sandbox: Node, length: str) -> None:
    sent = raw.head(wire.REGISTRY, wire.SOAP_TYPE, f"Content-Length: {length}") + b"<a/>"

    answer = raw.exchange(sandbox.port, sent)

    assert answer.status == 400
    assert INTERNALS.search(answer.content) is None, answer.content


def test_two_lengths_are_refused(sandbox: Node) -> None:
    lines = ("Content-Length: 4", "Content-Length: 5")
    answer = raw.exchange(sandbox.port, raw.head(wire.REGISTRY, wire.SOAP_TYPE, *lines) + b"<a/>")
    assert answer.status == 400


def chunked(body: bytes, size: int = 1000) -> bytes:
    parts = (body[at : at + size] for at in range(0, len(body), size))
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def test_an_upload_in_chunks_is_taken(sandbox: Node, held: Held) -> None:
    entry = people.entry(held.patient, CONTENT)
    content_type, body = wire.provided(people.submission(held.patient, entry), CONTENT)
    sent = raw.head(wire.REPOSITORY, content_type, "Transfer-Encoding: chunked") + chunked(body)

    assert raw.exchange(sandbox.port, sent).errors == []


@pytest.mark.parametrize(
    "broken", [b"zz\r\nabc\r\n0\r\n\r\n", b"5\r\nabcdefgh\r\n0\r\n\r\n", b"5\r\nab"]
)
def test_chunks_that_are_not_what_they_say_are_the_senders_fault(
    sandbox: Node, broken: bytes
) -> None:
    import socket

    last = sandbox.last_record()
    sent = raw.head(wire.REGISTRY, wire.SOAP_TYPE, "Transfer-Encoding: chunked") + broken
    with raw.connect(sandbox.port) as sock:
        sock.sendall(sent)
        sock.shutdown(socket.SHUT_WR)
        answer = raw.receive(sock)

    assert answer.status == 400
    assert INTERNALS.search(answer.content) is None, answer.content
    assert len(awaited_records(sandbox, last, 1)) == 1


def test_who_waits_to_be_asked_for_the_body_is_asked(sandbox: Node, held: Held) -> None:
    entry = people.entry(held.patient, CONTENT)
    content_type, body = wire.provided(people.submission(held.patient, entry), CONTENT)
    lines = (f"Content-Length: {len(body)}", "Expect: 100-continue")
    with raw.connect(sandbox.port) as sock:
        sock.sendall(raw.head(wire.REPOSITORY, content_type, *lines))
        assert sock.recv(100).startswith(b"HTTP/1.1 100")
        sock.sendall(body)
        answer = raw.receive(sock)

    assert answer.errors == []


def test_a_slow_sender_keeps_nobody_from_being_answered(
    sandbox: Node, held: Held, caller: Caller
) -> None:
    content_type, body = wire.provided(
        people.submission(held.patient, people.entry(held.patient)), CONTENT
    )
    sent = raw.request(wire.REPOSITORY, content_type, body)
    with raw.connect(sandbox.port) as slow:
        for at in range(0, len(sent), len(sent) // 20 + 1):
            slow.sendall(sent[at : at + len(sent) // 20 + 1])
            answer = caller.retrieve(held.repository, held.entry.unique_id)
            assert wire.given(answer)[0][1] == CONTENT
        assert raw.receive(slow).errors == []
