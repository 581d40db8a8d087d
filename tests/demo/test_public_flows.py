"""Finding an institution, a question's proof, and operations, on a phone and at a desk."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from naru.directory import registers
from naru.domain.caller import Role
from naru.domain.departments import DepartmentSystem
from naru.domain.registers import DepartmentAt, Profile
from naru.statistics.counting import count_all
from naru.ui.clock import now, today
from tests.acting import node, staff
from tests.demo.test_case_flows import browsing, looked_at
from tests.demo.test_pages import NewContext, context
from tests.exchange.hospitals import Hospital
from tests.ports import free_port
from tests.statistics.histories import record

__all__ = ["context"]


@pytest.fixture(autouse=True)
def _node(transactional_db: None) -> Iterator[None]:
    with node():
        yield


@pytest.fixture
def base(_node: None) -> Iterator[str]:
    """The pages, served in this process."""
    server = LiveServer(f"localhost:{free_port()}")
    yield server.url
    server.stop()


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


def test_anybody_finds_an_institution_and_what_proves_an_answer(
    context: NewContext, base: str
) -> None:
    here = settled()
    page = browsing(context, base, staff(Role.AUDITOR, None, "아무개"))
    page.context.clear_cookies()
    page.goto(f"{base}/find")
    expect(page.get_by_role("heading", level=1)).to_have_text("지금 참여하는 기관 2곳입니다")
    looked_at(page, "find")
    page.get_by_label("어디에서 가까운 순서로").select_option("26-해운대구")
    page.get_by_role("button", name="찾기", exact=True).click()
    expect(page.locator("main ol h3").first).to_have_text(f"시험병원 {here.oid}")
    looked_at(page, "find-near")
    page.goto(f"{base}/faq")
    looked_at(page, "faq")
    page.get_by_role("link", name="지금의 보호 상태").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("보호 장치")
    looked_at(page, "privacy")
    for path in ("participants", "statistics", "leaflet"):
        page.goto(f"{base}/{path}")
        looked_at(page, path)


def test_the_operator_sees_how_it_goes(context: NewContext, base: str) -> None:
    settled()
    page = browsing(context, base, staff(Role.OPERATOR, None, "강운영"))
    for path in ("operations", "errors", "capacity", "dead", "report", "policy", "consent-texts"):
        page.goto(f"{base}/console/{path}")
        looked_at(page, f"console-{path}")
