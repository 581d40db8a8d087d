"""A node that is no demo: its pages lead to the sign-in, and say nothing else."""

import pytest
from django.test import Client

from naru.node.headers import CONTENT_SECURITY_POLICY

PATHS = ["/portal", "/clinic", "/desk", "/console"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", PATHS)
def test_a_page_leads_to_the_sign_in(path: str) -> None:
    answer = Client().get(path)

    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/sign-in?next=%2F{path[1:]}"
    assert "no-store" in answer.headers["Cache-Control"]
    assert not answer.content


def test_the_sign_in_says_what_may_be_loaded_and_sent() -> None:
    answer = Client().get("/sign-in")

    assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert answer.headers["Content-Language"] == "ko"
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["/portal/consent/withdraw", "/clinic/open"])
def test_nothing_can_be_done_either(path: str) -> None:
    assert Client().post(path, {"wanted": "off"}).headers["Location"] == "/sign-in?next="


@pytest.mark.parametrize("path", ["/demo/consent", "/demo/open", "/demo/view-as"])
def test_there_is_no_demo(path: str) -> None:
    assert Client().get("/demo").status_code == 404
    assert Client().post(path, {"who": "patient", "wanted": "on"}).status_code == 404


def test_the_bare_address_says_what_stands_there_and_leads_to_the_sign_in() -> None:
    text = Client().get("/").content.decode()

    assert "나루 노드입니다" in text
    assert 'href="/sign-in"' in text


def test_a_page_holds_no_script_or_style_of_its_own() -> None:
    text = Client().get("/sign-in").content.decode()

    assert "<style" not in text
    assert " style=" not in text
    assert " onclick=" not in text
    assert "<script>" not in text


def test_korean_comes_first_whatever_the_browser_prefers() -> None:
    answer = Client(headers={"accept-language": "en-US,en"}).get("/sign-in")

    assert '<html lang="ko">' in answer.content.decode()


def test_english_is_kept_once_chosen() -> None:
    client = Client()
    client.post("/language", {"language": "en", "next": "/sign-in"})

    assert "Sign in" in client.get("/sign-in").content.decode()


def test_the_language_switch_leads_nowhere_else() -> None:
    answer = Client().post("/language", {"language": "en", "next": "https://example.org/"})

    assert answer.headers["Location"] == "/"
