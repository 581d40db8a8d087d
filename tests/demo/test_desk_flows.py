"""Reception staff serve somebody who has no phone: on a phone's width, and once without scripts."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.demo.accessibility import assert_accessible
from tests.demo.conftest import Demo
from tests.demo.test_pages import DESK, PHONE, NewContext, context, go

__all__ = ["context"]


def at_the_desk(demo: Demo, context: NewContext, **options: object) -> Page:
    """The desk of the receiving hospital, serving the story's patient."""
    page = go(context(**options).new_page(), demo)
    page.get_by_role("region", name="푸른대학교병원").get_by_role("button", name="진료실").click()
    page.goto(f"{demo.base}/desk")
    page.get_by_label("이름", exact=True).fill("김하늘")
    page.get_by_label("생년월일", exact=True).fill("1968-04-11")
    page.get_by_role("button", name="환자 찾기").click()
    page.get_by_role("button", name="이 환자").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("김하늘")
    return page


def reads_and_ticks(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.base}/desk/consent")
    for box in ("개인정보의 수집", "민감정보의 제공"):
        page.get_by_role("checkbox", name=box).check()
    page.get_by_label("확인한 것").select_option("resident-card")
    page.get_by_label("확인한 직원").fill("접수 하나")


def draws(page: Page) -> None:
    pad = page.get_by_label("서명하는 곳")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 90)
    page.mouse.down()
    for step in range(12):
        page.mouse.move(box["x"] + 40 + step * 12, box["y"] + 70 + (step % 3) * 20)
    page.mouse.up()


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_a_consent_is_signed_on_the_pad_and_printed(
    demo: Demo, context: NewContext, viewport: dict[str, int]
) -> None:
    page = at_the_desk(demo, context, viewport=viewport)
    assert_accessible(page)
    reads_and_ticks(page, demo)
    assert_accessible(page)
    draws(page)
    page.get_by_role("button", name="동의 등록하기").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("접수증")
    expect(page.get_by_role("main")).to_contain_text("주민등록증 · 접수 하나")
    expect(page.get_by_role("main")).to_contain_text("서명 패드")
    assert_accessible(page)
    printed = page.request.get(f"{page.url}.pdf")
    assert printed.body().startswith(b"%PDF-")
    assert b"/Image" in printed.body() or len(printed.body()) > 20_000


def test_without_scripts_the_name_before_a_witness_will_do(demo: Demo, context: NewContext) -> None:
    page = at_the_desk(demo, context, viewport=PHONE, java_script_enabled=False)
    reads_and_ticks(page, demo)
    assert page.locator("canvas").is_hidden()
    page.get_by_role("radio", name="입회인 앞에서").check()
    page.get_by_label("입회인 이름").fill("입회 둘")
    page.get_by_role("button", name="동의 등록하기").click()

    expect(page.get_by_role("main")).to_contain_text("입회인 앞에서 이름으로 입회 둘")


def test_not_even_in_an_emergency_is_taken_at_the_desk_and_the_pages_are_accessible(
    demo: Demo, context: NewContext
) -> None:
    page = at_the_desk(demo, context, viewport=PHONE)
    for path in ("document", "emergency"):
        page.goto(f"{demo.base}/desk/{path}")
        for width, size in (("desk", DESK), ("phone", PHONE)):
            page.set_viewport_size(size)
            assert_accessible(page)
            if folder := os.environ.get("PICTURES_IN"):
                page.screenshot(path=Path(folder) / f"{path}-{width}.png", full_page=True)
    page.get_by_label("확인한 것").select_option("resident-card")
    page.get_by_label("확인한 직원").fill("접수 하나")
    page.get_by_role("radio", name="입회인 앞에서").check()
    page.get_by_label("입회인 이름").fill("입회 둘")
    page.get_by_role("button", name="등록하기").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("응급에도 보이지 않기 접수증")
    assert_accessible(page)
