"""Documents go to an agency and are shown by a link; what is wrong is told: on a phone."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.demo.accessibility import assert_accessible, axe_errors
from tests.demo.conftest import Demo
from tests.demo.test_consent_flows import as_patient
from tests.demo.test_pages import NewContext, consent, context

__all__ = ["context"]

PICTURES = os.environ.get("PICTURES_TO", "")


def seen(page: Page, name: str) -> None:
    """The page is accessible; its picture is kept where somebody wants to look at it."""
    assert_accessible(page)
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_document_is_submitted_and_taken_back(
    demo: Demo, context: NewContext, *, scripts: bool
) -> None:
    page = as_patient(demo, context, java_script_enabled=scripts)
    consent(page, demo)
    page.goto(f"{demo.base}/portal/deliveries")
    page.get_by_role("link", name="병무청 병역판정검사").click()
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="보낼 것 미리 보기").click()
    main = page.get_by_role("main")
    expect(main).to_contain_text("병무청에 이대로 갑니다")
    page.get_by_role("button", name="이대로 제출하기").click()

    expect(main).to_contain_text("병무청에 제출했습니다")
    expect(main).to_contain_text("아직 열지 않음")
    page.get_by_role("button", name="열지 않은 문서 회수하기").click()
    expect(main).to_contain_text("회수함")


def test_an_agency_takes_over_the_wire_what_was_submitted_and_nothing_that_was_taken_back(
    demo: Demo, context: NewContext
) -> None:
    page = as_patient(demo, context)
    consent(page, demo)
    page.goto(f"{demo.base}/demo/outside")
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "바깥의 프로그램이 모두 켜져 있습니다"
    )
    seen(page, "outside")
    link = page.get_by_role("link", name="화면 열기 제출받는 기관 국가보훈부 (모의)")
    where = link.get_attribute("href")
    agency = context().new_page()
    agency.goto(where)
    inbox = agency.get_by_role("main")
    expect(inbox).to_contain_text("제출된 문서가 없습니다")

    taken = submitted(page, demo)
    receipt = page.url
    recalled = submitted(page, demo)
    agency.reload()
    expect(inbox).to_contain_text("받지 않음")
    agency.get_by_role("link", name=recalled).click()
    expect(inbox).to_contain_text("등록된 문서와 같")
    page.get_by_role("button", name="열지 않은 문서 회수하기").click()
    agency.reload()
    expect(inbox).to_contain_text("제출한 분이 회수함")
    expect(agency.get_by_role("button")).to_have_count(0)
    agency.goto(where)
    agency.get_by_role("link", name=taken).click()
    agency.get_by_role("button", name="이 문서를 받기").click()
    expect(inbox).to_contain_text("받은 파일을 직접 계산해도 같음")
    expect(inbox).to_contain_text("모두 받음")
    expect(inbox).not_to_contain_text("김하늘")
    assert axe_errors(agency) == []
    if PICTURES:
        agency.screenshot(path=Path(PICTURES) / "agency.png", full_page=True)
    with agency.expect_download() as got:
        agency.get_by_role("link", name="파일 받기").click()
    assert got.value.path().stat().st_size > 0
    page.goto(receipt)
    expect(page.get_by_role("main")).to_contain_text("모두 열었음")


def submitted(page: Page, demo: Demo) -> str:
    """The number of a submission of one document to 국가보훈부, whose page is open then."""
    page.goto(f"{demo.base}/portal/deliveries")
    page.get_by_role("link", name="국가보훈부 상이등급 신체검사").click()
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="보낼 것 미리 보기").click()
    page.get_by_role("button", name="이대로 제출하기").click()
    main = page.get_by_role("main")
    expect(main).to_contain_text("국가보훈부에 제출했습니다")
    return re.search(r"\d{4}-\d{4}-\d{4}", main.inner_text())[0]


def test_every_page_of_giving_out_is_calm_and_accessible(demo: Demo, context: NewContext) -> None:
    page = as_patient(demo, context)
    consent(page, demo)
    page.goto(f"{demo.base}/portal/deliveries")
    seen(page, "deliveries")
    page.get_by_role("link", name="병무청 병역판정검사").click()
    seen(page, "delivery-form")
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="보낼 것 미리 보기").click()
    seen(page, "delivery-preview")
    page.get_by_role("button", name="이대로 제출하기").click()
    seen(page, "delivery-receipt")
    page.goto(f"{demo.base}/portal/shares/new")
    seen(page, "share-form")
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="QR·코드 만들기").click()
    seen(page, "share")
    code, passcode = page.locator("dd.code").all_inner_texts()
    link = page.locator(".command code").text_content()
    other = context(viewport={"width": 1280, "height": 900}).new_page()
    other.goto(link)
    expect(other.get_by_label("코드나 링크")).to_have_value(link.partition("#")[2])
    assert "#" not in other.url
    seen(other, "shared-form")
    other.get_by_label("코드나 링크").fill(code)
    other.get_by_label("암호").fill(passcode)
    other.get_by_label("여는 분의 이름이나 기관").fill("시험약국")
    other.get_by_role("button", name="열기", exact=True).click()
    expect(other.get_by_role("main")).to_contain_text("공유받은 기록입니다")
    if PICTURES:
        other.screenshot(path=Path(PICTURES) / "shared.png")
    page.reload()
    expect(page.get_by_role("main")).to_contain_text("시험약국")
    page.goto(f"{demo.base}/portal/consent/documents")
    page.get_by_role("button", name="열기").first.click()
    page.get_by_role("button", name="틀린 내용이 있습니다").click()
    seen(page, "ticket-form")
    page.get_by_label("틀린 점이나 묻고 싶은 것").fill("진단명이 다릅니다")
    page.get_by_role("button", name="알리기").click()
    seen(page, "ticket")
    page.goto(f"{demo.base}/portal/tickets")
    seen(page, "tickets")
