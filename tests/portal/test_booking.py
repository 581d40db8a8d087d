"""A patient confirms, moves and cancels on their own page."""

from collections.abc import Iterator

import pytest

from naru.scheduling import queries, services
from tests.acting import citizen, node
from tests.exchange.hospitals import Hospital
from tests.scheduling.doctors import asks, doctor, slots

pytestmark = pytest.mark.django_db(transaction=True)
MINE = "/portal/appointments"


@pytest.fixture(autouse=True)
def _node() -> Iterator[None]:
    with node():
        yield


def test_the_patient_says_that_they_come_moves_and_cancels() -> None:
    here = Hospital()
    patient, schedule = here.patient(), doctor(here)
    first, second, *_ = slots(schedule)
    booked = services.book(asks(here), first.name, patient.key)
    browser = citizen("김나루", patient.key)
    page = browser.get(MINE).content.decode()
    assert "다가오는 예약이 1건 있습니다" in page
    assert "갈게요" in page

    assert browser.post(f"{MINE}/{booked.id}/confirm").status_code == 302
    assert "환자가 확인함" in browser.get(MINE).content.decode()
    assert str(second.name) in browser.get(f"{MINE}/{booked.id}/other").content.decode()
    assert browser.post(f"{MINE}/{booked.id}/move", {"slot": second.name}).status_code == 302
    now = queries.one(booked.id)
    assert now is not None
    assert now.start == second.start
    assert browser.post(f"{MINE}/{booked.id}/cancel").status_code == 302
    page = browser.get(MINE).content.decode()
    assert "다가오는 예약이 없습니다" in page
    assert "취소됨" in page


def test_a_time_that_somebody_else_took_leaves_the_old_one() -> None:
    here = Hospital()
    patient, schedule = here.patient(), doctor(here)
    first, second, third, *_ = slots(schedule)
    booked = services.book(asks(here), first.name, patient.key)
    services.book(asks(here), second.name, here.patient().key)

    refused = citizen("김나루", patient.key).post(f"{MINE}/{booked.id}/move", {"slot": second.name})

    assert refused.status_code == 409
    assert "원래 예약은 그대로입니다" in refused.content.decode()
    assert str(third.name) in refused.content.decode()
    assert queries.one(booked.id) == booked


def test_nobody_sees_or_changes_anothers() -> None:
    here = Hospital()
    patient, schedule = here.patient(), doctor(here)
    first, second, *_ = slots(schedule)
    booked = services.book(asks(here), first.name, patient.key)
    stranger = citizen("이나루", here.patient().key)

    assert "다가오는 예약이 없습니다" in stranger.get(MINE).content.decode()
    assert stranger.get(f"{MINE}/{booked.id}/other").status_code == 404
    for what in ("confirm", "cancel", "move", "arrive"):
        sent = stranger.post(f"{MINE}/{booked.id}/{what}", {"slot": second.name})
        assert sent.status_code == 404
    assert queries.one(booked.id) == booked
