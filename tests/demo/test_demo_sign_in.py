"""In the demo a reader becomes anybody: by 본인확인 as at any node, or by one press."""

from playwright.sync_api import Browser, Page, expect

from naru.demo.players import Player, players
from naru.demo.population import NEWCOMER
from tests.demo.accessibility import assert_accessible
from tests.demo.browsing import DESK, PHONE
from tests.demo.conftest import Demo


def test_a_citizen_signs_in_from_the_first_page(demo: Demo, browser: Browser) -> None:
    context = browser.new_context(viewport=PHONE, locale="ko-KR", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{demo.base}/demo")
    card = page.get_by_role("region", name="누구로든 로그인해 보기")
    expect(card).to_contain_text(f"{NEWCOMER.name} 님으로 확인")
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        assert_accessible(page)

    page.goto(f"{demo.base}/")
    page.get_by_role("link", name="로그인", exact=True).click()
    page.get_by_role("button", name="본인확인하기").click()
    page.get_by_role("button", name=f"{NEWCOMER.name} 님으로 확인").click()
    page.get_by_role("button", name="네, 계정 만들기").click()
    expect(page.get_by_role("main")).to_contain_text("담당자가 진료기록과 이어지는지 확인")

    steward = browser.new_context(locale="ko-KR", java_script_enabled=False).new_page()
    steward.goto(f"{demo.base}/console/links")
    steward.get_by_role("button", name=f"{NEWCOMER.name}: 1번 환자와 잇기").click()
    page.goto(f"{demo.base}/portal/consent/documents")
    expect(page.get_by_role("main")).to_contain_text("동의하지 않아 모인 기록이 없습니다")
    steward.context.close()
    context.close()


def test_every_role_is_one_press_away(demo: Demo, browser: Browser) -> None:
    context = browser.new_context(locale="ko-KR", java_script_enabled=False)
    page = context.new_page()
    for player in players():
        become(page, demo, player)
        expect(page.get_by_role("button", name="로그아웃")).to_be_visible()
        first = page.get_by_role("heading", level=1).inner_text()
        assert first not in ("여기는 열 수 없습니다", "이 주소에는 화면이 없습니다"), player.key
    context.close()


def become(page: Page, demo: Demo, player: Player) -> None:
    if page.url == "about:blank":
        page.goto(f"{demo.base}/demo")
    page.get_by_text("다른 사람 되기", exact=True).click()
    page.locator(f'.switcher button[value="{player.key}"]').click()
