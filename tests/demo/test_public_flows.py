"""Finding an institution, a question's proof, and operations, on a phone and at a desk."""

import io
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from naru.directory import registers
from naru.domain.caller import Role
from naru.domain.departments import DepartmentSystem
from naru.domain.registers import DepartmentAt, Profile
from naru.statistics.counting import count_all
from naru.ui.clock import now, today
from tests.acting import staff
from tests.demo.browsing import EVERY_WAY, Walk
from tests.demo.test_case_flows import browsing, looked_at
from tests.exchange.hospitals import Hospital
from tests.statistics.histories import record


def settled() -> Hospital:
    """Two hospitals at known places, and some traffic."""
    here, there = Hospital(), Hospital()
    for one, address, north, east in (
        (here, "부산광역시 동구 가상로 1", 35.13, 129.05),
        (there, "제주특별자치도 제주시 가상로 2", 33.5, 126.53),
    ):
        profile = Profile(
            address=address, latitude=north, longitude=east, telephone="000-0000-1001",
            hours=("mon 09:00-18:00",),
        )  # fmt: skip
        registers.describe(one.id, profile)
        departments = [DepartmentAt(system=DepartmentSystem.HIRA, code="01")]
        registers.have_departments(one.id, departments, on=today(now()))
        record(now() - timedelta(minutes=2), one.id, "ITI-43", documents=1)
    count_all(now())
    return here


@EVERY_WAY
def test_anybody_finds_an_institution_and_what_proves_an_answer(walk: Walk) -> None:
    here = settled()
    page = walk().page
    page.goto(f"{walk.base}/find")
    expect(page.get_by_role("heading", level=1)).to_have_text("지금 참여하는 기관 2곳입니다")
    looked_at(walk, page)
    page.get_by_label("가까운 순서의 기준").select_option("26-해운대구")
    page.get_by_role("button", name="찾기", exact=True).click()
    expect(page.locator("main ol h3").first).to_have_text(f"시험병원 {here.oid}")
    looked_at(walk, page)
    page.goto(f"{walk.base}/faq")
    looked_at(walk, page)
    page.get_by_role("link", name="지금의 보호 상태").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("보호 장치")
    looked_at(walk, page)
    for path in ("participants", "statistics", "leaflet"):
        page.goto(f"{walk.base}/{path}")
        looked_at(walk, page)


@EVERY_WAY
def test_the_operator_sees_how_it_goes(walk: Walk) -> None:
    settled()
    page = browsing(walk, staff(Role.OPERATOR, None, "강운영"))
    for path in ("operations", "errors", "capacity", "dead", "report", "policy", "consent-texts"):
        page.goto(f"{walk.base}/console/{path}")
        looked_at(walk, page)


@EVERY_WAY
@pytest.mark.parametrize("granted", [True, False], ids=["granted", "denied"])
def test_the_nearest_institution_is_found_from_where_one_is(walk: Walk, *, granted: bool) -> None:
    """Without scripts, or where the browser may not tell, the place is written or chosen."""
    here = settled()
    seen = walk()
    context = seen.page.context
    context.set_geolocation({"latitude": 35.15, "longitude": 129.06})
    context.grant_permissions(["geolocation"] if granted else [])
    page = seen.go("/find")
    page.get_by_text("내 위치에서 가까운 순서로").click()
    button = page.get_by_role("button", name="이 기기의 위치 쓰기")
    if seen.scripts:
        button.click()
    else:
        expect(button).to_be_hidden()
    if seen.scripts and not granted:
        refused = page.get_by_text("위치를 알 수 없습니다").last
        expect(refused).to_be_visible()
    if not (seen.scripts and granted):
        page.get_by_label("위도").fill("35.15")
        page.get_by_label("경도").fill("129.06")
        page.get_by_role("button", name="가까운 순서로 보기").click()
    expect(page.locator("main ol h3").first).to_have_text(f"시험병원 {here.oid}")
    expect(page.locator("main ol")).to_contain_text("km")
    assert "35.1" not in page.url
    seen.is_calm_at_both_widths()


@EVERY_WAY
def test_the_leaflet_is_one_sheet_of_paper(walk: Walk) -> None:
    settled()
    seen = walk()
    page = seen.go("/leaflet")
    seen.is_calm_at_both_widths()
    page.emulate_media(media="print")
    expect(page.get_by_role("link", name="참여 기관 찾기")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    printed = PdfReader(io.BytesIO(page.pdf(format="A4")))
    assert len(printed.pages) == 1
