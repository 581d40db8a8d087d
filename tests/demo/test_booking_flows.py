"""A coordinator books by telephone, the patient keeps it: phone, desk, without scripts."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from naru.ui.clock import now, today
from tests.demo.accessibility import assert_accessible
from tests.demo.conftest import Demo, running
from tests.demo.test_pages import DESK, PHONE, NewContext, context

__all__ = ["context"]

COORDINATOR = "referral-coordinator-pureun"
DAY = today(now()) + timedelta(days=2)


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo of its own: what is booked here stands on its people's pages."""
    with running(tmp_path_factory.mktemp("booking") / "data") as started:
        yield started


def be(page: Page, node: Demo, who: str, path: str) -> Page:
    """Become somebody of the demo and go to their page."""
    page.goto(f"{node.base}/demo")
    token = page.locator('input[name="csrfmiddlewaretoken"]').first.input_value()
    form: dict[str, str | float | bool] = {
        "csrfmiddlewaretoken": token,
        "who": who,
        "next": path,
    }
    headers = {"Referer": f"{node.base}/demo"}
    page.request.post(f"{node.base}/demo/be", form=form, headers=headers)
    page.goto(f"{node.base}{path}")
    return page


def writes_a_schedule(page: Page, node: Demo, name: str) -> None:
    be(page, node, COORDINATOR, "/clinic/schedules/new")
    assert_accessible(page)
    page.get_by_label("의료진의 이름").fill(name)
    page.get_by_label("진료과").select_option(label="내과")
    for weekday in ("월", "화", "수", "목", "금", "토", "일"):
        page.get_by_label(f"{weekday}요일").fill("09:00-12:00")
    page.get_by_label("한 사람에 몇 분").fill("30")
    page.get_by_role("button", name="일정 저장").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("우리 기관의 진료 일정")
    expect(page.get_by_role("main")).to_contain_text(name)
    assert_accessible(page)


def finds(page: Page, node: Demo) -> None:
    page.goto(f"{node.base}/clinic/appointments?day={DAY}")
    found = page.get_by_text("다른 환자 찾기")
    if found.is_visible():
        found.click()
    page.get_by_label("또는 이름").fill("김하늘")
    page.get_by_label("생년월일").fill("1968-04-11")
    page.get_by_role("button", name="환자 찾기").click()
    several = page.get_by_role("button", name="이 환자").first
    if several.is_visible():
        several.click()
    expect(page.get_by_role("main")).to_contain_text("님의 예약을 잡습니다")


def test_from_the_start_a_diary_has_times_and_people(node: Demo, context: NewContext) -> None:
    page = context(viewport=PHONE, java_script_enabled=False, locale="ko-KR").new_page()
    be(page, node, COORDINATOR, "/clinic/appointments?view=week")
    expect(page.get_by_role("main")).to_contain_text("문가온")
    expect(page.get_by_role("main")).to_contain_text(re.compile("예약 [1-9]"))
    assert_accessible(page)


@pytest.mark.parametrize(
    ("viewport", "scripts", "name"),
    [(PHONE, True, "박하나"), (DESK, True, "박두리"), (DESK, False, "박세움")],
    ids=["phone", "desk", "without-scripts"],
)
def test_a_time_is_booked_by_keyboard_and_the_patient_moves_and_cancels_it(
    node: Demo, context: NewContext, viewport: dict[str, int], name: str, *, scripts: bool
) -> None:
    page = context(viewport=viewport, java_script_enabled=scripts, locale="ko-KR").new_page()
    writes_a_schedule(page, node, name)
    finds(page, node)
    assert_accessible(page)
    free = page.get_by_role("button", name=f"예약 {name} 09:30")
    free.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("09:30")
    expect(page.get_by_role("main")).to_contain_text("예약을 잡았습니다")
    assert_accessible(page)
    page.goto(f"{node.base}/clinic/appointments?view=week&day={DAY}")
    expect(page.get_by_role("main")).to_contain_text("예약 1")
    assert_accessible(page)

    be(page, node, "patient", "/portal/appointments")
    mine = page.get_by_role("region").filter(has_text=name)
    expect(mine).to_contain_text("09:30")
    assert_accessible(page)
    mine.get_by_role("button", name="갈게요").click()
    expect(mine).to_contain_text("환자가 확인함")
    mine.get_by_role("link", name="시간 바꾸기").click()
    assert_accessible(page)
    page.get_by_role("button", name=f"11:00 {name}").click()
    expect(mine).to_contain_text("11:00")
    mine.get_by_role("button", name="예약 취소하기").click()
    expect(page.get_by_role("main")).to_contain_text("취소됨")
