"""In the demo a reader becomes the patient of the story, by 본인확인 as at any node."""

from playwright.sync_api import Browser, expect

from naru.demo.population import PATIENT
from tests.demo.conftest import Demo
from tests.demo.test_case_flows import looked_at
from tests.demo.test_pages import PHONE


def test_a_citizen_signs_in_from_the_first_page(demo: Demo, browser: Browser) -> None:
    context = browser.new_context(viewport=PHONE, locale="ko-KR", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{demo.base}/demo")
    card = page.get_by_role("region", name="환자가 되어 로그인해 보기")
    expect(card).to_contain_text(f"{PATIENT.name} 님으로 확인")
    looked_at(page, "demo-sign-in")

    page.goto(f"{demo.base}/")
    page.get_by_role("link", name="로그인", exact=True).click()
    page.get_by_role("button", name="본인확인하기").click()
    page.get_by_role("button", name=f"{PATIENT.name} 님으로 확인").click()
    page.get_by_role("button", name="네, 계정 만들기").click()
    expect(page.get_by_role("main")).to_contain_text("담당자가 진료기록과 이어지는지 확인")

    steward = browser.new_context(locale="ko-KR", java_script_enabled=False).new_page()
    steward.goto(f"{demo.base}/console/links")
    steward.get_by_role("button", name=f"{PATIENT.name}: 1번 환자와 잇기").click()
    page.goto(f"{demo.base}/portal/consent/documents")
    expect(page.get_by_role("main")).to_contain_text("이음내과의원")
    steward.context.close()
    context.close()
