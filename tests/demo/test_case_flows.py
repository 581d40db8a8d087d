"""Emergencies, statutory demands and representatives in a browser, on a phone and at a desk."""

from django.test import Client
from playwright.sync_api import Page, expect

from naru.accounts import blocks
from naru.directory import registers
from naru.directory import services as directory
from naru.domain.caller import Role
from naru.domain.institution import InstitutionKind
from naru.domain.registers import Brand
from naru.ui.clock import now, today
from tests.acting import account_of, citizen, staff
from tests.demo.browsing import EVERY_WAY, Walk
from tests.exchange.hospitals import Hospital, Patient
from tests.portal.test_hospital import known_at


def browsing(walk: Walk, client: Client) -> Page:
    """A page of whoever is signed in."""
    return walk(client).page


def looked_at(walk: Walk, page: Page) -> None:
    """Calm on a phone and at a desk."""
    next(one for one in walk.opened if one.page is page).is_calm_at_both_widths()


def a_record(hospital: Hospital) -> Patient:
    patient = hospital.patient()
    patient.consents()
    hospital.sends(patient, day=today(now()))
    patient.withdraws()
    return patient


@EVERY_WAY
def test_a_record_is_opened_in_an_emergency_and_reviewed(walk: Walk) -> None:
    here, there = Hospital(), Hospital()
    patient = a_record(here)
    page = browsing(walk, staff(Role.DOCTOR, there.id, "이응급", patient.key))
    page.goto(f"{walk.base}/clinic")
    if page.get_by_text("더 하기", exact=True).is_visible():  # Folded on a phone.
        page.get_by_text("더 하기", exact=True).click()
    page.get_by_role("link", name="응급으로 열기").click()
    looked_at(walk, page)
    page.get_by_role("radio", name="환자에게 의식이 없습니다").check()
    page.get_by_label("까닭").fill("의식 없이 실려 옴")
    page.get_by_role("button", name="응급으로 열기").click()
    expect(page.get_by_role("region", name="응급 열람 중입니다")).to_contain_text("의식 없이")
    seen = page.get_by_role("region", name="진료 이력")
    expect(seen.get_by_role("button")).to_have_count(1)
    looked_at(walk, page)

    officer = browsing(walk, staff(Role.PRIVACY_OFFICER, there.id, "한보호"))
    officer.goto(f"{walk.base}/console/emergencies")
    looked_at(walk, officer)
    officer.get_by_role("radio", name="정당합니다").check()
    officer.get_by_label("살펴본 것").fill("응급실 기록과 맞음")
    officer.get_by_role("button", name="검토 마치기").click()
    expect(officer.get_by_role("region", name="마친 검토")).to_contain_text("응급실 기록과 맞음")
    looked_at(walk, officer)

    page.get_by_role("button", name="응급 열람 끝내기").click()
    expect(page.get_by_role("main")).to_contain_text("볼 수 있는 기록이 없습니다")


@EVERY_WAY
def test_a_demand_is_noted_and_released(walk: Walk) -> None:
    here = Hospital()
    patient = a_record(here)
    since = today(now()).replace(month=1, day=1)
    directory.admit(name="시험공단", kind=InstitutionKind.AGENCY, on=since, oid="2.999.77.3")
    page = browsing(walk, staff(Role.PRIVACY_OFFICER, here.id, "한보호"))
    page.goto(f"{walk.base}/console/statutory")
    page.get_by_label("환자의 등록번호").fill(patient.own.value)
    page.get_by_label("조항").select_option("제21조제3항제8호")
    page.get_by_label("공문 번호").fill("TEST-공문-1")
    page.get_by_label("요구한 기관").select_option(label="시험공단")
    page.get_by_label("첫 진료일").fill(f"{since}")
    page.get_by_role("button", name="요구 적어 두기").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("살펴볼 요구가 1건 있습니다")
    looked_at(walk, page)
    page.get_by_label("까닭").fill("공문 확인")
    page.get_by_role("button", name="범위대로 내주기").click()
    expect(page.get_by_role("region", name="처리한 요구")).to_contain_text("열려 있음")
    looked_at(walk, page)
    page.get_by_role("button", name="지금 닫기").click()
    expect(page.get_by_role("region", name="처리한 요구")).to_contain_text("끝남")


@EVERY_WAY
def test_a_representative_is_named_by_a_code_and_acts(walk: Walk) -> None:
    patient = Hospital().patient()
    daughter = browsing(walk, citizen("김따님"))
    daughter.goto(f"{walk.base}/portal/representatives/code")
    daughter.get_by_role("button", name="코드 받기").click()
    code = daughter.locator("p.code").inner_text()
    looked_at(walk, daughter)

    mother = browsing(walk, citizen("김나루", patient.key))
    mother.goto(f"{walk.base}/portal/representatives")
    mother.get_by_label("대리인의 코드").fill(code)
    mother.get_by_label("끝나는 날").fill(f"{today(now())}")
    mother.get_by_role("button", name="대리인으로 정하기").click()
    expect(mother.get_by_role("heading", level=1)).to_have_text("나를 대신하는 사람이 1명 있습니다")
    looked_at(walk, mother)
    mother.goto(f"{walk.base}/portal/wishes")
    mother.get_by_role("button", name="응급에도 보이지 않게 하기").click()
    expect(mother.get_by_role("heading", level=1)).to_contain_text("보이지 않습니다")
    looked_at(walk, mother)

    daughter.goto(f"{walk.base}/account")
    daughter.get_by_role("button", name="바꾸기: 김나루 님의 대리인으로").click()
    daughter.goto(f"{walk.base}/portal")
    expect(daughter.get_by_role("main")).to_contain_text("김따님 님이 김나루 님을 대신하여")
    looked_at(walk, daughter)
    mother.goto(f"{walk.base}/portal/representatives")
    mother.get_by_role("button", name="지금 끝내기").click()
    daughter.goto(f"{walk.base}/portal")
    expect(daughter.get_by_role("main")).to_contain_text("지금은 그 자격으로 볼 수 없습니다")


@EVERY_WAY
def test_an_officer_notes_a_guardian(walk: Walk) -> None:
    here = Hospital()
    patient = here.patient()
    guardian = browsing(walk, citizen("박후견"))
    guardian.goto(f"{walk.base}/portal/representatives/code")
    guardian.get_by_role("button", name="코드 받기").click()
    officer = browsing(walk, staff(Role.PRIVACY_OFFICER, here.id, "한보호"))
    officer.goto(f"{walk.base}/console/standing")
    looked_at(walk, officer)
    officer.get_by_label("등록번호").fill(patient.own.value)
    officer.get_by_role("button", name="찾기").click()
    officer.get_by_label("대리인의 코드").fill(guardian.locator("p.code").inner_text())
    officer.get_by_label("관계").select_option("court-guardian")
    officer.get_by_label("서류 번호", exact=True).fill("TEST-심판-1")
    officer.get_by_role("button", name="적기", exact=True).click()
    expect(officer.get_by_role("region", name="대리하는 사람")).to_contain_text("박후견")
    looked_at(walk, officer)


@EVERY_WAY
def test_an_account_is_blocked_by_its_number(walk: Walk) -> None:
    blocked = account_of("김나루")
    agent = staff(Role.CALL_CENTRE_AGENT, None, "상담원")
    page = browsing(walk, agent)
    page.goto(f"{walk.base}/console/accounts")
    looked_at(walk, page)
    page.get_by_label("계정 번호").fill(blocks.number(blocked))
    page.get_by_role("button", name="찾기").click()
    looked_at(walk, page)
    page.get_by_role("radio", name="전화기나 기기를 잃어버림").check()
    page.get_by_role("button", name="지금 잠그기").click()
    expect(page.get_by_role("region", name="지금 상태")).to_contain_text("잠김")
    looked_at(walk, page)


@EVERY_WAY
def test_auditors_researchers_and_vendors_have_a_page(walk: Walk) -> None:
    here = Hospital()
    a_record(here)
    for role, path, place in (
        (Role.AUDITOR, "audit", None),
        (Role.AUDITOR, "received", None),
        (Role.RESEARCHER, "programmes", None),
        (Role.VENDOR, "vendor", here.id),
    ):
        page = browsing(walk, staff(role, place, "시험"))
        page.goto(f"{walk.base}/console/{path}")
        looked_at(walk, page)


@EVERY_WAY
def test_a_part_of_the_record_is_let_to_somebody(walk: Walk) -> None:
    here = Hospital()
    patient = a_record(here)
    page = browsing(walk, citizen("김나루", patient.key))
    page.goto(f"{walk.base}/portal/representatives?part=some")
    page.get_by_text("문서 고르기").click()
    looked_at(walk, page)


@EVERY_WAY
def test_a_hospital_of_a_group_is_chosen(walk: Walk) -> None:
    here, there = Hospital(), Hospital()
    patient = known_at(here, there)
    patient.consents()
    here.sends(patient, day=today(now()))
    registers.found_group("시립병원", "City hospitals", "#0b50d0", (here.id, there.id))
    for one, colour in ((here, "#7a1f5c"), (there, "#0a6648")):
        registers.show_as(one.id, Brand(colour=colour))
    page = browsing(walk, citizen("김나루", patient.key))
    page.goto(f"{walk.base}/portal/hospital")
    looked_at(walk, page)
