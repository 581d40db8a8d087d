"""What an institution is shown of a patient, and what it is not."""

from django.test import Client

from naru.demo.story import Story
from naru.directory import services as directory
from naru.domain.korea import korean_day
from naru.ui.clock import now
from tests.staging import looking_as


def test_an_empty_page_says_why_in_the_constant_words(told: Story) -> None:
    answer = looking_as(told.patient, told.receiver).get("/clinic")

    assert answer.status_code == 200
    page = answer.content.decode()
    assert "볼 수 있는 기록이 없습니다" in page
    assert "보이지 않는 기록이 있을 수 있습니다" in page
    assert "푸른대학교병원에서 보는 화면" in page
    assert "1968-04-11" in page


def test_a_document_that_is_not_there_and_one_not_shown_look_the_same(told: Story) -> None:
    answer = looking_as(told.patient, told.receiver).post(
        "/clinic/open", {"repository": "2.999.8282.11.1", "document": "2.25.1"}
    )

    assert answer.status_code == 200
    assert "볼 수 있는 기록이 없습니다" in answer.content.decode()


def test_no_hospital_is_chosen_yet(told: Story) -> None:
    answer = Client().get("/clinic")

    assert answer.status_code == 403
    assert "먼저 고르세요" in answer.content.decode()


def test_a_suspended_hospital_sees_no_page_from_the_next_look(told: Story) -> None:
    client = looking_as(told.patient, told.receiver)
    assert client.get("/clinic").status_code == 200
    directory.suspend(told.receiver, on=korean_day(now()))

    asked = {"repository": "2.999.8282.11.1", "document": "2.25.1"}
    assert client.get("/clinic").status_code == 403
    assert client.post("/clinic/open", asked).status_code == 403
