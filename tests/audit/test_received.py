"""What others sent is kept to the last octet, sealed, found again, and its chain proves it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from naru.audit.models import Received, ReceivedWriter
from naru.audit.received import Kind, ReceivedMessage
from naru.audit.received_rows import keep_received, received
from naru.audit.services import Flaw, verify_received
from naru.domain.audit_message import (
    AuditMessage,
    AuditSource,
    CodedValue,
    EventIdentification,
    ParticipantObject,
)

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 11, 21, tzinfo=UTC)
NUMBER = CodedValue("2", "RFC-3881", "Patient Number")


def message(patient: str = "", code: str = "ITI-18", time: datetime = NOW) -> ReceivedMessage:
    event = EventIdentification(
        id=CodedValue("110112", "DCM", "Query"),
        types=(CodedValue(code, "IHE Transactions", code),),
        time=time,
        outcome=4,
    )
    objects = (ParticipantObject(id_type=NUMBER, id=patient),) if patient else ()
    read = AuditMessage(event=event, participants=(), source=AuditSource(id="x"), objects=objects)
    return ReceivedMessage(
        octets=b"\xff\x00TEST-octets " + patient.encode(),
        kind=Kind.AUDIT,
        transport="tls",
        address="192.0.2.7",
        time=time,
        peer="ab" * 32,
        message=read,
    )


def keep(*messages: ReceivedMessage, writer: UUID | None = None) -> UUID:
    writer = writer or uuid4()
    keep_received(writer, messages)
    return writer


def test_a_message_comes_back_as_it_came() -> None:
    given = message("TEST^^^&2.999.1&ISO")
    keep(given)
    ((_, found),) = received(limit=10)
    assert found == given


def test_who_and_what_is_stored_only_sealed() -> None:
    keep(message("TEST-secret^^^&2.999.1&ISO"))
    row = Received.objects.get()
    stored = bytes(row.body) + bytes(row.sealed)
    assert b"TEST-" not in stored
    assert b"192.0.2.7" not in stored


def test_messages_are_found_by_whom_they_are_about_by_event_and_by_time() -> None:
    late = NOW + timedelta(hours=1)
    keep(message("a"), message("b", "ITI-41"), message("a", "ITI-43", late))

    def types(**asked: object) -> list[str]:
        found = received(limit=10, **asked)  # type: ignore[arg-type]  # Its own parameters.
        return [one.message.event.types[0].code for _, one in found if one.message]

    assert types(about="a") == ["ITI-43", "ITI-18"]
    assert types(about="nobody") == []
    assert types(event="ITI-41") == ["ITI-41"]
    assert types(event="110112") == ["ITI-43", "ITI-41", "ITI-18"]
    assert types(since=late) == ["ITI-43"]
    newest = received(limit=1)[0][0]
    assert len(received(limit=10, before=newest)) == 2


def test_the_chain_of_several_writers_is_whole() -> None:
    writer = keep(message("a"), message("b"))
    keep(message("c"), writer=writer)
    keep(message("d"))
    assert verify_received() == ()


@pytest.mark.parametrize("column", ["body", "sealed", "hash", "previous"])
def test_a_changed_message_is_found(column: str) -> None:
    keep(message("a"), message("b"), message("c"))
    row = Received.objects.order_by("id")[1]
    stored = bytes(getattr(row, column))
    setattr(row, column, stored[:-1] + bytes([stored[-1] ^ 1]))
    row.save()
    assert row.id in [one.place for one in verify_received()]


def test_a_removed_message_is_found() -> None:
    keep(message(), message(), message())
    _, second, third = Received.objects.order_by("id")
    second.delete()
    (gap,) = verify_received()
    assert (gap.flaw, gap.seq, gap.count) == (Flaw.REMOVED, 2, 1)
    third.delete()
    (end,) = verify_received()
    assert (end.flaw, end.seq, end.count) == (Flaw.REMOVED, 2, 2)


def test_a_whole_chain_that_vanished_is_found_once_another_began_after_it() -> None:
    writer = keep(message())
    keep(message())
    Received.objects.filter(writer=writer).delete()
    ReceivedWriter.objects.filter(id=writer).delete()
    assert [(one.flaw, one.writer) for one in verify_received()] == [(Flaw.REMOVED, writer)]
