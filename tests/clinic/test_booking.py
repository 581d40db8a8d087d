"""A coordinator books for whoever telephones, and the institution keeps its schedules."""

import re
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from naru.domain.caller import Role
from naru.domain.scheduling import AppointmentStatus
from naru.scheduling import queries, services
from tests.acting import node, staff
from tests.exchange.hospitals import Hospital, Patient
from tests.scheduling.doctors import asks, doctor, slots, tomorrow

pytestmark = pytest.mark.django_db(transaction=True)
DIARY = "/clinic/appointments"
FORM = {
    "practitioner": "박심장",
    "department": "01^^http://www.hl7korea.or.kr/CodeSystem/hira-medical-department",
    "minutes": "30",
    "capacity": "2",
    "first": "2026-11-01",
    "mon": "09:00-12:00, 13:30~17:00",
    "holidays": "closed",
    "exceptions": "2026-12-24 09:00-10:00 학회\n2026-12-31",
}


@pytest.fixture(autouse=True)
def _node() -> Iterator[None]:
    with node():
        yield


def opened(client: Client, patient: Patient) -> str:
    """The page of tomorrow with the patient found by number."""
    found = client.post(f"{DIARY}/find", {"number": patient.own.value, "day": f"{tomorrow()}"})
    assert found.status_code == 302
    page = client.get(found.headers["Location"])
    assert page.status_code == 200
    return page.content.decode()


def first_form(page: str) -> dict[str, str]:
    """What the first button of the diary sends."""
    names = ("patient", "once", "slot")
    found = {name: re.search(rf'name="{name}" value="([^"]+)"', page) for name in names}
    return {name: one[1] for name, one in found.items() if one}


def test_by_telephone_a_patient_is_found_and_a_time_is_pressed() -> None:
    here = Hospital()
    patient, schedule = here.patient(), doctor(here)
    coordinator = staff(Role.REFERRAL_COORDINATOR, here.id, "협력 하나")
    page = opened(coordinator, patient)
    assert "김나루 님의 예약을 잡습니다" in page
    pressed = first_form(page)

    made = [coordinator.post(f"{DIARY}/book", pressed) for _ in range(2)]

    assert {one.status_code for one in made} == {302}
    assert made[0].headers["Location"] == made[1].headers["Location"]
    (booked,) = queries.of_patient([patient.key])
    assert booked.slot == next(slots(schedule)).name
    shown = coordinator.get(made[0].headers["Location"]).content.decode()
    assert "김나루 님" in shown
    assert "예약을 잡았습니다" in shown
    assert "김나루" in coordinator.get(f"{DIARY}?day={tomorrow()}").content.decode()
    week = coordinator.get(f"{DIARY}?view=week&day={tomorrow()}").content.decode()
    assert ">빈 13<br>예약 1</a>" in week


def test_a_taken_time_is_told_in_a_sentence_with_the_next_free_ones() -> None:
    here = Hospital()
    schedule = doctor(here)
    first, second, *_ = slots(schedule)
    coordinator = staff(Role.REFERRAL_COORDINATOR, here.id, "협력 하나")
    pressed = first_form(opened(coordinator, here.patient()))
    services.book(asks(here), first.name, here.patient().key)

    refused = coordinator.post(f"{DIARY}/book", pressed)

    page = refused.content.decode()
    assert refused.status_code == 409
    assert "그 시간은 방금 다른 분이 예약했습니다" in page
    assert str(second.name) in page
    again = {**pressed, "slot": str(second.name)}
    assert coordinator.post(f"{DIARY}/book", again).status_code == 302


def test_who_is_not_registered_here_is_not_found_and_not_booked() -> None:
    here, there = Hospital(), Hospital()
    schedule, other = doctor(here), there.patient()
    coordinator = staff(Role.RECEPTION, here.id, "접수 하나")
    refused = coordinator.post(f"{DIARY}/find", {"number": other.own.value})
    assert refused.status_code == 422
    assert "환자를 찾지 못했습니다" in refused.content.decode()
    pressed = {"patient": other.key, "once": uuid4(), "slot": next(slots(schedule)).name}
    assert coordinator.post(f"{DIARY}/book", pressed).status_code == 404
    assert queries.of_patient([other.key]) == ()


def test_an_appointment_is_moved_and_cancelled_on_its_page() -> None:
    here, there = Hospital(), Hospital()
    patient, schedule = here.patient(), doctor(here)
    first, second, *_ = slots(schedule)
    booked = services.book(asks(here), first.name, patient.key)
    coordinator = staff(Role.REFERRAL_COORDINATOR, here.id, "협력 하나")
    stranger = staff(Role.REFERRAL_COORDINATOR, there.id, "협력 둘")
    one = f"{DIARY}/{booked.id}"
    assert stranger.get(one).status_code == 404
    for what in ("cancel", "arrive", "no-show", "move"):
        assert stranger.post(f"{one}/{what}", {"slot": second.name}).status_code == 404
    assert coordinator.post(f"{one}/confirm").status_code == 404

    assert str(second.name) in coordinator.get(one).content.decode()
    assert coordinator.post(f"{one}/move", {"slot": second.name}).status_code == 302
    assert coordinator.post(f"{one}/no-show").status_code == 409
    assert coordinator.post(f"{one}/cancel").status_code == 302
    late = coordinator.post(f"{one}/cancel")
    assert late.status_code == 409
    assert "지금은 바꿀 수 없는 예약입니다" in late.content.decode()
    found = queries.one(booked.id)
    assert found is not None
    assert found.status is AppointmentStatus.CANCELLED


@pytest.mark.parametrize("wrong", ["", "x", "00000000-0000-0000-0000-000000000001.202611230900"])
def test_a_time_that_no_page_offered_is_nothing(wrong: str) -> None:
    here = Hospital()
    coordinator = staff(Role.REFERRAL_COORDINATOR, here.id, "협력 하나")
    pressed = {"patient": here.patient().key, "once": uuid4(), "slot": wrong}
    assert coordinator.post(f"{DIARY}/book", pressed).status_code in {404, 409}


def test_the_institution_writes_a_schedule_and_changes_it() -> None:
    here = Hospital()
    coordinator = staff(Role.REFERRAL_COORDINATOR, here.id, "협력 하나")
    assert coordinator.post("/clinic/schedules/new", FORM).status_code == 302
    (kept,) = queries.schedules(here.id)
    assert len(kept.weekly[0]) == 2
    assert [one.reason for one in kept.exceptions] == ["학회", ""]

    page = coordinator.get(f"/clinic/schedules/{kept.id}").content.decode()
    assert "09:00-12:00, 13:30-17:00" in page
    assert "2026-12-24 09:00-10:00 학회" in page
    changed = {**FORM, "mon": "10:00-12:00"}
    assert coordinator.post(f"/clinic/schedules/{kept.id}", changed).status_code == 302
    (now,) = queries.schedules(here.id)
    assert (now.id, len(now.weekly[0])) == (kept.id, 1)
    other = staff(Role.REFERRAL_COORDINATOR, Hospital().id, "협력 둘")
    assert other.get(f"/clinic/schedules/{kept.id}").status_code == 404
    assert other.post(f"/clinic/schedules/{kept.id}", FORM).status_code == 404


def test_a_change_names_the_appointments_that_no_longer_fit() -> None:
    here = Hospital()
    schedule = doctor(here)
    booked = services.book(asks(here), next(slots(schedule)).name, here.patient().key)
    coordinator = staff(Role.REFERRAL_COORDINATOR, here.id, "협력 하나")
    off = {**FORM, "exceptions": f"{tomorrow()}", "first": f"{tomorrow() - timedelta(days=1)}"}

    page = coordinator.post(f"/clinic/schedules/{schedule.id}", off).content.decode()

    assert "연락할 예약이 있습니다" in page
    assert f"{DIARY}/{booked.id}" in page


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"practitioner": " "}, "practitioner"),
        ({"practitioner": "김" * 10_000}, "practitioner"),
        ({"department": "99^^x"}, "department"),
        ({"minutes": "-1"}, "minutes"),
        ({"minutes": "1000"}, "minutes"),
        ({"capacity": "0"}, "whole"),
        ({"first": "내일"}, "first"),
        ({"last": "2026-10-01"}, "whole"),
        ({"mon": "아침부터"}, "mon"),
        ({"mon": "12:00-09:00"}, "mon"),
        ({"mon": "25:00-26:00"}, "mon"),
        ({"mon": "09:00-12:00, 11:00-13:00"}, "whole"),
        ({"exceptions": "크리스마스"}, "exceptions"),
        ({"exceptions": "2026-12-24\n2026-12-24"}, "whole"),
        ({"exceptions": "2026-12-24\n" * 1000}, "exceptions"),
    ],
)
def test_what_is_wrong_with_a_schedule_is_named_beside_what_was_typed(
    wrong: dict[str, str], named: str
) -> None:
    here = Hospital()
    coordinator = staff(Role.DIRECTOR, here.id, "원장 하나")

    refused = coordinator.post("/clinic/schedules/new", {**FORM, **wrong})

    assert refused.status_code == 422
    assert f'id="wrong-{named}"' in refused.content.decode()
    assert queries.schedules(here.id) == ()


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-02-30", "0000-00-00", "\0"])
def test_a_day_out_of_every_calendar_shows_today_s(day: str) -> None:
    here = Hospital()
    doctor(here)
    coordinator = staff(Role.REFERRAL_COORDINATOR, here.id, "협력 하나")

    for view in ("", "week"):
        answer = coordinator.get(DIARY, {"day": day, "view": view})
        assert answer.status_code == 200
        assert day not in answer.content.decode()
    assert coordinator.get("/clinic/billing", {"month": day[:7]}).status_code == 200


def test_nobody_has_a_name_of_ten_thousand_characters() -> None:
    here = Hospital()
    given = {"name": "가" * 10_000, "born": "1968-04-11", "reason": "outpatient"}

    found = staff(Role.REFERRAL_COORDINATOR, here.id, "협력 하나").post(f"{DIARY}/find", given)
    chosen = staff(Role.DOCTOR, here.id, "의사 하나").post("/clinic/patient", given)

    assert found.status_code == chosen.status_code == 422
    assert "찾지 못했습니다" in found.content.decode()
    assert "그렇게 등록된 환자가 없습니다" in chosen.content.decode()


def test_a_director_sees_the_schedules_that_they_write() -> None:
    here = Hospital()
    director = staff(Role.DIRECTOR, here.id, "원장 하나")

    kept = director.post("/clinic/schedules/new", FORM)

    assert "박심장" in director.get(kept.headers["Location"]).content.decode()
