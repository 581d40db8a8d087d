"""The frame and the parts in a browser: phone and desk, with scripts and without, and offline."""

import pytest
from playwright.sync_api import expect

from tests.demo.browsing import DESK, PHONE, Open, Size
from tests.demo.conftest import Demo


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_the_gallery_is_calm_also_in_large_type_and_high_contrast(
    demo: Demo, opened: Open, size: Size
) -> None:
    seen = opened(demo, size)
    page = seen.go("/gallery")
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
