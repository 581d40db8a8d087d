"""A half-filled form survives an expired sign-in, for its sender alone, and in no address."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client

from naru.accounts.models import SignIn
from naru.audit.models import Record
from naru.signin import unsent
from naru.ui.clock import now
from tests.signing_in import Somebody, sign_in, sign_up

PATH = "/portal/accesses/question"
FORM = {"why": "모르는 곳에서 보았습니다 <b>", "record": "7", "csrfmiddlewaretoken": "t"}


def expire(client: Client) -> None:
    mine = SignIn.objects.filter(public_id=UUID(client.session["sign-in"]))
    mine.update(seen_at=now() - timedelta(hours=1))


def sent_too_late(client: Client, **more: str) -> str:
    """The form sent by somebody whose sign-in has run out; answers where they are led."""
    sign_up(Somebody(), client)
    expire(client)
    referer = {"referer": "http://testserver/portal/accesses"}
    return client.post(PATH, FORM | more, headers=referer).headers["Location"]


def test_what_was_typed_stands_there_after_signing_in_again() -> None:
    client = Client()
    assert sent_too_late(client) == "/sign-in?next=%2Funsent"

    sign_in(Somebody(), client)
    page = client.get("/unsent").content.decode()

    assert "모르는 곳에서 보았습니다 &lt;b&gt;" in page
    assert f'action="{PATH}"' in page
    assert 'name="record"' in page
    assert 'name="csrfmiddlewaretoken" hidden' not in page
    assert 'href="/portal/accesses"' in page


def test_nobody_else_is_shown_it() -> None:
    client = Client()
    sent_too_late(client)

    sign_up(Somebody(name="남다른"), client)

    assert client.get("/unsent").headers["Location"] == "/"
    assert "unsent" not in client.session


def test_it_is_forgotten_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client()
    sent_too_late(client)
    sign_in(Somebody(), client)

    monkeypatch.setattr(unsent, "KEPT_FOR", timedelta(0))

    assert client.get("/unsent").headers["Location"] == "/"


@pytest.mark.parametrize("secret", ["password", "code", "answer"])
def test_what_opens_an_account_is_never_kept(secret: str) -> None:
    client = Client()

    assert sent_too_late(client, **{secret: "opens"}) != "/sign-in?next=%2Funsent"
    assert "unsent" not in client.session


def test_too_much_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unsent, "LARGEST", 10)

    assert sent_too_late(Client()) != "/sign-in?next=%2Funsent"


def test_of_whoever_never_signed_in_nothing_is_kept() -> None:
    client = Client()
    client.post(PATH, FORM)

    assert "unsent" not in client.session


def test_it_is_forgotten_once_it_came_through() -> None:
    client = sign_up(Somebody())
    expire(client)
    client.post("/account/act-as", {"post": "other one"})
    sign_in(Somebody(), client)
    assert client.get("/unsent").status_code == 200

    client.post("/account/act-as", {"post": "other one"})

    assert client.get("/unsent").headers["Location"] == "/"


def test_a_form_of_too_much_is_not_kept_and_its_refusal_is_recorded() -> None:
    client = Client()
    sign_up(Somebody(), client)
    expire(client)
    before = Record.objects.count()

    answer = client.post(PATH, {f"f{n}": "x" for n in range(1_100)})

    assert answer.status_code in {302, 400}
    assert "unsent" not in client.session
    assert Record.objects.count() == before + 1
