"""Store and forward: what a repository gets, and what becomes of the rest (ITI TF-2 3.20.4.1.1)."""

import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import override_settings
from django.utils import timezone

from naru.audit import services as audit
from naru.audit.models import Record
from naru.audit.records import AccessRecord, Outcome
from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role
from naru.exchange import identify
from naru.exchange.access import Access
from naru.exchange.audit.destinations import forget
from naru.faces.atna.destination import read_destination
from naru.faces.atna.iti20_record_audit_event import Forwarder
from naru.faces.atna.sender import LARGEST_DATAGRAM, EndUnanswered, StreamSender, UdpSender
from naru.formats.atna import FrameReader, from_syslog, from_xml
from naru.outbox import queries
from naru.outbox.models import Entry
from naru.security.authority import create_authority
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


def test_a_peer_that_never_ends_a_connection_is_believed(
    one: Forwarder, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("naru.faces.atna.sender.ANSWER_SECONDS", 0.5)
    record("a")
    with listening(port) as server:
        connections: list[socket.socket] = []
        keeper = threading.Thread(target=lambda: connections.append(server.accept()[0]))
        keeper.start()
        one.forward()
        keeper.join()
        connections[0].close()
    assert not Entry.objects.exists()


def test_a_peer_that_once_answered_has_to_answer(
    one: Forwarder, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("naru.faces.atna.sender.ANSWER_SECONDS", 0.5)
    record("a")
    with listening(port) as server:
        reader = threading.Thread(target=lambda: read(server, 1))
        reader.start()
        one.forward()
        reader.join()
        assert not Entry.objects.exists()
        record("b")
        connections: list[socket.socket] = []
        keeper = threading.Thread(target=lambda: connections.append(server.accept()[0]))
        keeper.start()
        one.forward()
        keeper.join()
        connections[0].close()
    assert Entry.objects.count() == 1


def test_by_tls_the_end_has_to_be_said(tmp_path: Path) -> None:
    authority = create_authority(tmp_path, timezone.now())
    authority.issue_server(["localhost"], timezone.now()).save(tmp_path / "c", tmp_path / "k")
    taking = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    taking.load_cert_chain(tmp_path / "c", tmp_path / "k")
    trusting = ssl.create_default_context(cafile=str(tmp_path / "ca.pem"))
    trusting.check_hostname = False

    def serve(server: socket.socket, *, says: bool) -> None:
        with taking.wrap_socket(server.accept()[0], server_side=True) as connection:
            while connection.recv(4096):
                pass
            if says:
                connection.unwrap().close()

    with socket.create_server(("127.0.0.1", free_port())) as server:
        port = server.getsockname()[1]
        sender = StreamSender(read_destination(f"tls://127.0.0.1:{port}"), trusting)
        # Who never says it is believed; who has said it once and then does not has died.
        for says in (False, True, False):
            peer = threading.Thread(target=serve, args=(server,), kwargs={"says": says})
            peer.start()
            sender.send(b"<85>TEST")
            if sender.ends_are_answered and not says:
                with pytest.raises(EndUnanswered):
                    sender.confirm()
            else:
                sender.confirm()
            peer.join()
        assert sender.ends_are_answered
        sender.close()


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


def test_what_waits_for_a_destination_that_was_removed_is_forgotten(port: int) -> None:
    record("a")
    assert forget(_operating(), "tcp://127.0.0.1:1") == 0
    # What was done before waits for the destination too, and so does the command's own record.
    assert forget(_operating(), f"tcp://127.0.0.1:{port}") == 2
    assert Entry.objects.count() == 1


def _operating() -> Access:
    return Access(
        transaction="forget audit destination", caller=identify.operator(), time=timezone.now()
    )


def test_a_datagram_that_is_too_long_is_cut() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(20)
        sender = UdpSender(read_destination(f"udp://127.0.0.1:{server.getsockname()[1]}"))
        sender.send(b"<85>" + b"x" * 100_000)
        assert len(server.recv(200_000)) == LARGEST_DATAGRAM
        sender.close()
