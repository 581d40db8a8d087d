"""Whoever has neither phone nor e-mail is written to, of what they must hear of."""

from collections.abc import Callable
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone

from naru.audit import queries as records
from naru.audit import services as audit
from naru.audit.models import Record
from naru.audit.records import RecordId
from naru.exchange import identify, notices
from naru.exchange.access import Access
from naru.notifications import queries
from naru.notifications.channels import Channels
from naru.notifications.channels.provider import Form, Messages, Provider
from naru.notifications.models import Delivery
from naru.notifications.recipients import Recipient
from naru.notifications.services import notify
from naru.simulators.message_sender import Simulator
from tests.notifications.conftest import Clock, person

pytestmark = pytest.mark.django_db(transaction=True)
Work = Callable[[Channels], int]


def tell(patient: UUID, kind: str) -> None:
    with transaction.atomic():
        notify(kind, Recipient.patient(patient), {"institution": "TEST병원"}, key=str(patient))


def access() -> Access:
    return Access(transaction="print letters", caller=identify.operator(), time=timezone.now())


def states() -> list[tuple[str, str]]:
    return list(Delivery.objects.order_by("id").values_list("channel", "state"))


def test_a_letter_is_printed_posted_and_brought_back(work: Work) -> None:
    patient = person(address=True)
    tell(patient, "emergency-access")
    tell(person(address=True), "first-access")  # Which nobody need hear of by post.
    work({})
    assert states() == [("letter", "queued")]

    printed = notices.print_letters(access(), None)
    assert printed is not None
    batch, pdf, count = printed
    assert pdf.startswith(b"%PDF")
    assert count == 1
    assert notices.print_letters(access(), None) is None  # It stands in its batch.
    again = notices.print_letters(access(), batch)
    assert again is not None
    assert again[0] == batch

    assert notices.posted(access(), batch) == 1
    assert notices.posted(access(), batch) == 0
    assert states() == [("letter", "sent")]
    delivery = Delivery.objects.get().delivery
    assert notices.returned(access(), delivery)
    assert not notices.returned(access(), delivery)
    assert states() == [("letter", "returned")]
    assert [one.state for one in queries.deliveries()] == ["returned"]


def test_printing_leaves_a_record_about_each_addressee(work: Work) -> None:
    patient = person(address=True)
    tell(patient, "emergency-access")
    work({})
    notices.print_letters(access(), None)

    audit.stop()
    record = Record.objects.order_by("-id").values_list("record", flat=True)[0]
    found = records.one(RecordId(record))
    assert found is not None
    assert found.patients == (patient,)


def test_what_no_phone_takes_is_written_and_what_failed_is_sent_again(
    chat: Simulator, work: Work, clock: Clock
) -> None:
    chat.nobody = frozenset({"00000000001"})
    channel = Messages(Provider(url=chat.at("chat"), key=chat.key), Form.TEMPLATE)
    tell(person("tel:000-0000-0001", address=True), "emergency-access")
    work({"chat": channel})
    assert states() == [("chat", "failed"), ("letter", "queued")]

    chat.nobody = frozenset()
    clock.now = timezone.now()
    assert notices.retry(access(), None) == 1
    assert notices.retry(access(), None) == 0
    clock.on(seconds=1)
    work({"chat": channel})
    assert states()[0] == ("chat", "sent")
    assert len(chat.taken) == 1
