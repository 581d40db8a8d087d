"""Consent on a phone: given, taken back in parts with four taps, proved, and lifted again."""

import pytest
from playwright.sync_api import Page, expect

from tests.demo.accessibility import assert_accessible
from tests.demo.conftest import Demo
from tests.demo.test_pages import PHONE, NewContext, consent, context, go

__all__ = ["context"]

PAGES = [
    "/portal/consent",
    "/portal/consent/give",
    "/portal/consent/part/department",
    "/portal/consent/part/institution",
    "/portal/consent/part/place",
    "/portal/consent/documents",
    "/portal/consent/acts",
]


def as_patient(demo: Demo, context: NewContext, **options: object) -> Page:
    page = go(context(viewport=PHONE, **options).new_page(), demo)
    page.get_by_role("button", name="환자 포털 보기").click()
    return page


class Taps:
    """Counts what a finger does."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def on(self, role: str, name: str, **more: object) -> None:
        self.count += 1
        self.page.get_by_role(role, name=name, **more).click()


@pytest.mark.parametrize("scripts", [True, False])
def test_psychiatry_is_taken_out_with_four_taps_and_let_in_again(
    demo: Demo, context: NewContext, *, scripts: bool
) -> None:
    page = as_patient(demo, context, java_script_enabled=scripts)
    taps = Taps(page)

    taps.on("link", "동의 바꾸기")
    taps.on("link", "진료과 어느 기관에서든")
    taps.on("radio", "정신건강의학과")
    taps.on("button", "교류에서 빼기")

    assert taps.count <= 4
    expect(page.get_by_role("main")).to_contain_text("지금 적용됩니다")
    expect(page.get_by_role("main")).to_contain_text("정신건강의학과")
    expect(page.get_by_role("main")).to_contain_text("원장 영수증")
    if scripts:
        assert_accessible(page)
    page.goto(f"{demo.base}/portal/consent")
    page.get_by_role("button", name="다시 교류하기 정신건강의학과").click()
    expect(page.get_by_role("main")).to_contain_text("다시 교류하게 했습니다")


def test_one_document_is_hidden_and_shown_again(demo: Demo, context: NewContext) -> None:
    page = as_patient(demo, context, java_script_enabled=False)
    page.goto(f"{demo.base}/portal/consent/documents")
    expect(page.get_by_role("main")).to_contain_text("교류됨")

    page.get_by_role("button", name="이 문서 빼기").first.click()
    expect(page.get_by_role("main")).to_contain_text("교류에서 뺐습니다")
    page.goto(f"{demo.base}/portal/consent/documents")
    expect(page.get_by_role("main")).to_contain_text("빼 둠")
    # What is hidden after it was sent is hidden from its recipient, too.
    page.goto(f"{demo.base}/clinic")
    expect(page.get_by_role("main")).not_to_contain_text("진료의뢰서")
    page.goto(f"{demo.base}/portal/consent/documents")
    page.get_by_role("button", name="다시 교류하기").first.click()
    page.goto(f"{demo.base}/portal/consent/documents")

    expect(page.get_by_role("main")).to_contain_text("교류됨")


def test_without_the_needed_boxes_the_page_says_what_is_missing(
    demo: Demo, context: NewContext
) -> None:
    page = as_patient(demo, context)
    page.goto(f"{demo.base}/portal/consent/give")
    page.get_by_role("checkbox", name="개인정보의 수집").check()
    page.get_by_role("button", name="표시한 대로 동의하기").click()

    expect(page.get_by_role("alert")).to_contain_text("민감정보")
    assert page.get_by_role("checkbox", name="개인정보의 수집").is_checked()


def test_the_desk_s_consent_is_seen_online_and_every_page_is_accessible(
    demo: Demo, context: NewContext
) -> None:
    """B04: what a hospital's desk brought stands in the list, to be objected to."""
    page = as_patient(demo, context)
    page.goto(f"{demo.base}/portal/consent/acts")
    expect(page.get_by_role("main")).to_contain_text("이음내과의원 접수처에서")
    expect(page.get_by_role("button", name="내가 하지 않았습니다").last).to_be_visible()
    for path in PAGES:
        page.goto(demo.base + path)
        assert_accessible(page)
    consent(page, demo)
