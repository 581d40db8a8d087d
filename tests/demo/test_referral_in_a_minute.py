"""From an open chart to a sent referral with its booking: under a minute, and nothing typed.

What a machine does is measured; each tap of a finger or mouse counts as `A_TAP` for the doctor who
looks, points and presses. A keyboard that was touched fails it.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Locator, Page, expect

from naru.demo.population import INFANT, PATIENT, Person
from tests.demo.browsing import DESK, PHONE, Open, Seen, Size
from tests.demo.conftest import Demo, running
from tests.demo.test_booking_flows import be, writes_a_schedule

A_MINUTE = 60.0
A_TAP = 2.8
"""Seconds: to choose (1.35), to point (1.1) and to press (0.2) by the keystroke-level model."""

RECEIVER = "푸른대학교병원"
COORDINATOR = "referral-coordinator-pureun"
_HEARS = "addEventListener('keydown', () => sessionStorage.setItem('typed', 'yes'), true)"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """One of its own: what is booked and sent here stands on its people's pages."""
    with running(tmp_path_factory.mktemp("minute") / "data") as started:
        yield started


@dataclass
class Finger:
    """Taps, counted from the open chart on."""

    page: Page
    began: float = field(default_factory=time.monotonic)
    taps: int = 0

    def __post_init__(self) -> None:
        self.page.evaluate("sessionStorage.removeItem('typed')")

    def tap(self, where: Locator) -> None:
        where.click()
        self.taps += 1

    def picks(self, where: Locator, label: str) -> None:
        where.select_option(label=label)
        self.taps += 2  # The list opens, the line is chosen.

    def took(self) -> float:
        """Seconds, with those of the doctor. Nothing was typed."""
        assert self.page.evaluate("sessionStorage.getItem('typed')") is None
        return time.monotonic() - self.began + self.taps * A_TAP


def is_received(page: Page, demo: Demo, person: Person = PATIENT) -> None:
    """The patient came to the clinic today: only then may a time be booked for them elsewhere."""
    be(page, demo, "reception-ieum", "/desk")
    page.get_by_label("이름", exact=True).fill(person.name)
    page.get_by_label("생년월일", exact=True).fill(f"{person.born}")
    page.get_by_role("button", name="환자 찾기").click()
    page.get_by_role("button", name="이 환자").first.click()
    page.get_by_role("button", name="진료 접수하기").click()


def a_chart(seen: Seen, demo: Demo, person: Person = PATIENT) -> Page:
    """The clinic's first view of the patient."""
    page = seen.page
    page.add_init_script(_HEARS)
    be(page, demo, "doctor-ieum", "/clinic/patient")
    page.get_by_role("radio", name="외래 진료").check()
    page.get_by_label("등록번호").fill(person.chart_number("ieum"))
    page.locator("form:has(#number)").get_by_role("button", name="열기").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(person.name)
    return page


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_from_an_open_chart_to_a_sent_referral_in_a_minute_without_typing(
    demo: Demo, opened: Open, size: Size
) -> None:
    doctor = "윤하나" if size is PHONE else "윤두리"
    before = opened(demo, DESK).page
    writes_a_schedule(before, demo, doctor)
    is_received(before, demo)
    seen = opened(demo, size)
    page = a_chart(seen, demo)

    finger = Finger(page)
    finger.tap(page.get_by_role("link", name="의뢰 보내기"))
    finger.tap(page.get_by_role("button", name=f"여기로 보내기 {RECEIVER}"))
    if not page.get_by_label("진료과").input_value():  # Known from the last time, else chosen.
        finger.picks(page.get_by_label("진료과"), "내과")
    finger.tap(page.get_by_role("radio", name=doctor).first)
    finger.tap(page.get_by_role("checkbox", name="전문 진료를 부탁드립니다."))
    finger.tap(page.get_by_role("radio", name="환자가 동의했습니다"))
    finger.tap(page.get_by_role("button", name="보내기", exact=False).last)
    expect(page.get_by_role("main")).to_contain_text("보냄")
    took = finger.took()

    expect(page.get_by_role("main")).to_contain_text(doctor)
    expect(page.get_by_role("region", name="문서", exact=True)).to_be_visible()
    assert finger.taps <= 9
    assert took < A_MINUTE
    shown = page.url.removeprefix(demo.base)
    for path in (shown, "/clinic/referrals/new", f"/clinic/referrals/new?to={HERE}"):
        seen.go(path)
        seen.is_calm()


HERE = "00000000-0000-0000-0000-000000000000"
"""Nobody: the form is shown, and its receiver has yet to be chosen."""


@pytest.mark.parametrize(
    ("size", "scripts"),
    [(PHONE, True), (DESK, True), (PHONE, False)],
    ids=["phone", "desk", "without-scripts"],
)
def test_both_sides_book_and_a_taken_time_offers_the_next_and_loses_nothing(
    demo: Demo, opened: Open, size: Size, *, scripts: bool
) -> None:
    """The clinic books as it sends, the receiver's coordinator over the telephone, for the same."""
    doctor = "남하나" if not scripts else "임하나" if size is PHONE else "임두리"
    coordinator = opened(demo, size, scripts=scripts)
    writes_a_schedule(coordinator.page, demo, doctor)
    for person in (PATIENT, INFANT):
        is_received(coordinator.page, demo, person)
    first = opened(demo, size, scripts=scripts)
    number = sends_without_a_time(a_chart(first, demo))
    slower = opened(demo, size, scripts=scripts)
    page = a_chart(slower, demo, INFANT)
    fills_in(page, doctor)

    booking = be(coordinator.page, demo, COORDINATOR, "/clinic/referrals")
    booking.get_by_role("listitem").filter(has_text=number).get_by_role("link").click()
    booking.get_by_role("button", name="받아들이기").click()
    booking.get_by_role("link", name="전화로 예약 잡기").click()
    coordinator.go(booking.url.removeprefix(demo.base))
    coordinator.is_calm()
    booking.get_by_role("button", name=f"예약 {doctor}").first.click()
    expect(booking.get_by_role("main")).to_contain_text(doctor)
    expect(booking.get_by_role("main")).to_contain_text("예약했습니다")

    page.get_by_role("button", name="보내기").last.click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("방금 다른 환자가 예약했습니다. 다음 빈 시간")
    offered = re.search(r"다음 빈 시간 (\S+ \S+)을", alert.inner_text())
    assert offered is not None, alert.inner_text()
    expect(page.get_by_role("checkbox", name="전문 진료를 부탁드립니다.")).to_be_checked()
    expect(page.get_by_role("radio", name="환자가 동의했습니다")).to_be_checked()
    expect(page.get_by_label("진단명")).to_have_value("비특이적 흉통")
    expect(page.get_by_role("radio", name="예약 없이 보내기")).not_to_be_checked()
    slower.said[:] = [one for one in slower.said if "409" not in one]
    page.get_by_role("button", name="보내기").last.click()
    expect(page.get_by_role("main")).to_contain_text("보냄")
    # Of the same department; whoever of its doctors is free then.
    expect(page.get_by_role("main")).to_contain_text(offered[1])
    slower.go(page.url.removeprefix(demo.base))
    slower.is_calm()


def sends_without_a_time(page: Page) -> str:
    """The number of what was sent."""
    page.get_by_role("link", name="의뢰 보내기").click()
    page.get_by_role("button", name=f"여기로 보내기 {RECEIVER}").click()
    page.get_by_label("진료과").select_option(label="내과")
    page.get_by_role("checkbox", name="상세불명의 흉통").first.check()
    page.get_by_role("radio", name="환자가 동의했습니다").check()
    page.get_by_role("button", name="보내기").last.click()
    lead = page.get_by_role("main").locator(".lead .num").first
    expect(lead).to_contain_text("의뢰")
    return lead.inner_text().split()[-1]


def fills_in(page: Page, doctor: str) -> None:
    """A whole form, with the doctor's first free time, and not sent yet; the receiver comes last.

    Who looks for a receiver with a form half filled in takes it along.
    """
    page.goto(page.url.split("/clinic")[0] + "/clinic/referrals/new?to=")
    if page.get_by_label("진단명").is_hidden():
        page.get_by_text("진단을 새로 적기").click()
    page.get_by_label("진단명").fill("비특이적 흉통")
    page.get_by_role("checkbox", name="전문 진료를 부탁드립니다.").check()
    page.get_by_role("radio", name="환자가 동의했습니다").check()
    page.get_by_role("button", name="받을 곳 고르기").click()
    page.get_by_label("기관 이름").fill("ㅍㄹㄷㅎ")
    page.get_by_role("button", name="찾기", exact=True).click()
    expect(page.get_by_role("region", name="찾은 곳")).to_contain_text(RECEIVER)
    page.get_by_role("button", name=f"여기로 보내기 {RECEIVER}").click()
    expect(page.get_by_label("진단명")).to_have_value("비특이적 흉통")
    page.get_by_label("진료과").select_option(label="내과")
    page.get_by_role("button", name="빈 시간 보기").click()
    page.get_by_role("radio", name=doctor).first.check()
