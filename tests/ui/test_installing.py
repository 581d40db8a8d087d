"""The pages as an app: what a phone is told, and that nothing of anybody is in it."""

import json

import pytest
from django.contrib.staticfiles import finders
from django.test import Client


def test_a_phone_is_told_what_to_install() -> None:
    answer = Client().get("/manifest.webmanifest")
    told = json.loads(answer.content)

    assert answer.headers["Content-Type"] == "application/manifest+json"
    assert told["display"] == "standalone"
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in told["icons"]}
    for icon in told["icons"]:
        assert finders.find(icon["src"].removeprefix("/static/").split("?")[0])


def test_the_service_worker_lists_files_of_this_node_alone() -> None:
    answer = Client().get("/service-worker.js")
    text = answer.content.decode()

    assert answer.headers["Content-Type"] == "text/javascript"
    assert "/static/ui/naru.css" in text
    assert "//www" not in text
    assert "http" not in text
    assert "connection" in text


@pytest.mark.parametrize(("language", "said"), [("ko", "이 기기에 둔 때"), ("en", "Kept on this")])
def test_it_says_in_the_reader_s_language_that_a_page_was_kept(language: str, said: str) -> None:
    client = Client()
    client.post("/language", {"language": language, "next": "/offline"})

    assert said in client.get("/service-worker.js").content.decode()


def test_the_page_without_a_connection_is_of_nobody() -> None:
    text = Client().get("/offline").content.decode()

    assert "지금은 연결되지 않았습니다" in text
    assert "<form" not in text
