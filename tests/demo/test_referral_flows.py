"""From an open chart to a sent referral and its answer, at a phone's and a desk's width."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.demo.accessibility import assert_accessible
from tests.demo.conftest import Demo, running
from tests.demo.test_pages import DESK, PHONE, NewContext, context, go

__all__ = ["context"]
SENDER, RECEIVER = "이음내과의원", "푸른대학교병원"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """One of its own: what is sent here would stand first on pages at which other tests look."""
    with running(tmp_path_factory.mktemp("referrals") / "data") as started:
        yield started


def at(page: Page, demo: Demo, hospital: str, path: str) -> Page:
    """The clinic of a hospital of the story, with the story's patient open."""
    go(page, demo)
    page.get_by_role("region", name=hospital).get_by_role("button", name="진료실").click()
    return go(page, demo, path)


def looked_at(page: Page, name: str) -> None:
    """Accessible at this width; a picture where somebody wants to look."""
    assert_accessible(page)
    if folder := os.environ.get("PICTURES_IN"):
        size = page.viewport_size
        width = "phone" if size and size["width"] < DESK["width"] else "desk"
        page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)


def sends(page: Page) -> str:
    """Choose, tick and send with nothing typed; the referral's number."""
    page.get_by_label("진료과", exact=True).select_option(label="내과")
    page.get_by_role("checkbox", name="상세불명의 흉통").first.check()
    page.get_by_role("checkbox", name="전문 진료를 부탁드립니다.").check()
    page.get_by_role("radio", name="환자가 동의했습니다").check()
    page.get_by_role("button", name="보내기").click()
    lead = page.get_by_role("main").locator(".lead .num").first
    expect(lead).to_contain_text("의뢰")
    return lead.inner_text().split()[-1]


def picks(page: Page, label: str, name: str) -> None:
    """Go down a list by the arrow key."""
    field = page.get_by_label(label, exact=True)
    field.focus()
    for _ in range(field.locator("option").all_text_contents().index(name)):
        page.keyboard.press("ArrowDown")


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_a_referral_goes_from_an_open_chart_to_its_answer(
    demo: Demo, context: NewContext, viewport: dict[str, int]
) -> None:
    page = at(context(viewport=viewport).new_page(), demo, SENDER, "/clinic/referrals/new?to=")
    looked_at(page, "referral-new")
    page.get_by_role("button", name="보내기").click()
    expect(page.get_by_role("alert")).to_contain_text("받을 기관을 골라 주세요")
    looked_at(page, "referral-wrong")
    page.get_by_role("button", name="받을 곳 고르기").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("어디로 보낼까요?")
    looked_at(page, "referral-receivers")
    page.get_by_role("button", name=f"여기로 보내기 {RECEIVER}").click()
    number = sends(page)
    looked_at(page, "referral-sent")

    page = at(page, demo, RECEIVER, "/clinic/referrals")
    looked_at(page, "referral-inbox")
    page.get_by_role("listitem").filter(has_text=number).get_by_role("link").click()
    looked_at(page, "referral-unopened")
    page.get_by_role("button", name="열어 보기").click()
    expect(page.get_by_role("region", name="문서", exact=True)).to_contain_text("상세불명의 흉통")
    page.get_by_role("button", name="받아들이기").click()
    expect(page.get_by_role("main").locator(".lead")).to_contain_text("받아들임")
    looked_at(page, "referral-accepted")
    page.get_by_role("link", name="회신 쓰기").click()
    if page.get_by_label("진단명").is_hidden():  # Open where the own chart offers nothing.
        page.get_by_text("진단을 새로 적기").click()
    page.get_by_label("진단명").fill("비특이적 흉통")
    page.get_by_role("checkbox", name="특이 소견이 없습니다").check()
    looked_at(page, "referral-reply")
    page.get_by_role("button", name="보내기").click()
    expect(page.get_by_role("main").locator(".lead")).to_contain_text("마침")

    page = at(page, demo, SENDER, "/clinic/referrals/sent")
    looked_at(page, "referral-outbox")
    page.get_by_role("listitem").filter(has_text=number).get_by_role("link").click()
    page.get_by_role("button", name="회신서 열기").click()
    expect(page.get_by_role("region", name="문서", exact=True)).to_contain_text("비특이적 흉통")


def test_a_transfer_is_sent_by_the_keyboard_alone_without_scripts(
    demo: Demo, context: NewContext
) -> None:
    page = context(viewport=PHONE, java_script_enabled=False).new_page()
    page = at(page, demo, SENDER, "/clinic/referrals/new?kind=emergency-transfer")
    looked_at(page, "transfer-receivers")
    page.get_by_role("button", name=f"여기로 보내기 {RECEIVER}").focus()
    page.keyboard.press("Enter")
    expect(
        page.get_by_label("수축기 혈압")
    ).to_be_visible()  # Nothing waits for a key's navigation.
    looked_at(page, "transfer-new")
    picks(page, "진료과", "내과")
    page.get_by_label("수축기 혈압").focus()
    page.keyboard.type("84")
    for name in ("통증에 반응", "동의를 구할 수 없는 응급입니다"):
        page.get_by_role("radio", name=name).focus()
        page.keyboard.press("Space")
    for name in ("산소 투여", "더 높은 단계의", "기도를 확보"):
        page.get_by_role("checkbox", name=name).focus()
        page.keyboard.press("Space")
    page.get_by_role("button", name="보내기").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("main")).to_contain_text("응급 전원")
    expect(page.get_by_role("region", name="문서", exact=True)).to_contain_text("84")


def test_a_letter_is_opened_once_by_a_stranger(demo: Demo, context: NewContext) -> None:
    page = at(context().new_page(), demo, SENDER, "/clinic/referrals/new?kind=referral-letter")
    page.get_by_label("교류에 참여하지 않는 기관의 이름").fill("섬마을의원")
    page.get_by_role("checkbox", name="상세불명의 흉통").first.check()
    page.get_by_role("radio", name="환자가 동의했습니다").check()
    page.get_by_role("button", name="편지 만들기").click()
    looked_at(page, "letter-printed")
    told = dict(
        zip(*[page.locator(f".facts {one}").all_inner_texts() for one in ("dt", "dd")], strict=True)
    )

    stranger = go(context(viewport=PHONE).new_page(), demo, "/letter")
    looked_at(stranger, "letter-open")
    stranger.get_by_label("의뢰 번호").fill(told["의뢰 번호"])
    stranger.get_by_label("코드").fill(told["코드"])
    stranger.get_by_role("button", name="열기").click()
    expect(stranger.get_by_role("region", name="문서", exact=True)).to_contain_text(
        "상세불명의 흉통"
    )
    looked_at(stranger, "letter-read")
