"""Store and forward: what a repository gets, and what becomes of the rest (ITI TF-2 3.20.4.1.1)."""

import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import override_settings

from naru.audit import services as audit
from naru.audit.models import Record
from naru.audit.records import AccessRecord, Outcome
from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role
from naru.faces.atna.destination import read_destination
from naru.faces.atna.iti20_record_audit_event import Forwarder
from naru.faces.atna.sender import LARGEST_DATAGRAM, StreamSender, UdpSender
from naru.formats.atna import FrameReader, from_syslog, from_xml
from naru.outbox import queries
from naru.outbox.models import Entry
from tests.ports import free_port

pytestmark = pytest.mark.django_db(transaction=True)

CALLER = Caller(
    role=Role.SYSTEM, purpose=PurposeOfUse.TREATMENT, assurance=Assurance.NONE, address="192.0.2.7"
)


@pytest.fixture
def port() -> Iterator[int]:
    chosen = free_port()
    options = replace(settings.NARU, audit_to=(f"tcp://127.0.0.1:{chosen}",))
    with override_settings(NARU=options):
        yield chosen


def record(mark: str) -> None:
    audit.record_now(
        AccessRecord(
            transaction="ITI-18",
            caller=CALLER,
            outcome=Outcome.SUCCESS,
            time=datetime.now(UTC),
            request_id=uuid4(),
            query=f"<q>{mark}</q>",
        )
    )


@pytest.fixture
def one(port: int) -> Iterator[Forwarder]:
    """A forwarder to a repository that listens or does not."""
    destination = read_destination(f"tcp://127.0.0.1:{port}")
    sender = StreamSender(destination, None)
    yield Forwarder(destination, sender)
    sender.close()


def listening(port: int) -> socket.socket:
    return socket.create_server(("127.0.0.1", port))


def read(server: socket.socket, number: int) -> list[str]:
    """The questions of so many messages."""
    connection, _ = server.accept()
    frames, found = FrameReader(), []
    with connection:
        connection.settimeout(20)
        while len(found) < number:
            found += frames.feed(connection.recv(65536))
        threading.Event().wait(0.5)  # Longer than the sender looks whether we are still there.
    return [asked(message) for message in found]


def asked(message: bytes) -> str:
    query = from_xml(from_syslog(message).content).objects[0].query
    assert query is not None
    return query.decode()


def make_available() -> None:
    Entry.objects.update(available_at=datetime(1970, 1, 1, tzinfo=UTC))


def test_nothing_is_left_for_later_where_there_is_no_destination() -> None:
    record("x")
    assert not Entry.objects.exists()


def test_what_could_not_be_sent_is_sent_later_in_order(one: Forwarder, port: int) -> None:
    record("a")
    record("b")
    assert one.forward() == 2
    record("c")
    make_available()
    found: list[str] = []
    with listening(port) as server:
        reader = threading.Thread(target=lambda: found.extend(read(server, 3)))
        reader.start()
        assert one.forward() == 3
        reader.join()
    assert found == ["<q>a</q>", "<q>b</q>", "<q>c</q>"]
    assert not Entry.objects.exists()


def test_what_a_peer_took_and_threw_away_is_sent_again(one: Forwarder, port: int) -> None:
    record("a")
    with listening(port) as server:

        def reset() -> None:
            connection, _ = server.accept()
            linger = struct.pack("ii", 1, 0)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            connection.recv(10)
            connection.close()  # With a reset, as when its process is killed.

        killed = threading.Thread(target=reset)
        killed.start()
        one.forward()
        killed.join()
        assert Entry.objects.count() == 1
        make_available()
        found: list[str] = []
        reader = threading.Thread(target=lambda: found.extend(read(server, 1)))
        reader.start()
        one.forward()
        reader.join()
    assert found == ["<q>a</q>"]
    assert not Entry.objects.exists()


def test_a_record_that_cannot_be_read_stops_no_other(one: Forwarder, port: int) -> None:
    record("a")
    Record.objects.update(sealed=b"broken")
    record("b")
    with listening(port) as server:
        found: list[str] = []
        reader = threading.Thread(target=lambda: found.extend(read(server, 1)))
        reader.start()
        one.forward()
        reader.join()
    assert found == ["<q>b</q>"]
    assert [letter.reason for letter in queries.dead()] == ["SealBroken"]


def test_a_datagram_that_is_too_long_is_cut() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(20)
        sender = UdpSender(read_destination(f"udp://127.0.0.1:{server.getsockname()[1]}"))
        sender.send(b"<85>" + b"x" * 100_000)
        assert len(server.recv(200_000)) == LARGEST_DATAGRAM
        sender.close()
