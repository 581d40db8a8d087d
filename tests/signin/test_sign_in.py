"""Signing up and in, by what is verified, and never otherwise."""

import json
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from importlib import import_module
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test import Client, override_settings

from naru.accounts import attempts, people, sessions
from naru.accounts.errors import TooSoon
from naru.accounts.models import Passkey
from naru.accounts.values import Link, VerifiedPerson
from naru.audit import queries as audit
from naru.audit.records import AccessRecord, Outcome
from naru.consent import services as consent
from naru.consent.acts import ActKind
from naru.domain.caller import Assurance, Role
from naru.domain.identifiers import Identifier
from naru.domain.person import Demographics, Gender, PatientRecord, PersonName, Telecom
from naru.exchange import identify
from naru.exchange.access import Access
from naru.exchange.callers import signing_in
from naru.exchange.operating import UNLISTED
from naru.exchange.patients import linking
from naru.notifications.models import Notice
from naru.patients import services as patients
from naru.ui.clock import now
from tests.signing_in import (
    Authenticator,
    Somebody,
    recognised,
    say_who,
    sign_in,
    sign_up,
    verify,
)

NARU = Somebody()


def known(who: Somebody, number: str = "TEST-1") -> UUID:
    """The person as a patient whom a hospital has told of."""
    patients.know_domain("2.999.100")
    telecoms = (Telecom(f"tel:{who.phone}"),) if who.phone else ()
    record = PatientRecord(
        identifiers=(Identifier(number, "2.999.100"),),
        demographics=Demographics(
            names=(PersonName(text=who.name),),
            gender=Gender(who.gender),
            birth_time=who.born.replace("-", ""),
            telecoms=telecoms,
        ),
    )
    return patients.add(record, now=now())


def records() -> list[AccessRecord]:
    """Every access record, oldest first."""
    return [one.record for one in reversed(audit.between(None, None))]


def session_of(client: Client) -> sessions.Session:
    return sessions.session(UUID(client.session["sign-in"]), now())


def passkey_for(client: Client) -> Authenticator:
    """Make a passkey at the account's page."""
    made = Authenticator()
    options = client.post("/account/passkeys/ask").json()
    answer = client.post("/account/passkeys", {"answer": made.create(options), "name": "전화기"})
    assert answer.headers["Location"] == "/account"
    return made


def test_nobody_signs_in_without_a_verified_identity() -> None:
    """B02."""
    client = Client()

    assert client.get("/sign-in").status_code == 200
    assert client.get("/account").headers["Location"] == "/sign-in?next=%2Faccount"
    assert client.get("/portal").headers["Location"] == "/sign-in?next=%2Fportal"
    assert client.get("/sign-up").status_code == 404
    assert client.post("/sign-up/now").status_code == 404
    assert client.get("/sign-in/identity/return?state=x&code=y").status_code == 403
    begun = client.post("/sign-in/identity")
    back = say_who(begun.headers["Location"], NARU)
    assert Client().get(back).status_code == 403  # Another browser's return.
    assert client.get(back.replace("code=", "code=x")).status_code == 403
    assert "sign-in" not in client.session


def test_a_verified_person_signs_up_without_rrn_and_sees_their_own_record() -> None:
    patient = known(NARU)

    client = sign_up(NARU)
    assert session_of(client).patient is None

    recognised(client)

    assert session_of(client).patient == patient
    assert client.get("/portal").status_code == 200
    assert client.get("/clinic").status_code == 403
    assert client.get("/console").status_code == 403
    again = sign_in(NARU)
    assert session_of(again).account == session_of(client).account
    newest = max(records(), key=lambda one: one.time)
    assert [one.transaction for one in records()].count("sign-up") == 1
    assert newest.transaction == "sign-in"
    assert newest.caller.person == session_of(client).account
    assert newest.caller.assurance is Assurance.SESSION


def test_nothing_of_the_person_is_readable_in_the_tables() -> None:
    sign_up(NARU)

    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {table}")
            held = repr(cursor.fetchall())
            for secret in (NARU.name, NARU.phone, NARU.born):
                assert secret not in held, table
                assert repr(secret.encode())[2:-1] not in held, table


@pytest.mark.parametrize("other", [NARU, Somebody(phone="010-0000-0202"), Somebody(phone="")])
def test_who_is_not_surely_the_patient_waits_for_the_steward(other: Somebody) -> None:
    patient = known(NARU)

    client = sign_up(other)

    assert session_of(client).link is Link.DOUBTFUL
    refused = client.get("/portal")
    assert refused.status_code == 403
    assert "김나루" not in refused.content.decode()
    access = Access(transaction=linking.LIST, caller=identify.operator(), time=now())
    waiting = linking.waiting(access)
    assert [one.candidates[0][0] for one in waiting] == [patient]
    (told,) = Notice.objects.filter(kind="match-review")
    assert (told.role, told.recipient) == (Role.STEWARD, UNLISTED)
    access = Access(transaction=linking.LINK, caller=identify.operator(), time=now())
    with pytest.raises(linking.Unlinkable):
        linking.settle(access, session_of(client).account, uuid4())
    access = Access(transaction=linking.LINK, caller=identify.operator(), time=now())
    linking.settle(access, session_of(client).account, patient)
    assert client.get("/portal").status_code == 200
    assert Notice.objects.get(kind="account-settled").recipient == patient
    assert "본인 확인이 끝났습니다" in client.get("/portal/notices").content.decode()


def test_a_patient_who_is_somebody_is_given_to_nobody_else() -> None:
    """Nobody is, with the victim's name and birth and a telephone of theirs of before."""
    patient = known(NARU)
    recognised(sign_up(NARU))
    newcomer = VerifiedPerson(
        name=NARU.name,
        born=date.fromisoformat(NARU.born),
        gender=Gender(NARU.gender),
        di="TEST-2",
        phone=NARU.phone,
    )

    assert linking.find(newcomer) is Link.DOUBTFUL
    account = people.sign_up(newcomer, Link.DOUBTFUL, None, now())
    access = Access(transaction=linking.LINK, caller=identify.operator(), time=now())
    with pytest.raises(linking.Unlinkable):
        linking.settle(access, account, patient)
    assert people.patient_of(account) is None
    assert access.recorded is not None


def test_two_people_of_one_name_and_day_are_told_apart_by_a_steward() -> None:
    known(NARU, "TEST-1")
    known(NARU, "TEST-2")

    client = sign_up(NARU)

    assert session_of(client).link is Link.DOUBTFUL


def test_a_passkey_signs_in_once_for_each_challenge() -> None:
    """C74: a ceremony through our own doors, and its replay."""
    mine = passkey_for(sign_up(NARU))
    client = Client()
    options = client.post("/sign-in/passkey/ask").json()
    answer = mine.get(options)

    signed_in = client.post("/sign-in/passkey", {"answer": answer, "next": "/portal"})

    assert signed_in.headers["Location"] == "/portal"
    replayed = client.post("/sign-in/passkey", {"answer": answer})
    assert replayed.status_code == 403
    other = Client()
    other.post("/sign-in/passkey/ask")
    assert other.post("/sign-in/passkey", {"answer": answer}).status_code == 403
    for broken in ("", "[]", "{}", "{" * 9000, "x" * 99999):
        other.post("/sign-in/passkey/ask")
        assert other.post("/sign-in/passkey", {"answer": broken}).status_code == 403


def test_a_copied_authenticator_is_found_out_by_its_counter() -> None:
    mine = passkey_for(sign_up(NARU))
    for expected in (302, 403):
        client = Client()
        options = client.post("/sign-in/passkey/ask").json()
        answer = client.post("/sign-in/passkey", {"answer": mine.get(options)})
        assert answer.status_code == expected
        mine.counter = 0


def test_a_session_key_that_somebody_prepared_is_good_for_nothing() -> None:
    client = Client()
    client.post("/sign-in/passkey/ask")
    prepared = client.cookies[settings.SESSION_COOKIE_NAME].value

    sign_up(NARU, client)

    assert client.cookies[settings.SESSION_COOKIE_NAME].value != prepared
    attacker = Client()
    attacker.cookies[settings.SESSION_COOKIE_NAME] = prepared
    assert attacker.get("/account").status_code == 302
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert client.cookies["naru-device"]["httponly"]


def test_forms_of_other_sites_do_nothing() -> None:
    client = Client(enforce_csrf_checks=True)
    for path in ("/sign-in/identity", "/sign-in/password", "/sign-out", "/account/devices/end"):
        assert client.post(path).status_code == 403


def test_devices_are_listed_and_ended_from_the_next_request_on() -> None:
    first = sign_up(NARU, Client(headers={"user-agent": "Mozilla (iPhone) Safari"}))
    second = sign_in(NARU, Client(headers={"user-agent": "Mozilla (Windows) Edg/1"}))
    page = first.get("/account").content.decode()
    assert "iPhone · Safari" in page
    assert "Windows · Edge" in page
    stranger = sign_up(Somebody(name="박다른"))
    device = str(session_of(second).id)

    assert stranger.post("/account/devices/end", {"device": device}).status_code == 403
    assert second.get("/account").status_code == 200
    first.post("/account/devices/end", {"device": device})

    assert second.get("/account").status_code == 302
    assert first.get("/account").status_code == 200
    first.post("/sign-out")
    assert first.get("/account").status_code == 302


def test_a_new_device_is_told_of_and_a_known_one_is_not() -> None:
    client = sign_up(NARU)
    sign_in(NARU, client)
    assert not Notice.objects.filter(kind="sign-in-new-device").exists()

    sign_in(NARU)

    assert Notice.objects.filter(kind="sign-in-new-device").count() == 1


def test_failures_cost_a_wait_that_grows_whether_or_not_there_is_such_an_account() -> None:
    client = sign_up(NARU)
    client.post("/account/password", {"login": "naru-1946", "password": "산책과-보리차-1946"})
    answers = {}
    for login in ("naru-1946", "nobody-here"):
        told = []
        for _ in range(attempts.FREE + 2):
            answer = Client(REMOTE_ADDR=f"198.51.100.{len(answers) + 1}").post(
                "/sign-in/password", {"login": login, "password": "틀린-비밀번호-0000"}
            )
            told.append((answer.status_code, "기다려야" in answer.content.decode()))
        answers[login] = told
    assert answers["naru-1946"] == answers["nobody-here"]
    assert answers["naru-1946"][-1] == (403, True)
    right = {"login": "naru-1946", "password": "산책과-보리차-1946"}
    assert Client(REMOTE_ADDR="198.51.100.9").post("/sign-in/password", right).status_code == 403
    waits = [attempts._wait(number) for number in range(attempts.FREE + 1, 20)]
    assert waits == sorted(waits)
    assert waits[-1] == attempts.LONGEST_WAIT


def test_a_few_who_mistype_lock_nobody_else_out_behind_their_address() -> None:
    """A hospital has one address, and behind a server of ours so has everybody."""
    client = sign_up(NARU)
    client.post("/account/password", {"login": "naru-1946", "password": "산책과-보리차-1946"})
    place, moment = attempts.Tried("address\n198.51.100.7", place=True), now()
    for _ in range(attempts.FREE_AT_A_PLACE):
        attempts.begin([place], moment)
    right = {"login": "naru-1946", "password": "산책과-보리차-1946"}
    there = Client(REMOTE_ADDR="198.51.100.7")
    assert there.post("/sign-in/password", right).status_code == 302

    attempts.begin([place], moment)
    assert Client(REMOTE_ADDR="198.51.100.7").post("/sign-in/password", right).status_code == 403
    for minutes in range(60, 60 * 24, 10):  # Someone mistypes every ten minutes, all day.
        at = moment + timedelta(minutes=minutes)
        attempts.begin([place], at)


def test_however_many_come_at_once_each_guess_is_counted(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A burst compares no more passwords than one after the other would."""
    client = sign_up(NARU)
    client.post("/account/password", {"login": "naru-1946", "password": "산책과-보리차-1946"})
    compared: list[None] = []
    browser = signing_in.Browser(device="d", name="시험")

    def by_password(_login: str, _password: str) -> UUID:
        compared.append(None)
        time.sleep(0.05)  # All that came at once are at it before the first is done.
        raise people.NotRecognised

    monkeypatch.setattr(people, "by_password", by_password)

    def guess(_: int) -> type[Exception] | None:
        caller = identify.stranger(address="198.51.100.8")
        access = Access(transaction=signing_in.SIGN_IN, caller=caller, time=now())
        try:
            signing_in.by_password(access, "naru-1946", "x", browser)
        except (people.NotRecognised, TooSoon) as refusal:
            return type(refusal)
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(8) as pool:
        answers = Counter(pool.map(guess, range(24)))

    assert answers == {people.NotRecognised: attempts.FREE + 1, TooSoon: 23 - attempts.FREE}
    assert len(compared) == attempts.FREE + 1


def test_a_name_that_is_unknown_costs_the_same_work() -> None:
    client = sign_up(NARU)
    client.post("/account/password", {"login": "naru-1946", "password": "산책과-보리차-1946"})

    def cost(login: str) -> float:
        began = time.process_time()
        with pytest.raises(people.NotRecognised):
            people.by_password(login, "틀린-비밀번호-0000")
        return time.process_time() - began

    known_, unknown = (min(cost(one) for _ in range(3)) for one in ("naru-1946", "nobody"))
    assert 0.5 < unknown / known_ < 2


def test_a_password_is_optional_and_weak_ones_are_refused() -> None:
    client = sign_up(NARU)
    for login, password in (
        ("naru", "short"),
        ("abc", "긴-비밀번호-여기에-123"),
        ("naru", "password1234"),
    ):
        refused = client.post("/account/password", {"login": login, "password": password})
        assert refused.status_code == 403
    good = {"login": "Naru-1946", "password": "산책과-보리차-1946"}
    assert client.post("/account/password", good).status_code == 302
    assert Client().post("/sign-in/password", good | {"login": "naru-1946 "}).status_code == 302
    assert client.post("/account/password", {"login": "", "password": ""}).status_code == 302
    assert Client().post("/sign-in/password", good).status_code == 403


def test_a_recovery_code_signs_in_once() -> None:
    client = sign_up(NARU)
    page = client.post("/account/recovery").content.decode()
    code = page.split('class="code">')[1].split("<")[0]

    assert Client().post("/sign-in/recovery", {"code": code.lower()}).status_code == 302
    assert Client().post("/sign-in/recovery", {"code": code}).status_code == 403


def test_an_act_that_weighs_asks_for_its_factor_again() -> None:
    """C37: what each act asks for is data."""
    known(NARU)
    client = recognised(sign_up(NARU))
    mine = passkey_for(client)
    sessions.SignIn.objects.update(identity_at=now() - timedelta(hours=1))

    refused = client.post(
        "/portal/consent/give", {}, headers={"referer": "http://testserver/portal"}
    )
    assert refused.headers["Location"].startswith("/sign-in/confirm/passkey?next=")
    options = client.post("/sign-in/passkey/ask").json()
    stranger = Authenticator(id=b"TEST-credential-0002")
    stranger.handle = mine.handle
    confirm = {"answer": stranger.get(options), "next": "/portal"}
    assert client.post("/sign-in/confirmed", confirm).status_code == 403
    options = client.post("/sign-in/passkey/ask").json()
    confirm = {"answer": mine.get(options), "next": "/portal"}
    assert client.post("/sign-in/confirmed", confirm).headers["Location"] == "/portal"
    assert client.get("/portal/consent/give").status_code == 200
    sessions.SignIn.objects.update(passkey_at=now() - timedelta(minutes=6))
    asked = client.post("/portal/consent/withdraw")
    assert asked.headers["Location"].startswith("/sign-in/confirm/passkey")
    assert verify(client, NARU, "/portal").headers["Location"] == "/portal"
    assert client.get("/portal/consent/give").status_code == 200


def test_going_on_leads_to_our_own_pages_alone() -> None:
    sign_up(NARU)
    for given in (
        "https://evil.example/",
        "//evil.example",
        "javascript:alert(1)",
        "/\\evil.example",
    ):
        assert verify(Client(), NARU, given).headers["Location"] == "/"


def test_a_sign_in_ends_by_age_and_by_standing_still() -> None:
    client = sign_up(NARU)
    sessions.SignIn.objects.update(seen_at=now() - sessions.IDLE)
    assert client.get("/account").status_code == 302
    sessions.SignIn.objects.update(seen_at=now(), started_at=now() - sessions.LIFETIME)
    assert client.get("/account").status_code == 302


def test_without_a_provider_nobody_is_led_anywhere() -> None:
    with override_settings(NARU=replace(settings.NARU, identity_provider="http://127.0.0.1:1")):
        answer = Client().post("/sign-in/identity")

    assert answer.status_code == 503
    assert "이어지지 않습니다" in answer.content.decode()


def test_every_attempt_leaves_one_record() -> None:
    sign_up(NARU)
    before = len(records())

    Client().post("/sign-in/recovery", {"code": "ABCD"})
    Client().post("/sign-in/password", {"login": "naru", "password": "x"})
    Client().post("/sign-in/passkey", {"answer": "{}"})

    new = records()[before:]
    assert [one.outcome for one in new] == [Outcome.MINOR_FAILURE] * 3
    assert "naru" not in json.dumps([str(one) for one in new])


def test_the_name_of_a_passkey_is_shown_to_its_owner_and_stands_sealed() -> None:
    client = sign_up(NARU)
    passkey_for(client)

    row = Passkey.objects.get()
    assert "전화기".encode() not in bytes(row.sealed)
    assert "전화기" in client.get("/account").content.decode()


def test_what_stood_in_plain_text_is_sealed_by_the_migration(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = sign_up(NARU)
    passkey_for(client)
    monkeypatch.setattr(Passkey, "name", "어머니의 전화기", raising=False)

    import_module("naru.accounts.migrations.0004_passkey_names_sealed").seal(apps, None)

    assert "어머니의 전화기" in client.get("/account").content.decode()


def test_a_noted_death_ends_every_page_and_the_next_sign_in_until_it_is_corrected() -> None:
    patient = known(NARU)
    client = recognised(sign_up(NARU))
    assert client.get("/portal").status_code == 200

    note(patient, ActKind.DEATH, from_date=date(2026, 11, 1))

    for page in ("/portal", "/portal/consent", "/account"):
        answer = client.get(page)
        assert answer.status_code == 403, page
        assert "사망이 적힌 분의 로그인은 끝났습니다" in answer.content.decode()
    again = Client()
    verify(again, NARU)
    assert again.get("/portal").status_code == 302

    note(patient, ActKind.DEATH_END)
    assert client.get("/portal").status_code == 200


def note(patient: UUID, kind: ActKind, **about: Any) -> None:
    """An institution's officer notes it."""
    caller = replace(identify.operator(), role=Role.PRIVACY_OFFICER)
    consent.perform(kind, patient, caller, "TEST", now(), **about)
