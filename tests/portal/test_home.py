"""The first page: a sentence about this person today, and what it rests on."""

import re

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from naru.consent import queries as consent
from naru.demo.story import Story
from naru.exchange import identify, prove
from naru.exchange.audit import crossings
from naru.notifications.services import Recipient, notify
from naru.portal import acts
from naru.ui.clock import now
from tests.staging import by, consents, looking_as, read_text, receiver_looks, turns

MOST_STATEMENTS = 60


def shown(client: Client) -> str:
    answer = client.get("/portal")
    assert answer.status_code == 200
    return answer.content.decode()


def heading(page: str) -> str:
    return re.search(r"<h1>([^<]+)</h1>", page).group(1)


def test_whoever_did_not_consent_reads_what_that_means(told: Story) -> None:
    page = shown(looking_as(told.patient))

    assert heading(page).endswith("님, 지금은 다른 병원이 기록을 볼 수 없습니다")
    assert "진료정보교류에 동의하지 않으셨습니다" in page
    assert "아직 아무도 보지 않았습니다" in page
    assert "동의하지 않아 모인 기록이 없습니다" in page


def test_looking_again_counts_and_does_not_lengthen_the_list(told: Story) -> None:
    for _ in range(3):
        receiver_looks(told)

    page = shown(looking_as(told.patient))

    assert page.count('<h3>푸른대학교병원 <span class="small">') == 1
    assert "3회" in page


def test_the_heading_says_who_looked_today(told: Story) -> None:
    client = looking_as(told.patient)
    consents(client)
    receiver_looks(told)

    assert heading(shown(client)).endswith("님, 오늘 기록을 본 곳은 푸른대학교병원입니다")


def test_a_notice_that_asks_for_an_act_is_a_task_until_it_is_read(told: Story) -> None:
    client = looking_as(told.patient)
    day = f"{now():%Y-%m-%d}"
    with transaction.atomic():
        notify("emergency-access", Recipient.patient(told.patient), {"day": day}, key="one")

    page = shown(client)

    assert heading(page).endswith("님, 확인하실 일이 1건 있습니다")
    assert 'href="/portal/accesses?kind=emergency"' in page
    notice = re.search(r'name="notice" value="([^"]+)"', page).group(1)
    done = client.post("/portal/notices/read", {"notice": notice, "back": "home"})
    assert done.headers["Location"] == "/portal"
    assert "하실 일이 없습니다" in shown(client)


def test_consenting_is_one_act_and_is_told_as_news(told: Story) -> None:
    client = looking_as(told.patient)

    consents(client)
    page = shown(client)

    assert "진료정보교류에 동의하셨습니다" in page
    assert "새 알림 1건 읽기" in page
    assert "하실 일이 없습니다" in page


def test_what_is_kept_out_is_counted(told: Story) -> None:
    client = looking_as(told.patient)
    consents(client)
    psychiatry = re.search(
        r'value="([^"]+)" required> 정신건강의학과',
        client.get("/portal/consent/part/department").content.decode(),
    ).group(1)
    client.post("/portal/consent/part/department", {**read_text(), "department": psychiatry})

    assert "제외한 곳 1건 보기" in shown(client)


def test_a_form_from_elsewhere_changes_nothing(told: Story) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = looking_as(told.patient).cookies

    assert client.post("/portal/consent/withdraw", read_text()).status_code == 403
    assert consent.snapshot(told.patient) is None


def test_nobody_is_chosen_yet(told: Story) -> None:
    answer = Client().get("/portal")

    assert answer.status_code == 403
    assert "먼저 고르세요" in answer.content.decode()


def test_the_evidence_of_a_consent_is_a_link_and_a_receipt(told: Story) -> None:
    caller = identify.patient(told.patient, address="")
    turns(told, on=True)
    newest = next(
        one
        for one in crossings.of_patient(by(acts.LOOK, caller), told.patient)
        if one.transaction == acts.CONSENT
    )

    evidence = prove.evidence(newest)

    assert evidence.link is not None
    assert evidence.link.intact
    assert evidence.consent_act is not None
    assert len(evidence.receipts) == 1
    assert evidence.receipts[0].pending


def test_who_looked_is_named_in_english_too(told: Story) -> None:
    receiver_looks(told)
    client = looking_as(told.patient)
    client.post("/language", {"language": "en", "next": "/portal"})

    assert "<h3>Pureun University Hospital" in shown(client)


def test_the_page_costs_the_same_however_often_others_looked(told: Story) -> None:
    client = looking_as(told.patient)
    consents(client)
    receiver_looks(told)
    shown(client)
    with CaptureQueriesContext(connection) as few:
        shown(client)
    for _ in range(20):
        receiver_looks(told)
    with CaptureQueriesContext(connection) as many:
        shown(client)

    assert len(many) == len(few)
    assert len(few) <= MOST_STATEMENTS
