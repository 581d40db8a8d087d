"""A privacy officer reviews their own institution's accesses, signs, downloads; nobody else's."""

import csv
import io
import re
from uuid import UUID, uuid4

from django.db import transaction
from django.test import Client

from naru.audit import queries as audit
from naru.audit import services
from naru.audit.models import Record
from naru.audit.records import AccessRecord, Outcome, RecordId
from naru.demo.story import Story
from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role, User
from naru.exchange.audit import review as access_review
from naru.notifications import queries as notices
from naru.notifications.models import Delivery, Notice
from naru.notifications.recipients import Recipient
from naru.notifications.services import notify
from naru.patients import queries as patients
from naru.ui.clock import now, today
from tests.staging import looking_as


def by(institution: UUID, name: str, patient: UUID) -> RecordId:
    caller = Caller(
        role=Role.DOCTOR,
        purpose=PurposeOfUse.TREATMENT,
        assurance=Assurance.ASSERTION,
        institution=institution,
        user=User(name=f"x<{name}@TEST>", text=name),
        address="192.0.2.7",
    )
    record = AccessRecord(
        transaction="ITI-43",
        caller=caller,
        outcome=Outcome.SUCCESS,
        time=now(),
        request_id=uuid4(),
        patients=(patient,),
    )
    return services.record_now(record)


def officer(told: Story) -> Client:
    return looking_as(told.patient, told.receiver)


def page(client: Client, query: str = "") -> str:
    answer = client.get(f"/console/accesses{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def name_of(patient: UUID) -> str:
    return next(one.text or "" for one in patients.demographics(patient).names)


def test_only_the_own_institution_s_accesses_are_shown(told: Story) -> None:
    by(told.receiver, "TEST 우리의사", told.patient)
    by(uuid4(), "TEST 다른의사", told.patient)

    shown = page(officer(told), "?all=1")

    assert "TEST 우리의사" in shown
    assert "192.0.2.7" in shown
    assert "ITI-43" in shown
    assert str(told.patient)[:8] in shown
    assert "다른의사" not in shown


def test_own_and_related_records_stand_out_and_the_look_is_about_them(told: Story) -> None:
    name = name_of(told.patient)
    by(told.receiver, name, told.patient)
    by(told.receiver, f"{name[0]}가상", told.patient)
    by(told.receiver, "뷁가상", told.patient)

    shown = page(officer(told))

    assert "본인과 같은 이름의 기록" in shown
    assert "같은 성의 환자" in shown
    assert "뷁가상" not in shown or "밤(22시" in shown
    services.stop()
    last = Record.objects.order_by("-id").values_list("record", flat=True)[0]
    found = audit.one(RecordId(last))
    assert found is not None
    assert found.transaction == "review accesses"
    assert told.patient in found.patients


def test_a_watched_patient_stands_out_until_watched_no_more(told: Story) -> None:
    client, month = officer(told), f"{today(now()):%Y-%m}"
    by(told.receiver, "뷁가상", told.patient)
    form = {"month": month, "patient": str(told.patient)}

    assert client.post("/console/accesses/watch", {**form, "on": "on"}).status_code == 302
    assert "관심 대상 환자" in page(client)
    assert client.post("/console/accesses/watch", {**form, "on": "off"}).status_code == 302
    assert "관심 대상 환자" not in page(client)


def test_a_signature_needs_words_and_stays(told: Story) -> None:
    client, month = officer(told), f"{today(now()):%Y-%m}"
    by(told.receiver, "뷁가상", told.patient)
    before = Record.objects.count()

    assert client.post("/console/accesses/sign", {"month": month}).status_code == 400
    answer = client.post("/console/accesses/sign", {"month": month, "words": "이상 없음"})
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"/console/accesses?month={month}")

    shown = page(client)
    assert "이상 없음" in shown
    assert "아직 점검하지 않음" not in shown
    services.stop()
    assert Record.objects.count() == before + 3  # Each request has left one.


def test_a_download_needs_a_reason_that_is_kept_sealed(told: Story) -> None:
    client, month = officer(told), f"{today(now()):%Y-%m}"
    by(told.receiver, '=cmd|"가상"', told.patient)
    by(told.receiver, "\uff1dcmd", told.patient)  # A full-width one is a formula, too.

    assert client.post("/console/accesses/export", {"month": month}).status_code == 400
    answer = client.post("/console/accesses/export", {"month": month, "reason": "TEST 감사 대응"})

    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    named = {one["identifier"] for one in rows if one["task"] == "ITI-43"}
    assert named == {'\'=cmd|"가상"', "'\uff1dcmd"}
    services.stop()
    last = Record.objects.order_by("-id").values_list("record", flat=True)[0]
    found = audit.one(RecordId(last))
    assert found is not None
    assert (found.transaction, found.query) == ("export accesses", "TEST 감사 대응")
    assert "내려받기" in page(client)


def test_a_month_that_is_none_is_not_found(told: Story) -> None:
    client = officer(told)
    for bad in ("2026-13", "x", "2026-11-20"):
        assert client.get(f"/console/accesses?month={bad}").status_code == 404
    assert client.post("/console/accesses/watch", {"patient": "x", "month": ""}).status_code == 404


def test_officers_are_reminded_once_a_month(told: Story) -> None:
    for _ in range(2):
        access_review.remind(now())
    to = Recipient.at_institution(told.receiver, Role.PRIVACY_OFFICER)
    assert [one.kind for one in notices.inbox([to], language="ko")] == ["review-due"]


def test_the_page_of_deliveries_names_nobody(told: Story) -> None:
    answer = officer(told).get("/console/notices")
    assert answer.status_code == 200
    assert "알림이 제대로 나가고 있습니다" in answer.content.decode()
    assert officer(told).get("/console/notices?state=nothing").status_code == 404


def test_an_officer_reads_what_the_institution_was_told_and_nobody_else_s(told: Story) -> None:
    access_review.remind(now())
    client = officer(told)
    shown = client.get("/console/accesses/inbox").content.decode()
    assert "월 접속기록 점검을 할 때입니다" in shown
    (notice,) = re.findall(r'name="notice" value="([0-9a-f-]{36})"', shown)

    stranger = looking_as(told.patient, told.sender)
    assert stranger.post("/console/accesses/inbox/read", {"notice": notice}).status_code == 404
    assert client.post("/console/accesses/inbox/read", {"notice": notice}).status_code == 302

    assert "새 알림" not in client.get("/console/accesses/inbox").content.decode()


def test_an_inbox_of_one_s_own_role_is_read_after_signing_in(told: Story) -> None:
    answer = looking_as(told.patient, told.receiver).get("/console/inbox")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in?")


def test_a_failed_delivery_is_shown_by_its_state(told: Story) -> None:
    with transaction.atomic():
        notify("first-access", Recipient.patient(told.patient), {}, key="1")
    notice, at = Notice.objects.get(kind="first-access"), now()
    Delivery.objects.create(
        delivery=uuid4(), notice=notice, channel="sms", state="failed", at=at, changed=at
    )
    client = officer(told)

    shown = client.get("/console/notices").content.decode()

    assert "전달되지 않은 알림이 1건 있습니다" in shown
    assert "보내지 못함 1" in shown
    assert str(told.patient) not in shown
    assert "보낸 알림이 없습니다" in client.get("/console/notices?state=sent").content.decode()
