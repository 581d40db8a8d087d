"""마이차트 on a phone and at a desk: the first page, the record, the history, the download."""

import zipfile

import pytest
from playwright.sync_api import Page, expect

from tests.demo.accessibility import assert_accessible
from tests.demo.conftest import Demo
from tests.demo.test_consent_flows import Taps
from tests.demo.test_pages import DESK, PHONE, NewContext, context, go

__all__ = ["context"]

PAGES = [
    "/portal",
    "/portal/records",
    "/portal/results",
    "/portal/accesses",
    "/portal/download",
    "/portal/notices",
]


def as_patient(demo: Demo, context: NewContext, **options: object) -> Page:
    page = go(context(**options).new_page(), demo)
    page.get_by_role("button", name="환자 포털 보기").click()
    return page


@pytest.mark.parametrize("width", ["phone", "desk"])
def test_every_page_of_the_portal_is_accessible_and_is_reached(
    demo: Demo, context: NewContext, width: str
) -> None:
    page = as_patient(demo, context, viewport=PHONE if width == "phone" else DESK)

    for path in PAGES:
        assert page.goto(demo.base + path).status == 200
        assert_accessible(page)


@pytest.mark.parametrize("scripts", [True, False])
def test_psychiatry_is_taken_out_with_three_taps_from_the_first_page(
    demo: Demo, context: NewContext, *, scripts: bool
) -> None:
    page = as_patient(demo, context, viewport=PHONE, java_script_enabled=scripts)
    taps = Taps(page)

    taps.on("link", "일부만 빼기")
    taps.on("radio", "정신건강의학과")
    taps.on("button", "교류에서 빼기")

    assert taps.count <= 4
    main = page.get_by_role("main")
    expect(main).to_contain_text("지금 적용됩니다")
    expect(main).to_contain_text("원장 영수증")
    page.goto(f"{demo.base}/portal")
    expect(page.get_by_role("main")).to_contain_text("제외한 곳 1건 보기")
    page.goto(f"{demo.base}/portal/consent")
    page.get_by_role("button", name="다시 교류하기 정신건강의학과").click()
    expect(page.get_by_role("main")).to_contain_text("다시 교류하게 했습니다")


def test_who_saw_the_record_is_proved_narrowed_and_kept(demo: Demo, context: NewContext) -> None:
    page = as_patient(demo, context, viewport=PHONE)
    seen = page.get_by_role("region", name="내 기록을 본 곳")
    expect(seen).to_contain_text("푸른대학교병원")
    seen.get_by_role("link", name="증명").first.click()
    expect(page.get_by_role("main")).to_contain_text("다시 계산해 일치함")

    page.goto(f"{demo.base}/portal/accesses")
    if (fold := page.get_by_text("조건으로 좁히기")).is_visible():  # On a phone.
        fold.click()
    page.get_by_label("종류").select_option("find")
    page.get_by_role("button", name="좁히기").click()
    expect(page.get_by_role("region", name="교류 이력")).to_contain_text("조회함")
    with page.expect_download() as begun:
        page.get_by_role("link", name="표로 내려받기 (CSV)").click()
    assert "푸른대학교병원" in begun.value.path().read_text("utf-8-sig")


def test_a_document_is_opened_from_the_line_and_all_are_kept(
    demo: Demo, context: NewContext
) -> None:
    page = as_patient(demo, context, viewport=PHONE, java_script_enabled=False)
    page.goto(f"{demo.base}/portal/records?kind=document")
    page.get_by_role("button", name="열기 진료의뢰서").first.click()
    expect(page.get_by_role("main")).to_contain_text("이음내과의원")

    page.goto(f"{demo.base}/portal/download")
    with page.expect_download() as begun:
        page.get_by_role("button", name="원본 모두 내려받기").click()
    with zipfile.ZipFile(begun.value.path()) as kept:
        assert kept.testzip() is None
        assert any("진료의뢰서" in name for name in kept.namelist())
