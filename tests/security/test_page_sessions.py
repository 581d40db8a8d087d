from datetime import timedelta

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.db import connection
from django.utils import timezone

from naru.security.models import PageSession
from naru.security.page_sessions import SessionStore

pytestmark = pytest.mark.django_db


def begun(**held: str) -> str:
    session = SessionStore()
    session.update(held)
    session.save()
    assert session.session_key
    return session.session_key


def test_a_session_is_found_again_by_its_key_alone() -> None:
    key = begun(patient="one")
    assert SessionStore(key)["patient"] == "one"
    again = SessionStore(key)
    again["patient"] = "two"
    again.save()
    assert SessionStore(key)["patient"] == "two"
    assert SessionStore(key).exists(key)
    unknown = SessionStore("x" * 32)
    assert unknown.get("patient") is None
    assert unknown.session_key is None


def test_the_database_says_neither_the_key_nor_what_is_kept() -> None:
    key = begun(patient="TEST-0001", name="쇠나루")
    with connection.cursor() as cursor:
        cursor.execute("SELECT token, sealed FROM security_page_session")
        row = b"".join(bytes(one) for one in cursor.fetchone())
    for secret in (key, "TEST-0001", "쇠나루", "patient"):
        assert secret.encode() not in row


def test_a_row_put_in_another_ones_place_opens_nothing() -> None:
    mine, theirs = begun(patient="mine"), begun(patient="theirs")
    other = PageSession.objects.order_by("-pk")[0]
    first = PageSession.objects.order_by("pk")[0]
    PageSession.objects.filter(pk=first.pk).update(sealed=other.sealed)
    assert SessionStore(mine).get("patient") is None
    assert SessionStore(theirs)["patient"] == "theirs"


def test_an_ended_session_is_nobodys_and_is_swept() -> None:
    key = begun(patient="one")
    PageSession.objects.update(ends=timezone.now() - timedelta(seconds=1))
    assert SessionStore(key).get("patient") is None
    PageSession.objects.update(ends=timezone.now() - timedelta(hours=2))
    SessionStore.clear_expired()
    assert not PageSession.objects.exists()


def test_a_session_that_was_ended_elsewhere_does_not_come_back() -> None:
    key = begun(patient="one")
    here, there = SessionStore(key), SessionStore(key)
    assert here["patient"] == "one"
    there.delete()
    here["patient"] = "two"
    with pytest.raises(UpdateError):
        here.save()


def test_a_new_key_keeps_what_is_held() -> None:
    key = begun(patient="one")
    session = SessionStore(key)
    session.cycle_key()
    assert session.session_key != key
    assert SessionStore(session.session_key)["patient"] == "one"
    assert SessionStore(key).get("patient") is None
