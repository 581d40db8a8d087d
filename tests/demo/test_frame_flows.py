"""The frame and the parts in a browser: phone and desk, with scripts and without, and offline."""

import pytest
from playwright.sync_api import expect

from tests.demo.browsing import DESK, EVERY_WAY, PHONE, Open, Size, Walk
from tests.demo.conftest import Demo


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_the_gallery_is_calm_also_in_large_type_and_high_contrast(
    demo: Demo, opened: Open, size: Size
) -> None:
    seen = opened(demo, size)
    page = seen.go("/gallery")
    seen.is_calm()
    page.emulate_media(color_scheme="dark")
    seen.is_calm()

    page.get_by_role("button", name="글자 크게").click()
    page.get_by_role("button", name="대비 높게").click()

    expect(page.locator("html")).to_have_class("text-large contrast-high")
    seen.is_calm()


def test_how_pages_look_is_chosen_without_scripts(demo: Demo, opened: Open) -> None:
    seen = opened(demo, PHONE, scripts=False)
    page = seen.go("/gallery")

    page.get_by_role("button", name="글자 크게").click()
    expect(page.locator("html")).to_have_class("text-large")
    page.get_by_role("button", name="글자 크게").click()
    expect(page.locator("html")).not_to_have_class("text-large")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The pages are made of these parts")
    seen.is_calm()


def test_the_errors_of_a_form_are_read_first_and_lead_to_their_field(
    demo: Demo, opened: Open
) -> None:
    page = opened(demo, PHONE).go("/gallery")

    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("alert").get_by_role("link").click()
    expect(page.get_by_label("의뢰 사유")).to_be_focused()
    expect(page.get_by_label("의뢰 사유")).to_have_accessible_description(
        "두세 문장이면 충분합니다. 사유를 적어 주세요."
    )


@pytest.mark.parametrize("scripts", [True, False])
def test_terms_are_found_with_scripts_while_typing_and_without_by_a_button(
    demo: Demo, opened: Open, *, scripts: bool
) -> None:
    seen = opened(demo, DESK, scripts=scripts)
    page = seen.go("/console/terminology")
    page.get_by_label("용어나 코드").press_sequentially("zzzz")
    if not scripts:
        page.get_by_role("button", name="찾기").click()

    expect(page.locator("#results")).to_contain_text("찾은 용어가 없습니다")
    seen.is_calm()


def test_the_one_chosen_page_is_read_without_a_connection_until_somebody_else_begins(
    demo: Demo, opened: Open
) -> None:
    seen = opened(demo, PHONE)
    seen.go("/demo")
    page = seen.go("/portal/consent")
    said = page.get_by_role("heading", level=1).inner_text()
    page.get_by_role("button", name="이 화면을 연결 없이 보기").click()
    expect(page.get_by_role("button", name="이 기기에 둔 화면 지우기")).to_be_visible()

    kept = page.evaluate("async () => (await (await caches.open('naru-kept')).keys()).length")
    assert kept == 1
    page.context.set_offline(offline=True)
    page.goto(f"{demo.base}/portal/notices")
    expect(page.get_by_role("heading", level=1)).to_have_text("지금은 연결되지 않았습니다")
    page.get_by_role("link", name="이 기기에 둔 화면 보기").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(said)
    expect(page.get_by_role("main")).to_be_visible()
    expect(page.get_by_text("연결 없이 보는 화면입니다")).to_be_visible()

    page.context.set_offline(offline=False)
    page.goto(f"{demo.base}/gallery")
    page.evaluate("() => fetch('/sign-out', {method: 'POST'})")
    page.context.set_offline(offline=True)
    page.goto(f"{demo.base}/portal/consent")
    expect(page.get_by_role("heading", level=1)).to_have_text("지금은 연결되지 않았습니다")
    expect(page.get_by_role("link", name="이 기기에 둔 화면 보기")).to_be_hidden()


SPEAKING = """
window.spoken = [];
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
Object.defineProperty(window, "speechSynthesis", {value: {
  speak(one) { window.spoken.push([one.lang, one.text]); window.speaking = one; },
  cancel() { window.spoken.push(["", "quiet"]); },
}});
"""
"""A browser that speaks, as its own would; it keeps what it said."""


@EVERY_WAY
def test_a_page_is_read_aloud_in_korean_until_one_says_stop(walk: Walk) -> None:
    """Without scripts nobody is offered what cannot be."""
    seen = walk()
    seen.page.add_init_script(SPEAKING)
    page = seen.go("/faq")
    if not seen.scripts:
        expect(page.locator("[data-aloud]")).to_be_hidden()
        seen.is_calm_at_both_widths()
        return
    page.get_by_role("button", name="듣기", exact=True).click()
    stop = page.get_by_role("button", name="그만 듣기")
    expect(stop).to_have_attribute("aria-pressed", "true")
    language, text = page.evaluate("() => window.spoken.at(-1)")
    assert language == "ko-KR"
    assert text.startswith(page.get_by_role("heading", level=1).inner_text())
    seen.is_calm_at_both_widths()
    stop.click()
    assert page.evaluate("() => window.spoken.at(-1)") == ["", "quiet"]
    again = page.get_by_role("button", name="듣기", exact=True)
    expect(again).to_have_attribute("aria-pressed", "false")
    again.click()
    page.evaluate("() => window.speaking.onend()")
    expect(again).to_have_attribute("aria-pressed", "false")


@EVERY_WAY
def test_large_type_and_high_contrast_stay_on_every_page_until_taken_back(walk: Walk) -> None:
    seen = walk()
    page = seen.go("/faq")
    usual = page.evaluate("() => getComputedStyle(document.body).fontSize")
    page.get_by_role("button", name="글자 크게").click()
    page.get_by_role("button", name="대비 높게").click()
    for path in ("/find", "/privacy"):
        seen.go(path)
        expect(page.locator("html")).to_have_class("text-large contrast-high")
        seen.is_calm_at_both_widths()
    large = page.evaluate("() => getComputedStyle(document.body).fontSize")
    assert float(large.removesuffix("px")) > float(usual.removesuffix("px"))
    kept = {one["name"]: one.get("expires", -1) for one in page.context.cookies()}
    assert max(kept.values()) > 0, "it outlives the browser"
    page.get_by_role("button", name="글자 크게").click()
    page.get_by_role("button", name="대비 높게").click()
    seen.go("/faq")
    expect(page.locator("html")).not_to_have_class("text-large contrast-high")
