"""What a node cannot show, it says in words, in the reader's language."""

from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from naru.audit import queries as audit
from naru.audit.records import Outcome
from naru.node.urls import handler400, handler403, handler404, handler500
from naru.node.urls import urlpatterns as of_the_node

__all__ = ["handler400", "handler403", "handler404", "handler500"]


def denies(_request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


def breaks(_request: HttpRequest) -> HttpResponse:
    raise RuntimeError("on purpose")


urlpatterns = [path("denies", denies), path("breaks", breaks), *of_the_node]

TROUBLES = [
    ("/nowhere", 404, "이 주소에는 화면이 없습니다", "There is no page at this address"),
    ("/denies", 403, "여기는 열 수 없습니다", "This page is closed to you"),
    ("/breaks", 500, "노드가 이 일을 마치지 못했습니다", "The node could not finish this"),
]


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.parametrize(("where", "status", "korean", "english"), TROUBLES)
def test_a_trouble_is_a_page_in_words(where: str, status: int, korean: str, english: str) -> None:
    client = Client(raise_request_exception=False)

    first = client.get(where)
    client.post("/language", {"language": "en", "next": "/"})
    then = client.get(where)

    assert first.status_code == then.status_code == status
    assert korean in first.content.decode()
    assert english in then.content.decode()
    assert "/static/ui/naru.css" in first.content.decode()
    assert "on purpose" not in first.content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sent", [{f"f{n}": "x" for n in range(1_100)}, {"f": "x" * 3_000_000}])
def test_a_form_of_too_much_is_refused_in_words_and_recorded(sent: dict[str, str]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies[settings.CSRF_COOKIE_NAME] = "x" * 32

    answer = client.post(
        "/portal/consent/withdraw", urlencode(sent), "application/x-www-form-urlencoded"
    )

    assert answer.status_code == 400
    assert "받을 수 없습니다" in answer.content.decode()
    assert len(list(audit.between(None, None, limit=2))) == 1


@pytest.mark.django_db(transaction=True)
def test_the_address_of_a_form_opened_again_says_why_nothing_stands_there() -> None:
    answer = Client().get("/portal/deliveries/submit")

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"
    assert "바로 열 수 없는 주소입니다" in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_form_from_elsewhere_is_refused_in_words_and_recorded() -> None:
    answer = Client(enforce_csrf_checks=True).post("/portal/consent/withdraw", {"wanted": "on"})

    assert answer.status_code == 403
    assert "바꾸지 않았습니다" in answer.content.decode()
    (record,) = audit.between(None, None, limit=2)
    assert record.record.outcome is Outcome.MINOR_FAILURE


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["/console", "/portal", "/sign-in"])
def test_an_address_that_is_too_long_is_refused_in_words(path: str) -> None:
    client = Client()

    first = client.get(path, {"q": "x" * 4_094})
    client.post("/language", {"language": "en", "next": "/"})
    then = client.get(path, {"q": "x" * 4_094})

    assert first.status_code == then.status_code == 414
    assert "주소가 너무 깁니다" in first.content.decode()
    assert "The address is too long" in then.content.decode()
    assert client.get(path, {"q": "x" * 3_000}).status_code != 414
