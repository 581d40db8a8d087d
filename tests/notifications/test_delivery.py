"""A notice reaches a phone: by the first channel that takes it, once, at a decent hour."""

import logging
from collections.abc import Callable
from datetime import date, timedelta
from threading import Event, Thread
from time import monotonic, sleep
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone

from naru.notifications import queries, services, tasks
from naru.notifications.channels import Channels
from naru.notifications.channels.provider import Form, Messages, Provider
from naru.notifications.models import Delivery
from naru.notifications.policy import policy
from naru.notifications.recipients import Recipient
from naru.notifications.services import notify
from naru.notifications.states import State, Wish
from naru.outbox import worker
from naru.outbox.models import Entry
from naru.simulators.message_sender import Simulator
from tests.notifications.conftest import Clock, person

pytestmark = pytest.mark.django_db(transaction=True)

MOBILE = "tel:000-0000-0001"
DIGITS = "00000000001"
Work = Callable[[Channels], int]


def of(simulator: Simulator) -> Messages:
    if simulator.approved:
        return Messages(Provider(url=simulator.at("chat"), key=simulator.key), Form.TEMPLATE)
    return Messages(Provider(url=simulator.at("sms"), key=simulator.key), Form.TEXT)


def tell(patient: UUID, kind: str = "first-access", key: str = "1") -> None:
    with transaction.atomic():
        notify(kind, Recipient.patient(patient), {"institution": "TEST병원"}, key=key)


def states() -> list[tuple[str, str]]:
    return list(Delivery.objects.order_by("id").values_list("channel", "state"))


def test_a_chat_message_is_sent_once_and_its_delivery_is_asked_for(
    chat: Simulator, work: Work, clock: Clock
) -> None:
    tell(person(MOBILE))

    work({"chat": of(chat)})
    assert [one.to for one in chat.taken] == [DIGITS]
    assert "TEST병원에서 오늘 처음으로 기록을 보았습니다" in chat.taken[0].text
    assert states() == [("chat", "sent")]

    clock.on(seconds=10)
    work({"chat": of(chat)})
    assert states() == [("chat", "delivered")]
    assert len(chat.taken) == 1


def test_what_chat_refuses_goes_by_sms(chat: Simulator, sms: Simulator, work: Work) -> None:
    chat.nobody = frozenset({DIGITS})
    tell(person(MOBILE))

    work({"chat": of(chat), "sms": of(sms)})

    assert states() == [("chat", "failed"), ("sms", "sent")]
    assert Delivery.objects.get(channel="chat").reason == "no-such-recipient"
    assert [one.to for one in sms.taken] == [DIGITS]


def test_what_fails_after_it_was_sent_goes_by_sms(
    chat: Simulator, sms: Simulator, work: Work, clock: Clock
) -> None:
    chat.unreadable = frozenset({DIGITS})
    tell(person(MOBILE))

    work({"chat": of(chat), "sms": of(sms)})
    clock.on(seconds=10)
    work({"chat": of(chat), "sms": of(sms)})

    assert states() == [("chat", "failed"), ("sms", "sent")]


def test_words_that_were_not_approved_are_refused(chat: Simulator, work: Work) -> None:
    chat.approved = {name: f"{words}!" for name, words in chat.approved.items()}
    tell(person(MOBILE))

    work({"chat": of(chat)})

    assert chat.taken == []
    assert Delivery.objects.get().reason == "template-mismatch"


def test_a_provider_who_is_away_is_tried_again_and_then_passed_over(
    chat: Simulator, sms: Simulator, work: Work, clock: Clock
) -> None:
    chat.away = True
    tell(person(MOBILE))
    channels = {"chat": of(chat), "sms": of(sms)}

    work(channels)
    assert states() == [("chat", "queued")]
    for _ in range(policy().tries):
        clock.on(minutes=20)
        work(channels)

    assert states() == [("chat", "failed"), ("sms", "delivered")]


def test_a_worker_that_died_after_sending_sends_nothing_twice(
    chat: Simulator, work: Work, clock: Clock
) -> None:
    tell(person(MOBILE))
    work({"chat": of(chat)})
    # As if the answer had come and the row had not been written.
    Delivery.objects.update(state=State.QUEUED, reference="")
    payload = Delivery.objects.get().delivery.bytes
    Entry.objects.filter(kind="notices.send").update(state="waiting", attempts=0, payload=payload)

    clock.on(minutes=2)  # Longer than the lease of the one that died.
    work({"chat": of(chat)})

    assert len(chat.taken) == 1
    assert Delivery.objects.get().reference == chat.taken[0].id


def test_nothing_rings_at_night_but_what_is_urgent(
    chat: Simulator, work: Work, clock: Clock
) -> None:
    clock.on(hours=11)  # Eleven at night in Korea.
    patient = person(MOBILE)
    tell(patient)
    tell(patient, "emergency-access", key="2")

    work({"chat": of(chat)})
    assert ["응급" in one.text for one in chat.taken] == [True]

    clock.on(hours=8, minutes=59)
    work({"chat": of(chat)})
    assert len(chat.taken) == 1
    clock.on(minutes=1)
    work({"chat": of(chat)})
    assert len(chat.taken) == 2


def test_a_digest_tells_once_a_day_and_not_of_what_was_read(
    chat: Simulator, work: Work, clock: Clock
) -> None:
    reader, other = person(MOBILE), person("tel:000-0000-0002")
    for patient in (reader, other):
        services.prefer(patient, "first-access", Wish.DIGEST)
        for key in ("1", "2", "3"):
            tell(patient, key=f"{patient}{key}")
    work({"chat": of(chat)})
    assert chat.taken == []
    to = Recipient.patient(reader)
    for message in queries.inbox([to], language="ko"):
        services.mark_read(to, message.notice, timezone.now())

    clock.on(hours=6)
    work({"chat": of(chat)})

    assert [(one.to, one.text) for one in chat.taken] == [
        ("00000000002", "[나루] 오늘 새 알림이 있습니다. 마이차트에서 확인하세요.")
    ]


def test_what_is_turned_off_stays_in_the_inbox(chat: Simulator, work: Work) -> None:
    patient = person(MOBILE)
    services.prefer(patient, "first-access", Wish.OFF)
    tell(patient)
    tell(patient, "sign-in-new-device", key="2")

    work({"chat": of(chat)})

    assert len(chat.taken) == 1
    assert len(queries.inbox([Recipient.patient(patient)], language="ko")) == 2


def test_a_patient_chooses_language_and_the_first_channel(
    chat: Simulator, sms: Simulator, work: Work
) -> None:
    patient = person(MOBILE)
    services.speak(patient, language="en", first="sms")
    tell(patient)

    work({"chat": of(chat), "sms": of(sms)})

    assert chat.taken == []
    assert sms.taken[0].text.startswith("[Naru] TEST병원 saw your records")


def test_after_a_noted_death_only_what_must_be_told_is_written(
    chat: Simulator, work: Work, settings: Any
) -> None:
    patient = person(MOBILE)
    settings.DEATH_NOTED = lambda one: one == patient
    tell(patient)
    tell(patient, key="2", kind="emergency-access")
    tell(UUID(int=7), key="3")

    work({"chat": of(chat)})

    assert [one.template for one in chat.taken] == ["TEST-emergency-access-ko"]


def test_a_death_that_one_source_tells_of_silences_nobody(chat: Simulator, work: Work) -> None:
    tell(person(MOBILE, deceased=True))

    work({"chat": of(chat)})

    assert len(chat.taken) == 1


def test_nobody_writes_to_whom_nobody_knows(chat: Simulator, work: Work) -> None:
    tell(UUID(int=7), key="2")

    work({"chat": of(chat)})

    assert states() == []


def test_no_contact_stands_in_a_payload_a_table_or_a_log(
    chat: Simulator, work: Work, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    chat.away = True
    tell(person(MOBILE))
    with caplog.at_level(logging.DEBUG):
        work({"chat": of(chat)})
        clock.on(minutes=1)
        chat.away = False
        work({"chat": of(chat)})

    assert len(chat.taken) == 1
    stored = [*Delivery.objects.values_list(), *Entry.objects.values_list()]
    assert DIGITS not in f"{stored}{caplog.text}"
    assert "TEST병원" not in f"{stored}{caplog.text}"


def test_a_changed_appointment_reaches_the_phone_within_seconds(chat: Simulator) -> None:
    stop = Event()
    handlers = tasks.handlers({"chat": of(chat)})
    running = Thread(target=worker.run, args=(handlers, stop))
    running.start()
    patient = person(MOBILE)
    began = monotonic()
    tell(patient, "appointment-changed")
    while not chat.taken and monotonic() - began < 30:
        sleep(0.05)
    took = monotonic() - began
    stop.set()
    running.join()

    assert chat.taken[0].to == DIGITS
    assert took < 10


def test_the_quiet_hours_end_in_the_morning_of_korea() -> None:
    night = Clock().now + timedelta(hours=11, minutes=30)
    assert policy().awake(night) - night == timedelta(hours=8, minutes=30)
    early = Clock().now - timedelta(hours=6)
    assert policy().awake(early) - early == timedelta(hours=2)
    assert policy().awake(Clock().now) == Clock().now
    assert policy().next_digest(Clock().now).date() == date(2026, 11, 20)
