"""Every flow of the pages in a browser, with and without scripts, in Korean and in English."""

import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from naru.demo.patient_page import PatientPage
from tests.demo.accessibility import assert_accessible
from tests.demo.conftest import Demo, running

DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
NARROW = {"width": 320, "height": 640}
PLACES = ["/demo", "/portal", "/clinic", "/desk", "/console"]

NewContext = Callable[..., BrowserContext]


@pytest.fixture
def context(browser: Browser) -> Iterator[NewContext]:
    opened: list[BrowserContext] = []

    def new(**options: object) -> BrowserContext:
        opened.append(browser.new_context(**{"viewport": DESK, "locale": "en-US", **options}))
        return opened[-1]

    yield new
    for one in opened:
        one.close()


def consent(page: Page, demo: Demo) -> None:
    """Read the text, tick what is needed, and consent."""
    page.goto(f"{demo.base}/portal/consent/give")
    for box in ("개인정보의 수집", "민감정보의 제공"):
        page.get_by_role("checkbox", name=box).check()
    page.get_by_role("button", name="표시한 대로 동의하기").click()
    expect(page.get_by_role("main")).to_contain_text("지금 적용됩니다")


def go(page: Page, demo: Demo, path: str = "/demo") -> Page:
    answer = page.goto(demo.base + path)
    assert answer.status == 200
    return page


@pytest.mark.parametrize("scripts", [True, False])
def test_the_switch_takes_the_record_away_at_once(
    demo: Demo, context: NewContext, *, scripts: bool
) -> None:
    page = go(context(java_script_enabled=scripts).new_page(), demo)
    receiver = page.get_by_role("region", name="푸른대학교병원")
    switch = page.get_by_role("switch", name="교류 동의")
    expect(switch).to_have_attribute("aria-checked", "true")
    expect(receiver).to_contain_text("진료의뢰서")

    switch.click()

    expect(switch).to_have_attribute("aria-checked", "false")
    expect(receiver).to_contain_text("볼 수 있는 기록이 없습니다")
    expect(receiver).not_to_contain_text("진료의뢰서")
    expect(page.get_by_text("환자가 동의를 철회했습니다").last).to_be_visible()
    expect(page.get_by_text("푸른대학교병원이 기록을 조회했지만").last).to_be_visible()
    if scripts:
        expect(switch).to_be_focused()
        expect(page.get_by_role("status")).to_contain_text("꺼짐")
        assert_accessible(page)

    switch.click()

    expect(switch).to_have_attribute("aria-checked", "true")
    expect(receiver).to_contain_text("진료의뢰서")


def test_two_browsers_at_once_do_not_disturb_each_other(demo: Demo, context: NewContext) -> None:
    one, other = go(context().new_page(), demo), go(context().new_page(), demo)

    one.get_by_role("switch").click()
    expect(one.get_by_role("switch")).to_have_attribute("aria-checked", "false")
    # The other's page still says on, and asks for off: what stands already stays.
    other.get_by_role("switch").click()
    expect(other.get_by_role("switch")).to_have_attribute("aria-checked", "false")
    other.get_by_role("switch").click()
    expect(other.get_by_role("switch")).to_have_attribute("aria-checked", "true")
    one.reload()

    expect(one.get_by_role("switch")).to_have_attribute("aria-checked", "true")


def test_each_step_shows_its_proof_and_its_command(demo: Demo, context: NewContext) -> None:
    opened = context(permissions=["clipboard-read", "clipboard-write"])
    page = go(opened.new_page(), demo)
    step = page.get_by_role("listitem").filter(has_text="ITI-18").last

    step.get_by_text("증명", exact=False).first.click()
    expect(step).to_contain_text("다시 계산해 일치함")
    step.get_by_text("API", exact=False).first.click()
    step.get_by_role("button", name="복사").click()

    expect(step.get_by_role("button", name="복사했습니다")).to_be_visible()
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert " link find --config " in copied
    assert_accessible(page)


def test_a_document_is_final_on_the_ledger_soon(demo: Demo, context: NewContext) -> None:
    page = go(context(java_script_enabled=False).new_page(), demo)

    step = page.get_by_role("listitem").filter(has_text="ITI-18").last
    step.get_by_text("증명").first.click()

    expect(step).to_contain_text("번째에 확정")


def test_the_patient_sees_who_looked_and_withdraws_there_too(
    demo: Demo, context: NewContext
) -> None:
    page = go(context().new_page(), demo)
    page.get_by_role("button", name="환자 포털 보기").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("김하늘 님, ")
    visits = page.get_by_role("region", name="내 기록을 본 곳")
    expect(visits).to_contain_text("푸른대학교병원")
    assert_accessible(page)

    page.get_by_role("link", name="동의 바꾸기").click()
    page.get_by_role("button", name="전부 철회하기").click()
    expect(page.get_by_role("main")).to_contain_text("지금 적용됩니다")
    page.goto(f"{demo.base}/clinic")
    expect(page.get_by_role("main")).to_contain_text("볼 수 있는 기록이 없습니다")
    consent(page, demo)
    page.goto(f"{demo.base}/clinic")
    expect(page.get_by_role("main")).to_contain_text("진료의뢰서")


def test_the_clinic_opens_what_the_patient_lets_it_see(demo: Demo, context: NewContext) -> None:
    page = go(context(java_script_enabled=False).new_page(), demo)
    page.get_by_role("region", name="푸른대학교병원").get_by_role("button", name="진료실").click()
    page.get_by_role("region", name="진료 이력").get_by_role("button").first.click()

    expect(page.get_by_role("main")).to_contain_text("관상동맥 평가를 부탁드립니다")
    expect(page.get_by_role("main")).to_contain_text("이음내과의원")


@pytest.mark.parametrize("path", PLACES)
@pytest.mark.parametrize("viewport", [DESK, PHONE, NARROW], ids=["desk", "phone", "narrow"])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_page_is_accessible(
    demo: Demo, context: NewContext, path: str, viewport: dict[str, int], language: str
) -> None:
    opened = context(viewport=viewport)
    opened.add_cookies([{"name": "django_language", "value": language, "url": demo.base}])
    page = opened.new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    go(page, demo)
    go(page, demo, path)

    assert_accessible(page)
    expect(page.get_by_text("데모" if language == "ko" else "Demo").first).to_be_visible()
    assert said == []
    assert [url for url in asked if not url.startswith(demo.base)] == []


def test_a_browser_is_answered_in_korean_until_english_is_chosen(
    demo: Demo, context: NewContext
) -> None:
    page = go(context(java_script_enabled=False).new_page(), demo)
    expect(page.get_by_role("heading", level=1)).to_have_text("기록 하나가 건너갑니다")

    page.get_by_role("button", name="English").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("One record crosses")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("button", name="한국어").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("기록 하나가 건너갑니다")


def test_all_can_be_done_by_keyboard(demo: Demo, context: NewContext) -> None:
    page = go(context().new_page(), demo)
    reached = []
    for _ in range(24):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("() => document.activeElement.innerText.trim()"))

    assert reached[0] == "본문으로 건너뛰기"
    assert "교류 동의" in reached


def test_a_printed_page_leaves_out_what_cannot_be_pressed(
    demo: Demo, context: NewContext, tmp_path: Path
) -> None:
    page = go(context().new_page(), demo)
    page.emulate_media(media="print")

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator(".nav")).to_be_hidden()
    assert page.pdf(path=tmp_path / "page.pdf").startswith(b"%PDF")


def test_the_first_steps_are_reached_however_often_one_switches(tmp_path: Path) -> None:
    with running(tmp_path / "demo") as demo:
        page = PatientPage(demo.base)
        for number in range(14):
            page.press(page.read(), on=bool(number % 2))
        newest = page.read()

        with urllib.request.urlopen(f"{demo.base}/demo?steps=60", timeout=20) as answer:
            whole = answer.read().decode()

    assert "이전 단계 더 보기" in newest
    assert newest.count('class="steps-words"') == 30
    assert "이전 단계 더 보기" not in whole
    assert "접수처에서 동의했습니다" in whole


def test_what_was_tried_can_be_tried_again(demo: Demo, context: NewContext) -> None:
    page = go(context().new_page(), demo)

    step = page.get_by_role("listitem").filter(has_text="열려 했지만").first

    assert " link open --config " in step.locator("code").text_content()
