"""A node that is no demo has no sign-in yet: its pages say so, and nothing else."""

import pytest
from django.test import Client, override_settings

from naru.node.headers import CONTENT_SECURITY_POLICY

PATHS = ["/portal", "/clinic", "/console"]


@pytest.mark.parametrize("path", PATHS)
def test_a_page_says_that_sign_in_is_not_open_yet(path: str) -> None:
    answer = Client().get(path)

    assert answer.status_code == 403
    assert "아직 로그인이 없습니다" in answer.content.decode()
    assert "/.well-known/naru" in answer.content.decode()
    assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert answer.headers["Content-Language"] == "ko"


@pytest.mark.parametrize("path", ["/portal/consent/withdraw", "/clinic/open"])
def test_nothing_can_be_done_either(path: str) -> None:
    assert Client().post(path, {"wanted": "off"}).status_code == 403


@pytest.mark.parametrize("path", ["/demo/consent", "/demo/open", "/demo/view-as"])
def test_there_is_no_demo(path: str) -> None:
    assert Client().get("/demo").status_code == 404
    assert Client().post(path, {"who": "patient", "wanted": "on"}).status_code == 404


def test_the_bare_address_says_what_stands_there() -> None:
    with override_settings(ROOT_URLCONF="naru.ui.urls"):
        answer = Client().get("/")

    assert answer.status_code == 200
    assert "나루 노드입니다" in answer.content.decode()


def test_a_page_holds_no_script_or_style_of_its_own() -> None:
    text = Client().get("/portal").content.decode()

    assert "<style" not in text
    assert " style=" not in text
    assert " onclick=" not in text
    assert "<script>" not in text


def test_korean_comes_first_whatever_the_browser_prefers() -> None:
    answer = Client(headers={"accept-language": "en-US,en"}).get("/portal")

    assert '<html lang="ko">' in answer.content.decode()


def test_english_is_kept_once_chosen() -> None:
    client = Client()
    client.post("/language", {"language": "en", "next": "/portal"})

    assert "no sign-in yet" in client.get("/portal").content.decode()


def test_the_language_switch_leads_nowhere_else() -> None:
    answer = Client().post("/language", {"language": "en", "next": "https://example.org/"})

    assert answer.headers["Location"] == "/"
