"""An account is blocked by its number, ends everything at once, and opens as it may."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.test import Client

from naru.accounts import blocks, grants, sessions
from naru.accounts.errors import NotFound
from naru.accounts.grants import Terms
from naru.accounts.models import Client as AppRow
from naru.accounts.models import User
from naru.audit import queries as audit
from naru.audit.records import AccessRecord, Outcome
from naru.consent import cases
from naru.consent.cases import CaseEntry, CaseKind
from naru.domain.caller import Role
from naru.notifications.models import Notice
from naru.ui.clock import now
from tests.acting import staff
from tests.signin.test_sign_in import known, passkey_for, session_of
from tests.signing_in import Somebody, recognised, sign_up, verify

WHO = Somebody()


def at_work(role: Role) -> Client:
    """Somebody of the operating body."""
    return staff(role, None, f"시험{role.value}")


def number_of(client: Client) -> str:
    return blocks.number(session_of(client).account)


def block(agent: Client, number: str, cause: str = "asked") -> int:
    found = agent.post("/console/accounts", {"number": number})
    assert found.status_code == 302, found.content.decode()
    return agent.post(f"{found.headers['Location']}/block", {"cause": cause}).status_code


def told(kind: str) -> list[tuple[str, UUID]]:
    return list(Notice.objects.filter(kind=kind).values_list("to", "recipient"))


def last_record() -> AccessRecord:
    return audit.between(None, None)[0].record


def test_a_block_ends_every_sign_in_and_what_apps_got_in_them() -> None:
    patient = known(WHO)
    phone, desk = recognised(sign_up(WHO)), Client()
    assert verify(desk, WHO).headers["Location"] == "/"
    passkey = passkey_for(phone)
    session = session_of(desk)
    AppRow.objects.create(
        client_id="TEST-app", name="앱", redirect_uris="https://app.test/", scopes="openid",
        confidential=False, created_at=now(),
    )  # fmt: skip
    terms = Terms(
        redirect_uri="https://app.test/", challenge="", scopes=("openid",), acts_as="self"
    )
    code = grants.allow("TEST-app", session.id, terms, now())
    agent = at_work(Role.CALL_CENTRE_AGENT)
    number = number_of(phone)

    assert block(agent, number) == 302

    assert sessions.session(session.id, now()) is None
    for client in (phone, desk):
        assert client.get("/portal").headers["Location"].startswith("/sign-in?next=")
    with pytest.raises(grants.NotRecognised):
        grants.redeem(code, "TEST-app", now())
    options = Client()
    asked = options.post("/sign-in/passkey/ask").json()
    assert options.post("/sign-in/passkey", {"answer": passkey.get(asked)}).status_code == 403
    assert told("security-block") == [("patient", patient)]
    blocked = [one.record for one in audit.between(None, None)]
    assert [one.patients for one in blocked if one.transaction == "block account"] == [(patient,)]
    shown = agent.post("/console/accounts", {"number": number}, follow=True).content.decode()
    assert "잠김" in shown
    assert WHO.name not in shown
    assert number not in shown
    assert "상담원은 열 수 없습니다" in shown
    assert block(agent, number) == 422  # It is blocked already.


def test_its_person_opens_it_by_being_verified_again() -> None:
    client = sign_up(WHO)
    agent = at_work(Role.CALL_CENTRE_AGENT)
    number = number_of(client)
    assert block(agent, number) == 302
    assert agent.post(f"/console/accounts/{blocks.by_number(number)}/open").status_code == 403

    again = Client()
    assert again.get("/sign-in/blocked").status_code == 404
    assert again.post("/sign-in/blocked/open").status_code == 404
    assert verify(again, WHO).headers["Location"] == "/sign-in/blocked"
    assert "내 계정 다시 열기" in again.get("/sign-in/blocked").content.decode()
    before = len(audit.between(None, None))
    assert again.post("/sign-in/blocked/open").headers["Location"] == "/account"
    assert len(audit.between(None, None)) == before + 1  # One request, one record.
    shown = again.get("/account").content.decode()
    assert number in shown
    assert told("security-open") == [("account", session_of(again).account)]
    assert again.post("/sign-in/blocked/open").status_code == 404


def test_what_is_suspected_is_opened_by_an_officer_of_security_with_a_reason() -> None:
    client = sign_up(WHO)
    number, account = number_of(client), session_of(client).account
    analyst = at_work(Role.SECURITY_ANALYST)
    assert block(analyst, number, "suspicion") == 302

    own = Client()
    assert verify(own, WHO).headers["Location"] == "/sign-in/blocked"
    assert "상담센터가 함께 엽니다" in own.get("/sign-in/blocked").content.decode()
    assert own.post("/sign-in/blocked/open").status_code == 403
    assert not User.objects.get(public_id=account).is_active
    path = f"/console/accounts/{account}/open"
    assert analyst.post(path, {"reason": " "}).status_code == 422
    assert last_record().outcome is Outcome.MINOR_FAILURE
    assert analyst.post(path, {"reason": "영상 통화로 본인 확인"}).status_code == 302
    assert analyst.post(path, {"reason": "다시"}).status_code == 422
    assert verify(Client(), WHO).headers["Location"] == "/"


def test_a_number_that_is_nobodys_and_a_cause_that_is_none_do_nothing() -> None:
    client = sign_up(WHO)
    agent, account = at_work(Role.CALL_CENTRE_AGENT), session_of(client).account

    for typed in ("", "x", "0000-0000-0000", number_of(client)[:-1], "ZZZZ-ZZZZ-ZZZZ"):
        assert agent.post("/console/accounts", {"number": typed}).status_code == 422, typed
    assert agent.post(f"/console/accounts/{account}/block", {"cause": "?"}).status_code == 422
    for where in ("", "/block"):
        path = f"/console/accounts/{uuid4()}{where}"
        answer = agent.post(path, {"cause": "asked"}) if where else agent.get(path)
        assert answer.status_code == 404
    with pytest.raises(NotFound), transaction.atomic():
        blocks.open_again(account, Role.OPERATOR, now())
    assert client.get("/account").status_code == 200


def test_a_call_stops_nobody_of_the_operating_body() -> None:
    agent, analyst = at_work(Role.CALL_CENTRE_AGENT), at_work(Role.SECURITY_ANALYST)
    number = number_of(analyst)

    assert block(agent, number) == 422
    assert analyst.get("/console/accounts").status_code == 200
    assert block(at_work(Role.OPERATOR), number, "lost-device") == 302
    assert analyst.get("/console/accounts").status_code == 302


def test_the_state_of_a_request_is_told_by_its_number_and_nothing_of_what_it_is() -> None:
    patient = known(WHO)
    agent, first = at_work(Role.CALL_CENTRE_AGENT), CaseEntry(who=Role.PATIENT, what="비밀 사연")
    made = {
        kind: cases.open_case(
            kind, patient=patient, act=uuid4(), institution=None, now=now(),
            within=timedelta(days=10), first=first,
        )
        for kind in (CaseKind.WITHDRAWAL, CaseKind.STATUTORY)
    }  # fmt: skip
    asked = {"number": str(made[CaseKind.WITHDRAWAL])[:8]}

    shown = agent.post("/console/accounts", asked).content.decode()

    assert "동의 철회" in shown
    assert "처리 중" in shown
    assert "비밀" not in shown
    assert last_record().patients == (patient,)
    secret = {"number": str(made[CaseKind.STATUTORY])[:8]}
    assert agent.post("/console/accounts", secret).status_code == 422


def test_the_person_is_written_to_by_the_telephone_that_was_verified() -> None:
    from naru.notifications import contacts, kinds

    account = session_of(sign_up(WHO)).account

    assert contacts.of(account, kinds.known("security-block")).at("sms") == "01000000101"
    assert contacts.of(uuid4(), kinds.known("security-block")).at("sms") == ""
