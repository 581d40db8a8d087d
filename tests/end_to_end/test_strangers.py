"""Who is not admitted gets nothing, changes nothing, and leaves one record."""

import ssl
import time

import pytest

from naru.domain.patient_messages import PatientAdd
from naru.domain.stored_query import FindDocuments
from naru.domain.xds import AvailabilityStatus
from naru.exchange.audit.events import NODE_REFUSED
from naru.formats.soap import SOAP_TYPE
from tests.end_to_end import people, raw, wire
from tests.end_to_end.institutions import (
    HUB_A,
    HUB_B,
    MEMBER_C,
    STRANGER,
    SUSPENDED,
    Exchange,
)
from tests.end_to_end.wire import FEED_ACTION, PIX, REGISTRY, REPOSITORY, Answer, Caller

AT_ONCE = 2.0


def new_person_message() -> str:
    return people.feed_message(PatientAdd(record=people.person(people.newcomer(f"{HUB_A}.1"))))


def check_refused(exchange: Exchange, last: int, answer: Answer, sentence: str) -> None:
    assert answer.status == 403
    assert answer.fault is not None
    assert sentence in answer.fault.reason
    assert answer.fault.subcode is not None
    assert answer.fault.subcode.local == "FailedAuthentication"
    (record,) = exchange.node.records_after(last)
    assert record.outcome
    assert record.institution is None
    assert not record.patients


@pytest.mark.parametrize("path", [REGISTRY, REPOSITORY, PIX, wire.PDQ])
def test_a_caller_without_a_certificate_is_refused_at_every_door(
    exchange: Exchange, path: str
) -> None:
    before, last = exchange.node.holdings(), exchange.node.last_record()
    caller = Caller(exchange.node.port)

    answer = caller.soap(path, FEED_ACTION, new_person_message())

    check_refused(exchange, last, answer, "A client certificate")
    assert exchange.node.holdings() == before


def test_the_tls_listener_speaks_to_nobody_without_a_certificate(exchange: Exchange) -> None:
    context = ssl.create_default_context(cafile=str(exchange.node.data / "ca" / "ca.pem"))
    last = exchange.node.last_record()

    with pytest.raises((ssl.SSLError, ConnectionError)):
        Caller(exchange.node.tls_port, context).soap(PIX, FEED_ACTION, new_person_message())

    # All that is left of it is that it was refused (ITI TF-2 3.20.7), a little later.
    deadline = time.monotonic() + 10
    while not (found := exchange.node.records_after(last)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert {one.transaction for one in found} == {NODE_REFUSED}
    assert {one.institution for one in found} == {None}
    assert "Traceback" not in exchange.node.log


@pytest.mark.parametrize("oid", [STRANGER, SUSPENDED])
def test_a_certificate_of_no_participating_institution_is_refused(
    exchange: Exchange, oid: str
) -> None:
    caller = exchange.caller(oid)
    caller.soap(PIX, FEED_ACTION, new_person_message())
    before, last = exchange.node.holdings(), exchange.node.last_record()

    answer = caller.soap(PIX, FEED_ACTION, new_person_message())

    check_refused(exchange, last, answer, "no participating institution")
    assert answer.seconds < AT_ONCE
    assert exchange.node.holdings() == before


def test_a_suspension_holds_from_the_next_request_on_a_connection_that_is_open(
    exchange: Exchange,
) -> None:
    caller = exchange.caller(MEMBER_C)
    query = FindDocuments(patient_id=people.newcomer(), status=(AvailabilityStatus.APPROVED,))
    change = """
from naru.directory import services
getattr(services, sys.argv[1])(UUID(sys.argv[2]), on=today)
"""
    assert caller.ask(query).response.errors == ()
    exchange.node.administer(change, "suspend", exchange.institutions[MEMBER_C])
    try:
        answer = caller.soap(PIX, FEED_ACTION, new_person_message())
        assert answer.status == 403
    finally:
        exchange.node.administer(change, "approve", exchange.institutions[MEMBER_C])
    assert caller.ask(query).response.errors == ()


def test_a_source_tells_of_its_own_identifiers_only(exchange: Exchange) -> None:
    before, last = exchange.node.holdings(), exchange.node.last_record()

    answer = people.feed(exchange.caller(HUB_B), people.newcomer(f"{HUB_A}.1"))

    assert people.acknowledgement(answer) == "CE"
    (record,) = exchange.node.records_after(last)
    assert record.errors == ("ForeignDomain",)
    assert str(record.institution) == exchange.institutions[HUB_B]
    assert exchange.node.holdings() == before


def test_an_authority_that_only_begins_like_ones_own_is_foreign(exchange: Exchange) -> None:
    answer = people.feed(exchange.caller(HUB_A), people.newcomer(f"{HUB_A}1.1"))

    assert people.acknowledgement(answer) == "CE"


def test_a_header_does_not_make_anybody_a_participant(exchange: Exchange) -> None:
    message = wire.envelope(FEED_ACTION, new_person_message())
    lines = (
        f"Content-Length: {len(message)}",
        "naru.peer_certificate: x",
        "Naru-Peer-Certificate: x",
        "X-Forwarded-For: 127.0.0.1",
        "X-SSL-Client-Verify: SUCCESS",
    )
    answer = raw.exchange(exchange.node.port, raw.head(PIX, SOAP_TYPE, *lines) + message)
    assert answer.status in {400, 403}


def test_a_stranger_who_uploads_is_answered_before_the_upload_is_read(exchange: Exchange) -> None:
    before = exchange.node.holdings()
    head = raw.head(REPOSITORY, "multipart/related; boundary=x", "Content-Length: 1000000000")
    begun = time.monotonic()
    with raw.connect(exchange.node.port) as sock:
        sock.sendall(head + b"--x\r\n")
        answer = raw.receive(sock)

    assert answer.status == 403
    assert time.monotonic() - begun < 10  # A gigabyte was promised and nothing of it sent.
    assert exchange.node.holdings() == before
