"""A patient sees their referrals and calls one back, by one button with its meaning in words."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client

from naru.audit import models as audit
from naru.domain.referral_states import State
from naru.domain.referrals import Referral
from naru.referrals import acting, queries, sending
from naru.viewer.opening import open_document
from tests.acting import citizen, node
from tests.exchange.consent.test_page_acts import consents
from tests.exchange.hospitals import Patient
from tests.referrals.hospitals import Hospital, draft

pytestmark = pytest.mark.django_db(transaction=True)
MINE = "/portal/sendings"


@pytest.fixture(autouse=True)
def _node() -> Iterator[None]:
    with node():
        yield


def sent_one(west: Hospital, east: Hospital) -> tuple[Patient, Referral]:
    patient = west.patient()
    consents(patient)
    west.chart(patient)
    return patient, sending.send(west.doctor(), draft(west, east, patient, "상세불명의 흉통"))


def reads(hospital: Hospital, referral: Referral) -> bool:
    access = hospital.doctor()
    return open_document(access, acting.paper(access, referral)) is not None


def form(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="(version|language|sha256)" value="([^"]+)"', page))


def looked(browser: Client) -> str:
    return browser.get(MINE).content.decode()


def test_one_press_calls_it_back_and_the_page_says_so_at_once() -> None:
    west, east = Hospital(), Hospital()
    patient, sent = sent_one(west, east)
    browser = citizen("김나루", patient.key)
    assert f'href="{MINE}"' in browser.get("/portal").content.decode()
    page = looked(browser)
    assert sent.number in page
    assert "의뢰서를 열 수 없습니다" in page
    assert "예약도 취소됩니다" in page
    before = audit.Record.objects.count()

    pressed = browser.post(f"{MINE}/{sent.id}/call-back", form(page))

    assert pressed.status_code == 302, pressed.content.decode()
    assert audit.Record.objects.count() == before + 1
    page = looked(browser)
    assert "거둠" in page
    assert "이 의뢰서 거두기" not in page
    assert not reads(east, sent)
    again = browser.post(f"{MINE}/{sent.id}/call-back", {"version": "1"})
    assert again.status_code == 409
    assert "그 사이에 의뢰가 바뀌어" in again.content.decode()


def test_of_one_that_was_read_it_is_told_what_stays() -> None:
    west, east = Hospital(), Hospital()
    patient, sent = sent_one(west, east)
    assert reads(east, sent)
    browser = citizen("김나루", patient.key)

    page = looked(browser)

    assert "이미 본 내용은 그 병원에 남고" in page
    assert "의뢰를 받았습니다" in page
    browser.post("/language", {"language": "en", "next": MINE})
    english = looked(browser)
    assert "Take this referral back" in english
    assert "stays with that hospital" in english
    assert not re.search("[가-힣]{2,}", re.sub("의뢰병원|마이차트|김나루", "", main(english)))


def main(page: str) -> str:
    found = re.search("<main.*</main>", page, re.DOTALL)
    assert found is not None
    return found[0]


def test_nobody_calls_anothers_back_and_words_that_were_not_read_change_nothing() -> None:
    west, east = Hospital(), Hospital()
    patient, sent = sent_one(west, east)
    stranger, browser = (citizen("김나루", one.key) for one in (west.patient(), patient))
    words = form(looked(browser))

    assert stranger.post(f"{MINE}/{sent.id}/call-back", words).status_code == 404
    assert sent.number not in looked(stranger)
    refused = browser.post(f"{MINE}/{sent.id}/call-back", words | {"sha256": "0" * 64})

    assert refused.status_code == 422
    found = queries.one(sent.id)
    assert found is not None
    assert found.state is State.REQUESTED
    assert browser.get(f"{MINE}/{sent.id}/call-back").status_code == 405
