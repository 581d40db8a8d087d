"""Schedule, Slot, and where and whose they are, as an EMR finds them before it books."""

from collections.abc import Iterator
from datetime import time, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from naru.audit import models as audit
from naru.directory import services as directory
from naru.domain.korea import korean_day, midnight
from naru.domain.scheduling import Hours
from naru.scheduling import services
from naru.ui.clock import now
from tests.acting import node
from tests.exchange.hospitals import Hospital
from tests.scheduling.doctors import DEPARTMENT, asks, doctor, slots, tomorrow
from tests.scheduling.emr import Emr, appointment

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _node() -> Iterator[None]:
    with node():
        yield


@pytest.fixture
def emr(tmp_path: Path) -> Emr:
    return Emr(Hospital(), tmp_path)


def ids(found: list[Any]) -> set[str]:
    return {one["id"] for one in found}


def test_a_schedule_is_found_by_place_post_and_department(emr: Emr) -> None:
    there = Hospital()
    schedule, other = doctor(there), doctor(there, department=DEPARTMENT.replace("01", "05", 1))
    doctor(emr.hospital)
    code, _, system = DEPARTMENT.partition("^^")
    (place,) = emr.found(f"Location?identifier=urn:ietf:rfc:3986|urn:oid:{there.oid}")
    before = audit.Record.objects.count()

    found = emr.found(f"Schedule?actor=Location/{place['id']}&specialty={system}|{code}")

    assert audit.Record.objects.count() == before + 1
    assert ids(found) == {str(schedule.id)}
    (told,) = found
    assert emr.reads(f"Schedule/{told['id']}") == told
    post, where = (one["reference"] for one in told["actor"])
    assert emr.reads(where) == place
    assert emr.reads(post)["practitioner"]["display"] == schedule.practitioner
    both = {str(schedule.id), str(other.id)}
    for query, expected in (
        (f"actor={where}", both),
        (f"actor={post}", {str(schedule.id)}),
        (f"actor={post}&specialty=05", set()),
        (f"_id={other.id}", {str(other.id)}),
        (f"actor=Location/{uuid4()}", set()),
    ):
        assert ids(emr.found(f"Schedule?{query}")) == expected, query
    assert ids(emr.found(f"PractitionerRole?location={where}&specialty={code}")) == {
        str(schedule.id)
    }
    assert ids(emr.found(f"Location?name={place['name']}")) == {place["id"]}


def test_a_hospital_that_takes_no_part_offers_nothing(emr: Emr) -> None:
    there = Hospital()
    schedule = doctor(there)
    first = next(slots(schedule))
    directory.suspend(there.id, on=korean_day(now()))

    for gone in (f"Schedule/{schedule.id}", f"Slot/{first.name}", f"Location/{there.id}"):
        assert emr.asks("GET", gone).status_code == 404, gone
    assert emr.found(f"Slot?schedule=Schedule/{schedule.id}") == []


def test_slots_are_told_with_what_is_taken(emr: Emr) -> None:
    here = emr.hospital
    schedule = doctor(here)
    first, second, *rest = slots(schedule)
    services.book(asks(here), first.name, here.patient().key)
    asked = f"Slot?schedule=Schedule/{schedule.id}"
    since = first.start.isoformat().replace("+", "%2B")
    day = f"{tomorrow():%Y-%m-%d}"

    free = emr.found(f"{asked}&start={day}&status=free")

    assert [one["id"] for one in free] == [str(one.name) for one in (second, *rest)]
    assert {one["schedule"]["reference"] for one in free} == {f"Schedule/{schedule.id}"}
    assert ids(emr.found(f"{asked}&start={day}&status=busy")) == {str(first.name)}
    assert emr.reads(f"Slot/{first.name}")["status"] == "busy"
    for query, number in (
        (f"start=ge{since}&start=lt{day}T12:00:00%2B09:00", 6),
        (f"start=gt{since}&start=lt{day}T12:00:00%2B09:00", 5),
        (f"start={since}", 1),
        (f"start=ge{day}&start=le{day}", 14),
        (f"start={day}&_count=0", 0),
        (f"start={day}&_id={second.name}", 1),
    ):
        assert len(emr.found(f"{asked}&{query}")) == number, query
    assert emr.reads(f"{asked}&start={day}&_summary=count")["total"] == 14
    page = emr.reads(f"{asked}&start={day}&_count=10&_sort=-start")
    assert page["entry"][0]["resource"]["id"] == str(rest[-1].name)
    (following,) = [one["url"] for one in page["link"] if one["relation"] == "next"]
    assert len(emr.found(following)) == 4


def test_what_is_past_unknown_or_too_much_is_not_told(emr: Emr) -> None:
    schedule = doctor(emr.hospital, first=tomorrow() - timedelta(days=9))
    past = next(slots(schedule, tomorrow() - timedelta(days=3)))
    never = midnight(tomorrow()) + timedelta(hours=3)
    far = next(slots(schedule, tomorrow() + timedelta(days=400)))
    others = (f"{one}.{never:%Y%m%d%H%M}" for one in (schedule.id, uuid4()))
    for gone in (past.name, far.name, *others, "x"):
        assert emr.asks("GET", f"Slot/{gone}").status_code == 404, gone
    ago = f"start=lt{tomorrow() - timedelta(days=2)}"
    assert emr.found(f"Slot?schedule={schedule.id}&{ago}") == []
    later = tomorrow() + timedelta(days=60)
    many = ",".join(str(uuid4()) for _ in range(11))
    for refused in (
        "start=ge2026-01-01",
        f"schedule={schedule.id}&start=ge{tomorrow()}&start=lt{later}",
        f"schedule={many}",
        f"schedule={schedule.id}&start={tomorrow()},{later}",
        f"schedule={schedule.id}&_sort=status",
    ):
        assert emr.asks("GET", f"Slot?{refused}").status_code == 400, refused
    for sentence in ("9999-12-31", "0001-01-01"):
        assert emr.asks("GET", f"Slot?schedule={schedule.id}&start=ge{sentence}").status_code == 200


def test_a_schedule_without_an_end_ends_with_the_calendar(emr: Emr) -> None:
    late = (Hours(time(9), time(23, 45)),)
    schedule = doctor(emr.hospital, weekly=(late,) * 7)
    patient, first = emr.hospital.patient(), next(slots(schedule))
    for moment in ("999912311000", "999912311001", "999912312330", "000101010900"):
        assert emr.asks("GET", f"Slot/{schedule.id}.{moment}").status_code == 404, moment
        named = {"slot": [{"reference": f"Slot/{schedule.id}.{moment}"}]}
        sent = appointment(patient, first) | named
        assert emr.asks("POST", "Appointment", json=sent).status_code == 422, moment


def test_a_schedule_that_is_named_twice_is_told_once(emr: Emr) -> None:
    schedule = doctor(emr.hospital)
    asked = f"schedule={schedule.id},Schedule/{schedule.id}&start={tomorrow()}"
    assert len(emr.found(f"Slot?{asked}")) == 14


@pytest.mark.parametrize("type_", ["Slot", "Schedule", "Task", "Appointment"])
def test_a_page_that_is_no_ascii_is_none_of_ours(emr: Emr, type_: str) -> None:
    assert emr.asks("GET", f"{type_}?_page=%EA%B0%80").status_code == 400
