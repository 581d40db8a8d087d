"""What a patient says is wrong gets a number, the right office, an answer; a call gets a ticket."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.test import Client, override_settings

from naru.accounts import people, posts, sessions
from naru.accounts.posts import Invitation
from naru.accounts.values import Link, Method, VerifiedPerson
from naru.audit.models import Record
from naru.domain.caller import Role
from naru.domain.identifiers import Identifier
from naru.domain.person import Demographics, Gender, PatientRecord, PersonName, Telecom
from naru.domain.roles import Factor
from naru.notifications import queries as notices
from naru.notifications.recipients import Recipient
from naru.patients import queries as patients
from naru.patients import services as patient_services
from naru.tickets.models import Ticket
from naru.ui.clock import now, today
from tests.exchange.hospitals import AFFINITY_DOMAIN, Hospital, Patient
from tests.staging import looking_as

NUMBER = re.compile(r"\d{4}-\d{3}-\d{3}")


@pytest.fixture(autouse=True)
def _real(transactional_db: None) -> Iterator[None]:
    options = replace(settings.NARU, demo=True, affinity_domains=(AFFINITY_DOMAIN,), sandbox=False)
    with override_settings(NARU=options, AFFINITY_DOMAIN=None):
        yield


def main(answer: object, status: int = 200) -> str:
    told = answer.content.decode()
    assert answer.status_code == status, told
    return told[told.index("<main") :]


def signed_in(role: Role, institution: UUID | None) -> Client:
    """Somebody at work in that role."""
    at = now()
    person = VerifiedPerson(
        name="시험직원", born=date(1970, 1, 1), gender=Gender.FEMALE, di=str(uuid4())
    )
    account = people.sign_up(person, Link.UNKNOWN, None, at)
    session = sessions.begin(account, Method.IDENTITY, str(uuid4()), "시험", at)
    sessions.show(session, Factor.PASSKEY, at)
    asked = Invitation(institution=institution, role=role, name="시험직원", first_day=today(at))
    _post, code = posts.invite(asked, at)
    sessions.act_as(session, post=posts.accept(account, code, at).id)
    client = Client()
    kept = client.session
    kept["sign-in"] = str(session)
    kept.save()
    return client


def named(hospital: Hospital, name: str, phone: str) -> Patient:
    """A patient of that name and telephone."""
    own = Identifier(f"CALL-{uuid4()}", hospital.oid)
    told = Demographics(
        names=(PersonName(text=name),), birth_time="19700101", telecoms=(Telecom(f"tel:{phone}"),)
    )
    record = PatientRecord(identifiers=(own,), demographics=told)
    key = patient_services.add(record, now=now())
    affinity_id = patients.affinity_id(key)
    assert affinity_id is not None
    return Patient(key, own, affinity_id)


def about_a_record() -> tuple[Hospital, Patient, Client, dict[str, str]]:
    hospital = Hospital()
    patient = hospital.patient()
    patient.consents()
    form = {
        "document": hospital.sends(patient).unique_id,
        "words": "혈액형이 틀렸습니다",
        "once": str(uuid4()),
    }
    return hospital, patient, looking_as(patient.key), form


def test_a_wrong_record_gets_a_number_and_an_answer_from_its_institution() -> None:
    hospital, patient, citizen, form = about_a_record()
    asked = main(citizen.post("/portal/tickets/new", {"document": form["document"]}))
    assert "무엇이 틀렸습니까?" in asked

    where = citizen.post("/portal/tickets/new", form).headers["Location"]
    again = citizen.post("/portal/tickets/new", form).headers["Location"]

    assert (where, Ticket.objects.count()) == (again, 1)
    assert NUMBER.search(main(citizen.get(where)))
    office = Recipient.at_institution(hospital.id, Role.HEALTH_INFORMATION_MANAGER)
    assert len(notices.inbox([office], language="ko")) == 1
    manager = signed_in(Role.HEALTH_INFORMATION_MANAGER, hospital.id)
    inside = f"/console{where.removeprefix('/portal')}"
    assert NUMBER.search(main(manager.get("/console/tickets")))
    assert "혈액형이 틀렸습니다" in main(manager.get(inside))
    manager.post(f"{inside}/answer", {"words": "확인 중", "to": "office"})
    manager.post(f"{inside}/answer", {"words": "고쳤습니다", "close": "yes"})
    shown = main(citizen.get(where))
    assert "고쳤습니다" in shown
    assert "처리 끝남" in shown
    assert "확인 중" not in shown
    told = notices.inbox([Recipient.patient(patient.key)], language="ko")
    assert [one.title for one in told].count("문의에 새 소식이 있습니다") == 1
    refused = manager.post(f"{inside}/answer", {"words": "또"})
    assert 'role="alert"' in main(refused, 422)
    assert 'role="alert"' in main(citizen.post(f"{where}/reply", {"words": "또"}), 422)


def test_an_access_goes_to_its_privacy_officer() -> None:
    hospital, patient, citizen, _form = about_a_record()
    other = Hospital()
    other.finds(patient)
    listed = main(citizen.get("/portal/accesses"))
    record = re.findall(r'name="record" value="([0-9a-f-]{36})"', listed)[0]
    assert "모르는 열람을 알립니다" in main(citizen.post("/portal/tickets/new", {"record": record}))

    form = {"record": record, "words": "모릅니다", "once": str(uuid4())}
    where = citizen.post("/portal/tickets/new", form).headers["Location"]

    inside = f"/console{where.removeprefix('/portal')}"
    officer = signed_in(Role.PRIVACY_OFFICER, other.id)
    assert record in main(officer.get(inside))
    assert "문의를 보냈습니다" in main(citizen.get("/portal/accesses"))
    for role, place in (
        (Role.PRIVACY_OFFICER, hospital.id),
        (Role.HEALTH_INFORMATION_MANAGER, other.id),
        (Role.CALL_CENTRE_AGENT, None),
    ):
        stranger = signed_in(role, place)
        assert stranger.get(inside).status_code == 404
        assert stranger.post(f"{inside}/answer", {"words": "x"}).status_code == 404
        assert not NUMBER.search(main(stranger.get("/console/tickets")))


def test_nobody_opens_or_reads_a_ticket_about_another_s() -> None:
    _hospital, _patient, citizen, form = about_a_record()
    other = looking_as(Hospital().patient().key)

    assert other.post("/portal/tickets/new", form).status_code == 404
    where = citizen.post("/portal/tickets/new", form).headers["Location"]
    assert other.get(where).status_code == 404
    assert other.post(f"{where}/reply", {"words": "x"}).status_code == 404
    assert other.post("/portal/tickets/new", form).status_code == 404
    bad = (
        {"words": " "},
        {"words": "가" * 10_000},
        {"words": "\0"},
    )
    for one in bad:
        answer = citizen.post("/portal/tickets/new", form | one | {"once": str(uuid4())})
        assert 'role="alert"' in main(answer, 422)
    for one in ({"once": "x"}, {"record": "x"}, {"record": str(uuid4())}, {"document": "1.2"}):
        answer = citizen.post("/portal/tickets/new", {**form, "once": str(uuid4()), **one})
        assert answer.status_code == 404, one
    assert Ticket.objects.count() == 1


def test_the_call_centre_sees_states_alone_and_keeps_a_ticket() -> None:
    hospital = Hospital()
    patient = named(hospital, "남궁비밀", "010-0000-0909")
    patient.consents()
    document = hospital.sends(patient)
    agent = signed_in(Role.CALL_CENTRE_AGENT, None)
    said = {"name": "남궁비밀", "born": "1970-01-01", "telephone": "0909"}

    found = main(agent.post("/console/calls", said))

    assert "동의함" in found
    assert "계정 없음" in found
    for hidden in ("남궁비밀", document.unique_id, patient.own.value, patient.affinity_id.value):
        assert hidden not in found
    form = {"words": "동의를 어떻게 철회하나요", "once": str(uuid4())}
    where = agent.post("/console/calls/ticket", form).headers["Location"]
    again = agent.post("/console/calls/ticket", form).headers["Location"]
    assert (where, Ticket.objects.count()) == (again, 1)
    citizen = looking_as(patient.key)
    assert "전화 상담" in main(citizen.get("/portal/tickets"))
    assert "상담원" in main(citizen.get("/portal/accesses"))  # The look is told to its person.


def test_who_guesses_at_the_call_desk_finds_nobody_and_has_to_wait() -> None:
    hospital = Hospital()
    named(hospital, "남궁비밀", "010-0000-0909")
    named(hospital, "제갈은밀", "010-0000-0808")
    named(hospital, "제갈은밀", "010-0000-0808")
    agent = signed_in(Role.CALL_CENTRE_AGENT, None)
    right = {"name": "남궁비밀", "born": "1970-01-01", "telephone": "0909"}
    wrong = (
        {"telephone": "0808"},
        {"born": "1970-01-02"},
        {"name": "남궁"},
        {"name": "제갈은밀", "telephone": "0808"},  # Two of them: neither is told.
        {"name": ""},
        {"born": "x"},
    )
    pages = {
        re.sub(r'value="[^"]*"', "", main(agent.post("/console/calls", right | one), 422))
        for one in wrong
    }
    assert len(pages) == 1
    for _ in range(3):
        last = main(agent.post("/console/calls", right | {"telephone": "1234"}), 422)
    assert "잠시 뒤에" in last
    assert "잠시 뒤에" in main(agent.post("/console/calls", right), 422)


def test_each_request_leaves_one_record() -> None:
    hospital, _patient, citizen, form = about_a_record()
    where = citizen.post("/portal/tickets/new", form).headers["Location"]
    inside = f"/console{where.removeprefix('/portal')}"
    manager = signed_in(Role.HEALTH_INFORMATION_MANAGER, hospital.id)
    agent = signed_in(Role.CALL_CENTRE_AGENT, None)
    asked = [
        lambda: citizen.get("/portal/tickets"),
        lambda: citizen.post("/portal/tickets/new", form),
        lambda: citizen.post("/portal/tickets/new", form | {"words": ""}),
        lambda: citizen.get(where),
        lambda: citizen.post(f"{where}/reply", {"words": "또"}),
        lambda: citizen.get(f"/portal/tickets/{uuid4()}"),
        lambda: manager.get("/console/tickets"),
        lambda: manager.get(inside),
        lambda: manager.post(f"{inside}/answer", {"words": ""}),
        lambda: manager.post(f"{inside}/answer", {"words": "답"}),
        lambda: agent.get("/console/calls"),
        lambda: agent.post("/console/calls", {"name": "x"}),
        lambda: agent.post("/console/calls/ticket", {"words": ""}),
        lambda: agent.post("/console/calls/ticket", {"words": "x", "once": str(uuid4())}),
    ]
    for number, ask in enumerate(asked):
        before = Record.objects.count()
        ask()
        assert Record.objects.count() == before + 1, number
