"""A hostile document in a real browser whose own policy is off: nothing runs and nothing loads."""

import re
from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect

from naru.formats.cda.show import show_html
from tests.demo.accessibility import assert_accessible
from tests.demo.conftest import Demo
from tests.demo.test_pages import PHONE, NewContext, context, go
from tests.formats.cda.show.pages import document
from tests.formats.cda.show.test_hostile import VECTORS

__all__ = ["context"]

ADDRESS: Final = "http://shown.invalid/"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_context(viewport=PHONE, bypass_csp=True)
    yield opened.new_page()
    opened.close()


def test_nothing_of_a_hostile_document_runs_or_loads(page: Page) -> None:
    html = show_html(document(*VECTORS)).decode()
    assert "Content-Security-Policy" in html
    html = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", html)
    asked: list[str] = []
    happened: list[str] = []

    def answer(route: Route, request: Request) -> None:
        asked.append(request.url)
        route.fulfill(body=html, content_type="text/html; charset=utf-8")

    page.route("**/*", answer)
    for event in ("dialog", "pageerror", "console", "popup", "download"):
        page.on(event, lambda _what, event=event: happened.append(event))
    page.goto(ADDRESS)
    for link in page.locator("article a").all():
        link.click()
    for place in page.locator("article *").all():
        place.dispatch_event("mouseover")
    assert {one.partition("#")[0] for one in asked} <= {ADDRESS, f"{ADDRESS}favicon.ico"}
    assert happened == []
    assert page.url.startswith(ADDRESS)
    expect(page.get_by_role("main")).to_contain_text("<script>alert(1)</script>")
    assert page.evaluate("document.querySelectorAll('main script, main [style]').length") == 0


def test_a_wide_table_moves_within_itself_on_a_phone(page: Page) -> None:
    row = "".join(f"<td>값 {one}</td>" for one in range(30))
    page.set_content(show_html(document(f"<table><tr>{row}</tr></table>")).decode())
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert page.get_by_role("region", name="표 1").evaluate("e => e.scrollWidth > e.clientWidth")


@pytest.mark.parametrize("viewport", [PHONE, {"width": 1280, "height": 900}])
def test_a_citizen_reads_and_keeps_an_own_document(
    demo: Demo, context: NewContext, viewport: dict[str, int]
) -> None:
    own = go(context(viewport=viewport).new_page(), demo)  # It chooses as whom one looks.
    go(own, demo, "/portal/consent/documents")
    own.get_by_role("button", name="열기 진료의뢰서").first.click()
    expect(own.get_by_role("heading", level=1)).to_have_text("진료의뢰서")
    expect(own.get_by_role("region", name="진단내역")).to_be_visible()
    own.get_by_role("link", name="진단내역").click()
    assert_accessible(own)
    with own.expect_download() as kept:
        own.get_by_role("button", name="PDF로 내려받기").click()
    assert kept.value.suggested_filename == "document.pdf"
