"""The pages of referrals: from an open chart to sent, the inbox, the reply, the letter."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from naru.accounts import sessions
from naru.accounts.values import Method
from naru.audit import models as audit
from naru.domain.caller import Role
from naru.domain.clinical import VitalSigns
from naru.domain.korea import KST
from naru.domain.referral_states import State
from naru.domain.scheduling import Hours, Schedule
from naru.referrals import models, queries
from naru.scheduling import models as rows
from naru.scheduling import queries as scheduling
from naru.scheduling.codec import row
from naru.ui.clock import now
from tests.acting import node, staff
from tests.exchange.hospitals import Patient
from tests.referrals.hospitals import CHART, DEPARTMENT, TODAY, Hospital

pytestmark = pytest.mark.django_db(transaction=True)
ITEM = re.compile(r'name="item" value="([^"]+)"[^>]*> ([^<]*) <')


@pytest.fixture(autouse=True)
def _node() -> Iterator[None]:
    with node():
        yield


def a_pair() -> tuple[Hospital, Hospital, Patient]:
    west, east = Hospital(), Hospital()
    patient = west.patient()
    patient.consents()
    west.chart(patient)
    return west, east, patient


def ticked(page: str, *names: str) -> list[str]:
    return [code for code, name in ITEM.findall(page) if name in names]


def a_form(page: str, east: Hospital, **more: object) -> dict[str, Any]:
    once = re.search(r'name="once" value="([^"]+)"', page)
    assert once is not None
    return {
        "once": once[1],
        "kind": "referral",
        "to": str(east.id),
        "department": DEPARTMENT,
        "item": ticked(page, "상세불명의 흉통"),
        "reason": ["further-tests"],
        "opinion": ["stable"],
        "consent": "consent",
        "asked_by": "patient",
        "do": "send",
        **more,
    }


def test_from_an_open_chart_to_sent_and_accepted_without_typing() -> None:
    """Each request leaves one access record; a form that comes twice shows the same referral."""
    west, east, patient = a_pair()
    sender = staff(Role.DOCTOR, west.id, "이도윤", patient.key)
    before = audit.Record.objects.count()
    page = sender.get(f"/clinic/referrals/new?to={east.id}").content.decode()
    form = a_form(page, east)

    sent = sender.post("/clinic/referrals/new", form)
    assert sent.status_code == 302, sent.content.decode()
    again = sender.post("/clinic/referrals/new", form)

    assert again.headers["Location"] == sent.headers["Location"]
    assert audit.Record.objects.count() == before + 3
    (one,) = queries.outbox(west.id)
    assert one.asked_by == "patient"
    receipt = sender.get(sent.headers["Location"]).content.decode()
    assert one.number in receipt
    assert "상세불명의 흉통" in receipt
    assert "우울" not in receipt
    assert one.number in sender.get("/clinic/referrals/sent").content.decode()

    receiver = staff(Role.REFERRAL_COORDINATOR, east.id, "박협력")
    inbox = receiver.get("/clinic/referrals").content.decode()
    assert one.number in inbox
    closed = receiver.get(f"/clinic/referrals/{one.id}").content.decode()
    assert "상세불명의 흉통" not in closed
    assert act(receiver, one.id, "received").status_code == 302
    opened = receiver.get(f"/clinic/referrals/{one.id}").content.decode()
    assert "상세불명의 흉통" in opened
    assert act(receiver, one.id, "accepted").status_code == 302
    late = act(sender, one.id, "answered", words="늦음")
    assert late.status_code == 422
    assert "이미 다른 분이 처리했거나" in late.content.decode()


def act(client: Client, referral: UUID, kind: str, **more: str) -> Any:
    return client.post(f"/clinic/referrals/{referral}/act", {"act": kind, **more})


def test_a_slot_is_booked_with_the_sending_and_one_that_is_gone_leaves_all_filled_in() -> None:
    """Who was slower gets the form again, with everything ticked, and sends once more."""
    west, east, patient = a_pair()
    west.receives(patient)
    opens(east)
    sender = staff(Role.DOCTOR, west.id, "이도윤", patient.key)
    page = sender.get(f"/clinic/referrals/new?to={east.id}").content.decode()
    form = a_form(page, east, do="show")
    shown = sender.post("/clinic/referrals/new", form).content.decode()
    slots = re.findall(r'name="slot" value="([^"]+)"', shown)
    assert slots
    assert f'value="{form["item"][0]}" checked' in shown

    booked = sender.post("/clinic/referrals/new", {**form, "do": "send", "slot": slots[0]})
    assert booked.status_code == 302
    (one,) = queries.outbox(west.id)
    appointment = scheduling.of_referral(one.id)
    assert appointment is not None
    assert (one.booking, str(appointment.slot)) == (appointment.id, slots[0])
    shown = sender.get(f"/clinic/referrals/{one.id}").content.decode()
    assert "의뢰와 함께 예약했습니다" in shown  # The paper itself tells of it, too.

    other = west.patient()
    other.consents()
    west.chart(other)
    west.receives(other)
    second = staff(Role.DOCTOR, west.id, "김도윤", other.key)
    page = second.get(f"/clinic/referrals/new?to={east.id}").content.decode()
    form = a_form(page, east, slot=slots[0])
    late = second.post("/clinic/referrals/new", form)
    assert late.status_code == 409
    text = late.content.decode()
    assert "방금 다른 환자가 예약했습니다. 다음 빈 시간" in text
    (following,) = re.findall(r'name="slot" value="([^"]+)" checked', text)
    assert following not in {slots[0], ""}
    assert f'value="{form["item"][0]}" checked' in text
    assert f'name="once" value="{form["once"]}"' in text
    assert len(queries.outbox(west.id)) == 1
    assert second.post("/clinic/referrals/new", {**form, "slot": ""}).status_code == 302


def opens(east: Hospital) -> None:
    every = ((Hours(time(0), time(23)),),) * 7
    schedule = Schedule(
        id=uuid4(),
        institution=east.id,
        department=DEPARTMENT,
        practitioner="윤가람",
        weekly=every,
        slot=timedelta(minutes=30),
        first=TODAY,
        closed_on_holidays=False,
    )
    rows.Schedule.objects.create(schedule=schedule.id, **row(schedule))


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"to": ""}, "받을 기관을 골라 주세요"),
        ({"to": "x"}, "받을 기관을 골라 주세요"),
        ({"department": ""}, "진료과를 골라 주세요"),
        ({"consent": ""}, "동의했는지 표시해 주세요"),
        ({"consent": "emergency"}, "보낼 수 없습니다"),
        ({"item": [], "name": ""}, "진단내역"),
        ({"reason_text": "가" * 10_000}, "글이 너무 깁니다. 4,000자까지"),
        ({"name": "가" * 10_000}, "글이 너무 깁니다. 200자까지"),
        ({"code": "R" * 10_000}, "글이 너무 깁니다. 20자까지"),
    ],
)
def test_a_wrong_form_says_what_is_wrong_keeps_all_and_sends_nothing(
    changed: dict[str, object], sentence: str
) -> None:
    """Nothing that was given is lost."""
    west, east, patient = a_pair()
    sender = staff(Role.DOCTOR, west.id, "이도윤", patient.key)
    page = sender.get(f"/clinic/referrals/new?to={east.id}").content.decode()
    form = {**a_form(page, east), **changed}

    refused = sender.post("/clinic/referrals/new", form)

    text = refused.content.decode()
    assert refused.status_code == 422
    assert sentence in text
    assert 'value="further-tests" checked' in text
    assert f'name="once" value="{form["once"]}"' in text
    for typed in ("name", "code", "reason_text"):
        assert str(changed.get(typed, "")) in text
    assert queries.outbox(west.id) == ()


def test_whoever_goes_back_after_an_answer_that_never_came_sends_nothing_twice() -> None:
    """The connection broke while it was sent: the same form again, even changed, shows the one."""
    west, east, patient = a_pair()
    sender = staff(Role.DOCTOR, west.id, "이도윤", patient.key)
    page = sender.get(f"/clinic/referrals/new?to={east.id}").content.decode()
    form = a_form(page, east)
    lost = sender.post("/clinic/referrals/new", form)

    again = sender.post("/clinic/referrals/new", {**form, "reason": [], "opinion": ["fasting"]})

    assert (again.status_code, again.headers["Location"]) == (302, lost.headers["Location"])
    (one,) = queries.outbox(west.id)
    assert [act.kind for act in one.acts] == ["sent"]
    fresh = sender.get(f"/clinic/referrals/new?to={east.id}").content.decode()
    assert a_form(fresh, east)["once"] != form["once"]


def test_a_form_half_filled_in_survives_the_end_of_the_sign_in() -> None:
    """Whoever signs in again finds it, and sends it with one press."""
    west, east, patient = a_pair()
    sender = staff(Role.DOCTOR, west.id, "이도윤", patient.key)
    page = sender.get(f"/clinic/referrals/new?to={east.id}").content.decode()
    form = a_form(page, east, do="send", opinion_text="비밀 소견")
    over = UUID(sender.session["sign-in"])
    account = sessions.whose(over)
    assert account is not None
    sessions.end(account, over, now())

    turned_away = sender.post("/clinic/referrals/new", form)
    assert turned_away.headers["Location"] == "/sign-in?next=%2Funsent"
    assert queries.outbox(west.id) == ()
    again = sender.session
    again["sign-in"] = str(sessions.begin(account, Method.IDENTITY, "d", "시험", now()))
    again.save()

    assert "비밀 소견" in sender.get("/unsent").content.decode()


def test_an_emergency_transfer_is_read_whole_on_one_page_before_arrival() -> None:
    """Vital signs and the last known state, on no consent where nobody can be asked."""
    west, east = Hospital(), Hospital()
    patient = west.patient()
    sender = staff(Role.DOCTOR, west.id, "이도윤", patient.key)
    page = sender.get(
        f"/clinic/referrals/new?kind=emergency-transfer&to={east.id}"
    ).content.decode()
    form = a_form(
        page,
        east,
        kind="emergency-transfer",
        item=[],
        reason=["higher-care"],
        opinion=["airway"],
        treatment=["oxygen"],
        means="ambulance",
        consciousness="pain",
        systolic="84",
        heart_rate="132",
        consent="emergency",
    )
    begun = datetime.now(UTC)
    for slip in ("x", "1_0", "1e2", "٣", "-0", "1.234"):
        wrong = sender.post("/clinic/referrals/new", {**form, "systolic": slip})
        assert wrong.status_code == 422, slip

    sent = sender.post("/clinic/referrals/new", form)

    assert sent.status_code == 302, sent.content.decode()
    nurse = staff(Role.EMERGENCY_NURSE, east.id, "이응급")
    listed = nurse.get("/clinic/referrals").content.decode()
    assert "응급 전원" in listed
    (one,) = queries.inbox(east.id)
    act(nurse, one.id, "received")
    read = nurse.get(f"/clinic/referrals/{one.id}").content.decode()
    for words in ("84", "132", "산소 투여", "통증에 반응", "더 높은 단계의 응급 치료"):
        assert words in read
    assert datetime.now(UTC) - begun < timedelta(seconds=60)


def test_what_was_measured_just_now_is_picked_from_the_chart_and_not_typed_again() -> None:
    """Of a transfer neither typed nor picked vital signs are missing; picked keep their time."""
    west, east = Hospital(), Hospital()
    patient = west.patient()
    patient.consents()
    measured = VitalSigns(
        time=datetime.now(UTC) - timedelta(minutes=5), systolic=Decimal(78), heart_rate=Decimal(178)
    )
    west.chart(patient, replace(CHART, vital_signs=(measured,)))
    sender = staff(Role.DOCTOR, west.id, "이도윤", patient.key)
    page = sender.get(
        f"/clinic/referrals/new?kind=emergency-transfer&to={east.id}"
    ).content.decode()
    (picked,) = re.findall(r'name="item" value="(vital_signs-[^"]+)"', page)
    form = a_form(
        page,
        east,
        kind="emergency-transfer",
        item=[],
        reason=["higher-care"],
        opinion=["airway"],
        treatment=["oxygen"],
    )
    assert sender.post("/clinic/referrals/new", form).status_code == 422

    sent = sender.post("/clinic/referrals/new", {**form, "item": [picked]}, follow=True)

    assert sent.status_code == 200
    shown = sent.content.decode()
    assert "178" in shown
    assert f"{measured.time.astimezone(KST):%Y-%m-%d %H:%M}" in shown


def test_a_reply_and_a_return_begin_at_the_referral() -> None:
    """회신 to the sender, 회송 to whichever clinic; both are linked."""
    west, east, patient = a_pair()
    sender = staff(Role.DOCTOR, west.id, "이도윤", patient.key)
    page = sender.get(f"/clinic/referrals/new?to={east.id}").content.decode()
    sender.post("/clinic/referrals/new", a_form(page, east))
    (one,) = queries.inbox(east.id)
    doctor = staff(Role.DOCTOR, east.id, "윤가람")
    act(doctor, one.id, "accepted")

    page = doctor.get(f"/clinic/referrals/{one.id}/reply").content.decode()
    form = a_form(page, west, kind="reply", item=[], name="협심증", opinion=["no-finding"])
    replied = doctor.post(f"/clinic/referrals/{one.id}/reply", form)
    assert replied.status_code == 302, replied.content.decode()
    after = queries.one(one.id)
    assert after is not None
    assert after.state is State.COMPLETED
    shown = sender.post(f"/clinic/referrals/{one.id}/paper", {"document": after.replies[0]})
    assert "협심증" in shown.content.decode()

    page = doctor.get(f"/clinic/referrals/{one.id}/return").content.decode()
    form = a_form(page, west, kind="return", item=[], name="협심증", reason=["stable"])
    assert doctor.post(f"/clinic/referrals/{one.id}/return", form).status_code == 302
    (back,) = queries.returns_of(one.id)
    assert (back.receiver, back.about) == (west.id, one.id)
    assert (
        f"/clinic/referrals/{back.id}" in sender.get(f"/clinic/referrals/{one.id}").content.decode()
    )
    act(sender, back.id, "received")
    assert (
        f"/clinic/referrals/{one.id}" in sender.get(f"/clinic/referrals/{back.id}").content.decode()
    )
    assert sender.get(f"/clinic/referrals/{one.id}/reply").status_code == 404


def test_a_letter_is_printed_once_and_opened_once_on_a_public_page() -> None:
    """The code is in the one answer that made it; a stranger's request is recorded."""
    west, _east, patient = a_pair()
    sender = staff(Role.DOCTOR, west.id, "이도윤", patient.key)
    page = sender.get("/clinic/referrals/new?kind=referral-letter").content.decode()
    form = a_form(page, _east, kind="referral-letter", outside="섬마을의원")

    printed = sender.post("/clinic/referrals/new", form)

    code = re.search(r"([2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4})", printed.content.decode())
    assert code is not None
    (one,) = queries.outbox(west.id)
    stranger = Client()
    assert stranger.get("/letter").status_code == 200
    wrong = stranger.post("/letter", {"number": one.number, "code": "AAAA-AAAA-AAAA"})
    assert wrong.status_code == 422
    before = audit.Record.objects.count()
    read = stranger.post("/letter", {"number": one.number, "code": code[1]})
    assert read.status_code == 200
    assert "상세불명의 흉통" in read.content.decode()
    assert read.headers["Cache-Control"] == "no-store"
    assert audit.Record.objects.count() == before + 1
    again = stranger.post("/letter", {"number": one.number, "code": code[1]})
    assert again.status_code == 422
    assert models.Letter.objects.get().attempts == 1
    assert sender.post("/clinic/referrals/new", form).status_code == 302


def test_another_institution_s_referral_is_not_there() -> None:
    """Neither to look at nor to act on."""
    west, east, patient = a_pair()
    sender = staff(Role.DOCTOR, west.id, "이도윤", patient.key)
    page = sender.get(f"/clinic/referrals/new?to={east.id}").content.decode()
    sender.post("/clinic/referrals/new", a_form(page, east))
    (one,) = queries.inbox(east.id)
    stranger = staff(Role.DOCTOR, Hospital().id, "남의사")

    for path in ("", "/reply"):
        assert stranger.get(f"/clinic/referrals/{one.id}{path}").status_code == 404
    assert stranger.post(f"/clinic/referrals/{one.id}/paper").status_code == 404
    assert stranger.get(f"/clinic/referrals/{uuid4()}").status_code == 404


def test_what_no_form_of_ours_sends_is_refused_in_words_and_changes_nothing() -> None:
    """An institution or a department that is none, and a reason that nobody offered."""
    west, east, patient = a_pair()
    sender = staff(Role.DOCTOR, west.id, "이도윤", patient.key)
    page = sender.get(f"/clinic/referrals/new?to={east.id}").content.decode()
    for wrong in ({"department": "가" * 10_000}, {"department": "\0^^\0"}, {"to": str(uuid4())}):
        assert sender.post("/clinic/referrals/new", a_form(page, east, **wrong)).status_code == 422
    assert queries.outbox(west.id) == ()
    where = sender.post("/clinic/referrals/new", a_form(page, east)).headers["Location"]
    (one,) = queries.outbox(west.id)
    receiver = staff(Role.REFERRAL_COORDINATOR, east.id, "박협력")
    assert act(receiver, one.id, "received").status_code == 302
    assert receiver.get(where).status_code == 200

    nowhere = {"to": str(uuid4()), "department": DEPARTMENT, "consent": "consent"}
    forwarded = receiver.post(f"{where}/forward", nowhere)
    declined = act(receiver, one.id, "declined", reason="없는 까닭" * 1_000)

    assert forwarded.status_code == declined.status_code == 422
    assert "보낼 수 없습니다" in forwarded.content.decode()
    (left,) = queries.outbox(west.id)
    assert left.state is State.RECEIVED
    assert left.receiver == east.id
