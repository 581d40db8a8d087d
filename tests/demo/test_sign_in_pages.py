"""Signing up, making a passkey and coming back by it, in Chromium with a virtual authenticator."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.demo.accessibility import assert_accessible
from tests.end_to_end.node import NARU, Node, environment, fresh_database
from tests.signing_in import provider

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    folder = tmp_path_factory.mktemp("signin")
    with provider(folder) as (url, key), fresh_database() as database:
        made = Node(data=folder / "data", database=database, tls=True)
        made.variables = {
            "NARU_IDENTITY_PROVIDER": url,
            "NARU_IDENTITY_KEY": str(key),
            "NARU_PAGES": f"http://localhost:{made.port}",
        }
        made.start()
        yield made
        made.stop()


def verify(page: Page, name: str) -> None:
    """Type who one is at the provider's page."""
    page.get_by_role("button", name="본인확인하기").click()
    page.get_by_label("이름").fill(name)
    page.get_by_label("생년월일").fill("1946-03-02")
    page.get_by_label("휴대전화").fill("010-0000-0101")
    page.get_by_role("button", name="확인").click()


def looked_at(page: Page, name: str) -> None:
    """Accessible at both widths; with PICTURES_IN, pictures to look at."""
    for width, size in (("desk", DESK), ("phone", PHONE)):
        page.set_viewport_size(size)
        assert_accessible(page)
        if folder := os.environ.get("PICTURES_IN"):
            page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)


def test_a_passkey_made_in_a_browser_brings_its_person_back(node: Node, browser: Browser) -> None:
    context = browser.new_context(viewport=DESK, locale="ko-KR")
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    base = f"http://localhost:{node.port}"
    page.goto(f"{base}/account")
    expect(page.get_by_role("heading", level=1)).to_have_text("로그인")
    looked_at(page, "sign-in")
    verify(page, "강운영")
    looked_at(page, "sign-up")
    page.get_by_role("button", name="네, 계정 만들기").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("강운영 님의 로그인")
    page.get_by_role("button", name="이 기기에 패스키 만들기").click()
    expect(page.get_by_role("button", name="지우기")).to_be_visible()
    looked_at(page, "account")
    page.get_by_role("button", name="여기서 로그아웃").click()

    page.goto(f"{base}/account")
    page.get_by_role("button", name="패스키 쓰기").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("강운영 님의 로그인")
    page.goto(f"{base}/sign-in/confirm/passkey?next=/account")
    looked_at(page, "confirm")
    page.get_by_role("button", name="패스키 쓰기").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("강운영 님의 로그인")

    command = [NARU, "staff", "invite", "강운영", "--role", "operator", "--data", node.data]
    invited = subprocess.run(
        command, capture_output=True, text=True, check=True, env=environment(), timeout=60
    )
    page.get_by_text("기관의 초대 코드가 있습니다").click()
    page.get_by_label("초대 코드").fill(invited.stdout.strip())
    page.get_by_role("button", name="받아들이기").click()
    page.get_by_role("button", name="바꾸기: 운영 기관 · 운영자").click()
    for path in ("console/staff", "console/clients", "console/links", "account"):
        page.goto(f"{base}/{path}")
        looked_at(page, path.replace("/", "-"))
    context.close()


def test_without_scripts_a_person_signs_in_by_who_they_are(node: Node, browser: Browser) -> None:
    context = browser.new_context(viewport=PHONE, locale="ko-KR", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"http://localhost:{node.port}/portal")
    verify(page, "이나루")
    page.get_by_role("button", name="네, 계정 만들기").click()

    expect(page.get_by_text("아직 진료기록과 이어지지 않았습니다")).to_be_visible()
    context.close()
