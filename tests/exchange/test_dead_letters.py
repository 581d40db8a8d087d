"""What could not be done is shown without anybody, done again, or dropped with a reason."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from naru.audit import queries as audit
from naru.audit.forwarding import kind_of
from naru.domain.caller import Role
from naru.exchange import dead_letters, identify
from naru.exchange.access import Access
from naru.exchange.dead_letters import GivenUp, MayNotRun
from naru.outbox import services as outbox
from tests.exchange.hospitals import Hospital

pytestmark = pytest.mark.django_db(transaction=True)

KIND = "test work"
MINUTE = timedelta(minutes=1)


def operating() -> Access:
    return Access(transaction=dead_letters.DEAD, caller=identify.operator(), time=timezone.now())


def given_up(reason: str = "TimeoutError") -> int:
    with transaction.atomic():
        outbox.put(KIND, b"secret of somebody", key=str(uuid4()))
    (work,) = outbox.take([KIND], 1, MINUTE, timezone.now())
    outbox.give_up(work, reason)
    return work.id


def test_a_dead_letter_says_what_failed_and_why() -> None:
    number = given_up()

    found = dead_letters.not_done(operating())

    (letter,) = found.letters
    assert (letter.id, letter.kind, letter.attempts, letter.reason) == (
        number, KIND, 1, "TimeoutError",
    )  # fmt: skip
    (queue,) = (one for one in found.queues if one.kind == KIND)
    assert (queue.waiting, queue.dead, queue.dropped) == (0, 1, 0)


def test_a_replayed_letter_is_done_as_if_it_were_new() -> None:
    one, other = given_up(), given_up()
    access = operating()

    assert dead_letters.replay(access, [one]) == 1
    assert dead_letters.replay(operating(), [one]) == 0

    assert [letter.id for letter in dead_letters.not_done(operating()).letters] == [other]
    (work,) = outbox.take([KIND], 5, MINUTE, timezone.now())
    assert (work.id, work.attempts, work.payload) == (one, 1, b"secret of somebody")
    assert access.recorded is not None
    record = audit.one(access.recorded)
    assert record is not None
    assert [(each.kind, each.id) for each in record.objects] == [(dead_letters.WORK, str(one))]


def test_a_dropped_letter_is_never_done_and_never_put_again() -> None:
    with transaction.atomic():
        outbox.put(KIND, b"x", key="the same")
    (work,) = outbox.take([KIND], 1, MINUTE, timezone.now())
    outbox.give_up(work, "Refused")

    assert dead_letters.give_up(operating(), [work.id], GivenUp.OBSOLETE) == 1
    with transaction.atomic():
        outbox.put(KIND, b"x", key="the same")

    assert outbox.take([KIND], 5, MINUTE, timezone.now()) == ()
    assert dead_letters.replay(operating(), [work.id]) == 0
    found = dead_letters.not_done(operating())
    assert found.letters == ()
    assert [(one.kind, one.dropped) for one in found.queues] == [(KIND, 1)]


def test_what_waits_for_an_audit_repository_is_told_and_never_dead() -> None:
    address = "tls://audit.test:6514"
    with override_settings(NARU=replace(settings.NARU, audit_to=(address,))):
        dead_letters.not_done(operating())  # Leaves its own record for the repository.

        (told,) = dead_letters.not_done(operating()).destinations

    assert (told.address, told.waiting, told.attempts) == (address, 1, 0)
    assert outbox.take_in_order(kind_of(address), 1, MINUTE, timezone.now())


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.AUDITOR, Role.PATIENT])
def test_nobody_but_the_operator_sees_or_does_anything(role: Role) -> None:
    number = given_up()
    caller = replace(Hospital().access().caller, role=role)
    access = Access(transaction="TEST", caller=caller, time=timezone.now())

    with pytest.raises(MayNotRun):
        dead_letters.not_done(access)
    with pytest.raises(MayNotRun):
        dead_letters.replay(replace_access(access), [number])
    with pytest.raises(MayNotRun):
        dead_letters.give_up(replace_access(access), [number], GivenUp.TWICE)
    assert [one.id for one in dead_letters.not_done(operating()).letters] == [number]


def replace_access(access: Access) -> Access:
    return Access(transaction="TEST", caller=access.caller, time=access.time)
