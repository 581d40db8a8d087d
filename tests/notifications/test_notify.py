"""Somebody is told of something exactly once, and the table says nothing of what."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone

from naru.domain.caller import Role
from naru.notifications import kinds, queries, services
from naru.notifications.errors import NotOptional, UnknownKind, ValueRefused
from naru.notifications.models import Notice
from naru.notifications.recipients import Recipient
from naru.notifications.services import notify
from naru.notifications.states import Wish
from naru.outbox.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)

SAID = {"institution": "TEST-비밀병원", "day": "2026-11-21"}


def told(to: Recipient, key: str = "1", kind: str = "first-access") -> None:
    with transaction.atomic():
        notify(kind, to, SAID, key=key)


def test_a_notice_stands_in_the_inbox_in_both_languages() -> None:
    to = Recipient.patient(uuid4())
    told(to)

    (korean,) = queries.inbox([to], language="ko")
    (english,) = queries.inbox([to], language="en")

    assert "TEST-비밀병원에서 2026-11-21에 처음으로" in korean.text
    assert "TEST-비밀병원 saw your records" in english.text
    assert queries.unread([to]) == 1
    assert services.mark_read(to, korean.notice, timezone.now())
    assert queries.unread([to]) == 0


def test_nothing_readable_is_stored_and_the_outbox_holds_ids_alone() -> None:
    told(Recipient.patient(uuid4()))

    row = Notice.objects.get()
    assert "비밀".encode() not in bytes(row.sealed)
    assert bytes(Entry.objects.get().payload) == row.notice.bytes


def test_the_same_key_tells_once_however_many_tell_at_once() -> None:
    to = Recipient.patient(uuid4())

    def one(_: int) -> None:
        try:
            told(to)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(24)))

    assert len(queries.inbox([to], language="ko")) == 1
    assert Entry.objects.count() == 1


def test_a_notice_is_lost_with_its_transaction() -> None:
    to = Recipient.patient(uuid4())
    with transaction.atomic():
        notify("first-access", to, SAID, key="1")
        transaction.set_rollback(True)

    assert queries.inbox([to], language="ko") == ()
    assert not Entry.objects.exists()


def test_an_inbox_is_read_by_whom_it_is_for_alone() -> None:
    institution, other = uuid4(), Recipient.patient(uuid4())
    officers = Recipient.at_institution(institution, Role.PRIVACY_OFFICER)
    desk = Recipient.at_institution(institution, Role.RECEPTION)
    told(officers, kind="emergency-unreviewed")

    (message,) = queries.inbox([officers], language="ko")
    assert queries.inbox([desk], language="ko") == queries.inbox([other], language="ko") == ()
    assert not services.mark_read(desk, message.notice, timezone.now())
    assert queries.unread([officers]) == 1


def test_only_what_a_template_may_hold_is_taken() -> None:
    to = Recipient.patient(uuid4())
    for kind, values, error in [
        ("no-such-kind", {}, UnknownKind),
        ("first-access", {"diagnosis": "TEST"}, ValueRefused),
        ("first-access", {"day": "가" * 101}, ValueRefused),
        ("first-access", {"day": "line\nfeed"}, ValueRefused),
        ("first-access", {"day": "{until}"}, ValueRefused),
    ]:
        with pytest.raises(error), transaction.atomic():
            notify(kind, to, values, key="1")
    assert not Notice.objects.exists()


def test_a_name_that_no_message_may_hold_keeps_nobody_from_being_told() -> None:
    """Else a withdrawal at such an institution's desk would fail with its notice."""
    to = Recipient.patient(uuid4())
    for number, name in enumerate(["가" * 101, "line\nfeed", "{day}", "푸른#1병원", "<b>병원"]):
        with transaction.atomic():
            notify("first-access", to, {"institution": name}, key=str(number))
    for message in queries.inbox([to], language="ko"):
        assert not any(sign in message.text for sign in "{}<>#\n")
        assert "가가" not in message.text
    assert Notice.objects.count() == 5


def test_what_protects_a_person_cannot_be_turned_off() -> None:
    patient = uuid4()
    for kind in ("emergency-access", "sign-in-new-device", "statutory-release"):
        for wish in (Wish.OFF, Wish.DIGEST):
            with pytest.raises(NotOptional):
                services.prefer(patient, kind, wish)
    services.prefer(patient, "first-access", Wish.OFF)
    assert queries.wishes(patient)["first-access"] is Wish.OFF
    assert queries.wishes(patient)["consent-given"] is Wish.AT_ONCE


@pytest.mark.parametrize("name", sorted(kinds.kinds().kinds))
def test_each_template_is_whole_in_both_languages_and_short_enough(name: str) -> None:
    for language, words in kinds.known(name).words.items():
        whole = f"{words.title} {words.text} {words.short}"
        assert "{" not in kinds.filled(whole, {}, language)
        assert len(words.short) <= 1000 - 4 * kinds.LONGEST_VALUE
        assert len(words.title) <= 50
        assert words.template


def test_an_institution_whose_name_tells_a_department_is_not_named_outside() -> None:
    assert kinds.for_outside({"institution": "TEST정신건강의학과의원", "day": "x"}) == {"day": "x"}
    assert kinds.for_outside({"institution": "TEST병원"}) == {"institution": "TEST병원"}
