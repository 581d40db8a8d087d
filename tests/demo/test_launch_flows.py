"""An EMR opens the clinic's page in its person's browser: by the node's own door and page."""

import re
import subprocess

from playwright.sync_api import Page, expect

from naru.demo.cast import IEUM
from naru.demo.population import population
from tests.demo.browsing import EVERY_WAY, Open, Seen, Way
from tests.demo.conftest import Demo, environment, program

SOMEBODY = next(one for one in population() if one.number % 5 == 0 and one.number > 20)
"""Treated at the clinic, and in no story."""


def be(seen: Seen, who: str, path: str) -> Page:
    """Become somebody of the demo, and go to one of their pages."""
    page = seen.go("/demo")
    page.get_by_text("다른 사람 되기", exact=True).click()
    page.locator(f'.switcher button[value="{who}"]').click()
    return seen.go(path)


@EVERY_WAY
def test_the_emr_s_address_opens_the_patient_once_for_one_person(
    demo: Demo, opened: Open, way: Way
) -> None:
    """`Patient/$clinic-launch` is asked by the institution's link; nobody searches or types."""
    seen = opened(demo, way.size, scripts=way.scripts)
    page = be(seen, "director-ieum", "/console/staff")
    doctor = page.get_by_role("listitem").filter(has_text="이도윤").last
    doctor.get_by_text("직책 번호").click()
    post = re.search(r"직책 번호\s+([0-9a-f-]{36})", doctor.inner_text())
    assert post is not None
    be(seen, "doctor-ieum", "/clinic")

    def address() -> str:
        told = subprocess.run(
            [
                *(program(), "link", "launch", "--post", post[1]),
                *("--config", str(demo.folder / IEUM.key / "link.toml")),
                *("--patient", SOMEBODY.chart_number(IEUM.key)),
            ],
            capture_output=True, text=True, check=True, env=environment(), timeout=90,
        )  # fmt: skip
        found = re.search(r"http\S+/launch\?launch=\w+", told.stdout)
        assert found is not None, told.stdout
        return found[0]

    once = address()
    page.goto(once)
    expect(page.get_by_role("heading", level=1)).to_have_text(SOMEBODY.name)
    expect(page.get_by_role("main")).to_contain_text("열람 목적: 외래 진료")
    assert page.url == f"{demo.base}/clinic"
    seen.is_calm_at_both_widths()
    page.goto(once)
    expect(page.get_by_role("main")).to_contain_text("이 주소는 끝났거나 이미 쓰였습니다")
    be(seen, "doctor-pureun", "/clinic")
    page.goto(address())
    expect(page.get_by_role("main")).to_contain_text("다른 직원을 위한 주소입니다")
    seen.is_calm_at_both_widths()
