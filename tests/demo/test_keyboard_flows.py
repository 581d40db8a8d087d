"""A clinician's whole way by the keyboard: what has the focus is seen, and nothing holds it."""

from playwright.sync_api import Locator, Page, expect

from naru.domain.caller import Role
from naru.referrals import queries
from tests import receptions
from tests.acting import staff
from tests.demo.browsing import EVERY_WAY, Walk
from tests.demo.test_citizen_flows import charted

MOST = 200
"""Stops of a page, at most."""

_MARKED = """one => {
  const seen = getComputedStyle(one);
  const box = one.getBoundingClientRect();
  return (seen.outlineStyle !== 'none' && parseFloat(seen.outlineWidth) >= 2)
    && box.width > 0 && box.bottom > 0 && box.top < innerHeight;
}"""


def reach(page: Page, goal: Locator) -> None:
    """Go on by Tab until it has the focus, which is seen at every stop."""
    for _ in range(MOST):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        assert focused.count() == 0 or focused.evaluate(_MARKED), focused.evaluate("o=>o.outerHTML")
        if goal.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"the keyboard does not reach {goal}")


def press(page: Page, goal: Locator, key: str = "Enter") -> None:
    reach(page, goal)
    page.keyboard.press(key)


@EVERY_WAY
def test_from_a_number_to_a_letter_that_is_sent(walk: Walk) -> None:
    hospital, patient = charted()
    receptions.receive(hospital.access("reception"), patient.key)
    seen = walk(staff(Role.DOCTOR, hospital.id, "이진료"))
    page = seen.go("/clinic")
    press(page, page.get_by_role("radio").first, "Space")
    reach(page, page.get_by_label("등록번호"))
    page.keyboard.type(patient.own.value)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("김나루")
    seen.is_calm_at_both_widths()
    if page.get_by_text("더 하기", exact=True).is_visible():  # Folded on a phone.
        press(page, page.get_by_text("더 하기", exact=True))
    press(page, page.get_by_role("link", name="교류 밖 기관에 편지로"))
    expect(page.get_by_label("교류에 참여하지 않는 기관의 이름")).to_be_visible()
    reach(page, page.get_by_label("교류에 참여하지 않는 기관의 이름"))
    page.keyboard.type("섬마을의원")
    press(page, page.get_by_role("checkbox", name="상세불명의 흉통"), "Space")
    press(page, page.get_by_role("radio", name="환자가 동의했습니다"), "Space")
    press(page, page.get_by_role("button", name="편지 만들기"))
    expect(page.get_by_role("main")).to_contain_text("섬마을의원")
    (sent,) = queries.outbox(hospital.id)
    assert sent.receiver is None
    seen.is_calm_at_both_widths()
    stops = 0
    page.locator("body").evaluate("one => { one.tabIndex = -1; one.focus(); }")
    while stops < MOST:  # And out of the page again, at its end.
        page.keyboard.press("Tab")
        stops += 1
        if page.evaluate("() => document.activeElement === document.body"):
            break
    assert stops < MOST
