"""The clinician's first page: a patient found, seen whole, taken over; and why it is empty."""

import json

from playwright.sync_api import expect

from naru.domain.caller import Role
from tests.acting import staff
from tests.clinic.test_first_view import receives, writes
from tests.demo.browsing import EVERY_WAY, Walk
from tests.exchange.hospitals import Hospital


@EVERY_WAY
def test_a_patient_is_found_by_number_and_seen_on_one_page_by_keys_alone(walk: Walk) -> None:
    """The reason is asked once; what is ordered is held against the record before."""
    east, here = Hospital(), Hospital()
    patient = here.patient()
    patient.consents()
    writes(patient, east, here)
    receives(here, patient)
    seen = walk(staff(Role.DOCTOR, here.id, "이진료"))
    page = seen.go("/clinic")
    seen.is_calm_at_both_widths()
    page.get_by_role("radio", name="외래 진료").check()
    page.get_by_label("등록번호").fill(patient.own.value)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("김나루")
    expect(page.get_by_role("main")).to_contain_text("열람 목적: 외래 진료")
    expect(page.get_by_role("region", name="알레르기").first).to_contain_text("페니실린")
    expect(page.get_by_role("region", name="현재 투약")).to_contain_text("메트포르민")
    seen.is_calm_at_both_widths()
    jumps = page.get_by_role("navigation", name="이 화면의 바로 가기")
    jump = jumps.get_by_role("link", name="검사")  # Its key is said where a screen has room.
    assert jump.get_attribute("accesskey") == "3"
    jump.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#results"

    page.get_by_label("이름").fill("페니실린 주사")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="알레르기 주의")).to_contain_text("호흡곤란")
    seen.is_calm_at_both_widths()
    page.get_by_role("region", name="진료 이력").get_by_role("button").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_contain_text("교류 이력에 바로 남았습니다")
    seen.is_calm_at_both_widths()


@EVERY_WAY
def test_the_record_is_taken_over_into_the_own_one(walk: Walk) -> None:
    east, here = Hospital(), Hospital()
    patient = here.patient()
    patient.consents()
    writes(patient, east)
    receives(here, patient)
    seen = walk(staff(Role.DOCTOR, here.id, "이진료", patient.key))
    page = seen.go("/clinic")
    page.get_by_role("button", name="기록 가져오기").click()
    seen.is_calm_at_both_widths()
    page.get_by_role("radio", name="진료에 쓰려고").check()
    with page.expect_download() as begun:
        page.get_by_role("button", name="내려받기").click()
    kinds = {
        one["resource"]["resourceType"]
        for one in json.loads(begun.value.path().read_bytes())["entry"]
    }
    assert {"Patient", "Provenance"} <= kinds
    seen.go("/clinic/history")
    expect(page.get_by_role("main")).to_contain_text("다른이름")
    seen.is_calm_at_both_widths()
    seen.go("/clinic/documents")
    seen.is_calm_at_both_widths()


@EVERY_WAY
def test_no_consent_looks_different_from_nothing_to_show(walk: Walk) -> None:
    here = Hospital()
    consented, silent = here.patient(), here.patient()
    consented.consents()
    for patient, words in ((consented, "교류 동의"), (silent, "교류 동의 없음")):
        receives(here, patient)
        seen = walk(staff(Role.DOCTOR, here.id, "이진료", patient.key))
        page = seen.go("/clinic")
        expect(page.get_by_role("main")).to_contain_text(words)
        expect(page.get_by_role("main")).to_contain_text("보이지 않는 기록이 있을 수 있습니다")
        seen.is_calm_at_both_widths()
