"""Emergencies, statutory demands and representatives in a browser, on a phone and at a desk."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from naru.accounts import blocks
from naru.directory import registers
from naru.directory import services as directory
from naru.domain.caller import Role
from naru.domain.institution import InstitutionKind
from naru.domain.registers import Brand
from naru.ui.clock import now, today
from tests.acting import account_of, citizen, node, staff
from tests.demo.accessibility import assert_accessible
from tests.demo.test_pages import DESK, PHONE, NewContext, context
from tests.exchange.hospitals import Hospital, Patient
from tests.portal.test_hospital import known_at
from tests.ports import free_port

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


def browsing(context: NewContext, base: str, client: Client) -> Page:
    """A page on a phone of whoever is signed in, without scripts."""
    opened = context(viewport=PHONE, locale="ko-KR", java_script_enabled=False)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    opened.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": base}])
    return opened.new_page()


def looked_at(page: Page, name: str) -> None:
    """Accessible on a phone and at a desk; with PICTURES_IN, pictures to look at."""
    for width, size in (("desk", DESK), ("phone", PHONE)):
        page.set_viewport_size(size)
        assert_accessible(page)
        if folder := os.environ.get("PICTURES_IN"):
            page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)


def a_record(hospital: Hospital) -> Patient:
    patient = hospital.patient()
    patient.consents()
    hospital.sends(patient, day=today(now()))
    patient.withdraws()
    return patient


def test_a_record_is_opened_in_an_emergency_and_reviewed(context: NewContext, base: str) -> None:
    here, there = Hospital(), Hospital()
    patient = a_record(here)
    page = browsing(context, base, staff(Role.DOCTOR, there.id, "이응급", patient.key))
    page.goto(f"{base}/clinic")
    page.get_by_role("link", name="응급으로 열기").click()
    looked_at(page, "emergency")
    page.get_by_role("radio", name="환자에게 의식이 없습니다").check()
    page.get_by_label("까닭").fill("의식 없이 실려 옴")
    page.get_by_role("button", name="응급으로 열기").click()
    expect(page.get_by_role("region", name="응급 열람 중입니다")).to_contain_text("의식 없이")
    seen = page.get_by_role("region", name="진료 이력")
    expect(seen.get_by_role("button")).to_have_count(1)
    looked_at(page, "emergency-open")

    officer = browsing(context, base, staff(Role.PRIVACY_OFFICER, there.id, "한보호"))
    officer.goto(f"{base}/console/emergencies")
    looked_at(officer, "emergencies")
    officer.get_by_role("radio", name="정당합니다").check()
    officer.get_by_label("살펴본 것").fill("응급실 기록과 맞음")
    officer.get_by_role("button", name="검토 마치기").click()
    expect(officer.get_by_role("region", name="마친 검토")).to_contain_text("응급실 기록과 맞음")
    looked_at(officer, "emergencies-closed")

    page.get_by_role("button", name="응급 열람 끝내기").click()
    expect(page.get_by_role("main")).to_contain_text("볼 수 있는 기록이 없습니다")


def test_a_demand_is_noted_and_released(context: NewContext, base: str) -> None:
    here = Hospital()
    patient = a_record(here)
    since = today(now()).replace(month=1, day=1)
    directory.admit(name="시험공단", kind=InstitutionKind.AGENCY, on=since, oid="2.999.77.3")
    page = browsing(context, base, staff(Role.PRIVACY_OFFICER, here.id, "한보호"))
    page.goto(f"{base}/console/statutory")
    page.get_by_label("환자의 등록번호").fill(patient.own.value)
    page.get_by_label("조항").select_option("제21조제3항제8호")
    page.get_by_label("공문 번호").fill("TEST-공문-1")
    page.get_by_label("요구한 기관").select_option(label="시험공단")
    page.get_by_label("진료일 처음").fill(f"{since}")
    page.get_by_role("button", name="요구 적어 두기").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("살펴볼 요구가 1건 있습니다")
    looked_at(page, "statutory")
    page.get_by_label("까닭").fill("공문 확인")
    page.get_by_role("button", name="범위대로 내주기").click()
    expect(page.get_by_role("region", name="처리한 요구")).to_contain_text("열려 있음")
    looked_at(page, "statutory-released")
    page.get_by_role("button", name="지금 닫기").click()
    expect(page.get_by_role("region", name="처리한 요구")).to_contain_text("끝남")


def test_a_representative_is_named_by_a_code_and_acts(context: NewContext, base: str) -> None:
    patient = Hospital().patient()
    daughter = browsing(context, base, citizen("김따님"))
    daughter.goto(f"{base}/portal/representatives/code")
    daughter.get_by_role("button", name="코드 받기").click()
    code = daughter.locator("p.code").inner_text()
    looked_at(daughter, "code")

    mother = browsing(context, base, citizen("김나루", patient.key))
    mother.goto(f"{base}/portal/representatives")
    mother.get_by_label("대리인의 코드").fill(code)
    mother.get_by_label("끝나는 날").fill(f"{today(now())}")
    mother.get_by_role("button", name="대리인으로 정하기").click()
    expect(mother.get_by_role("heading", level=1)).to_have_text("나를 대신하는 사람이 1명 있습니다")
    looked_at(mother, "representatives")
    mother.goto(f"{base}/portal/wishes")
    mother.get_by_role("button", name="응급에도 보이지 않게 하기").click()
    expect(mother.get_by_role("heading", level=1)).to_contain_text("보이지 않습니다")
    looked_at(mother, "wishes")

    daughter.goto(f"{base}/account")
    daughter.get_by_role("button", name="바꾸기: 김나루 님의 대리인으로").click()
    daughter.goto(f"{base}/portal")
    expect(daughter.get_by_role("main")).to_contain_text("김따님 님이 김나루 님을 대신하여")
    looked_at(daughter, "portal-behalf")
    mother.goto(f"{base}/portal/representatives")
    mother.get_by_role("button", name="지금 끝내기").click()
    daughter.goto(f"{base}/portal")
    expect(daughter.get_by_role("main")).to_contain_text("지금은 그 자격으로 볼 수 없습니다")


def test_an_officer_notes_a_guardian(context: NewContext, base: str) -> None:
    here = Hospital()
    patient = here.patient()
    guardian = browsing(context, base, citizen("박후견"))
    guardian.goto(f"{base}/portal/representatives/code")
    guardian.get_by_role("button", name="코드 받기").click()
    officer = browsing(context, base, staff(Role.PRIVACY_OFFICER, here.id, "한보호"))
    officer.goto(f"{base}/console/standing")
    looked_at(officer, "standing")
    officer.get_by_label("등록번호").fill(patient.own.value)
    officer.get_by_role("button", name="찾기").click()
    officer.get_by_label("대리인의 코드").fill(guardian.locator("p.code").inner_text())
    officer.get_by_label("관계").select_option("court-guardian")
    officer.get_by_label("서류 번호", exact=True).fill("TEST-심판-1")
    officer.get_by_role("button", name="적기", exact=True).click()
    expect(officer.get_by_role("region", name="대리하는 사람")).to_contain_text("박후견")
    looked_at(officer, "standing-patient")


def test_an_account_is_blocked_by_its_number(context: NewContext, base: str) -> None:
    blocked = account_of("김나루")
    agent = staff(Role.CALL_CENTRE_AGENT, None, "상담원")
    page = browsing(context, base, agent)
    page.goto(f"{base}/console/accounts")
    looked_at(page, "accounts")
    page.get_by_label("계정 번호").fill(blocks.number(blocked))
    page.get_by_role("button", name="찾기").click()
    looked_at(page, "account")
    page.get_by_role("radio", name="전화기나 기기를 잃어버림").check()
    page.get_by_role("button", name="지금 잠그기").click()
    expect(page.get_by_role("region", name="지금 상태")).to_contain_text("잠김")
    looked_at(page, "account-blocked")


def test_auditors_researchers_and_vendors_have_a_page(context: NewContext, base: str) -> None:
    here = Hospital()
    a_record(here)
    for role, path, place in (
        (Role.AUDITOR, "audit", None),
        (Role.AUDITOR, "received", None),
        (Role.RESEARCHER, "programmes", None),
        (Role.VENDOR, "vendor", here.id),
    ):
        page = browsing(context, base, staff(role, place, "시험"))
        page.goto(f"{base}/console/{path}")
        looked_at(page, f"role-{path}")


def test_a_part_of_the_record_is_let_to_somebody(context: NewContext, base: str) -> None:
    here = Hospital()
    patient = a_record(here)
    page = browsing(context, base, citizen("김나루", patient.key))
    page.goto(f"{base}/portal/representatives?part=some")
    page.get_by_text("문서 고르기").click()
    looked_at(page, "mandate-part")


def test_a_hospital_of_a_group_is_chosen(context: NewContext, base: str) -> None:
    here, there = Hospital(), Hospital()
    patient = known_at(here, there)
    patient.consents()
    here.sends(patient, day=today(now()))
    registers.found_group("시립병원", "City hospitals", "#0b50d0", (here.id, there.id))
    for one, colour in ((here, "#7a1f5c"), (there, "#0a6648")):
        registers.show_as(one.id, Brand(colour=colour))
    page = browsing(context, base, citizen("김나루", patient.key))
    page.goto(f"{base}/portal/hospital")
    looked_at(page, "hospital")
