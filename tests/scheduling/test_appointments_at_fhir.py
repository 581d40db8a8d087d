"""One booking, whoever makes it: a page and an EMR speak of the same appointments."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from naru.audit import models as audit
from naru.consent import services as consent
from naru.consent.snapshots import Exclusion
from naru.domain.caller import Role
from naru.domain.korea import korean_day
from naru.domain.scheduling import AppointmentStatus
from naru.scheduling import models, queries, services
from naru.ui.clock import now
from tests import receptions
from tests.acting import node
from tests.exchange.hospitals import Hospital
from tests.scheduling.doctors import DEPARTMENT, asks, doctor, slots
from tests.scheduling.emr import Emr, appointment

pytestmark = pytest.mark.django_db(transaction=True)
PSYCHIATRY = "03^^http://www.hl7korea.or.kr/CodeSystem/hira-medical-department"


@pytest.fixture(autouse=True)
def _node() -> Iterator[None]:
    with node():
        yield


@pytest.fixture
def emr(tmp_path: Path) -> Emr:
    return Emr(Hospital(), tmp_path)


def records() -> int:
    return audit.Record.objects.count()


def test_a_pages_booking_is_read_and_found_as_an_appointment(emr: Emr) -> None:
    here = emr.hospital
    patient, schedule = here.patient(), doctor(here)
    first = next(slots(schedule))
    booked = services.book(asks(here), first.name, patient.key)
    before = records()

    told = emr.reads(f"Appointment/{booked.id}")

    assert records() == before + 1
    assert (told["status"], told["slot"]) == ("booked", [{"reference": f"Slot/{first.name}"}])
    assert told["start"] == first.start.isoformat()
    code, _, system = DEPARTMENT.partition("^^")
    assert told["specialty"][0]["coding"][0]["code"] == code
    actors = [one["actor"]["reference"] for one in told["participant"]]
    role, place = f"PractitionerRole/{schedule.id}", f"Location/{here.id}"
    assert actors == [f"Patient/{patient.key}", role, place]
    day = f"{korean_day(first.start):%Y-%m-%d}"
    for query in (
        f"patient=Patient/{patient.key}",
        f"patient.identifier=urn:oid:{patient.own.authority}|{patient.own.value}",
        f"actor={role}&date={day}",
        f"location={place}&status=booked",
        f"slot=Slot/{first.name}",
        f"specialty={system}|{code}&patient={patient.key}",
    ):
        assert [one["id"] for one in emr.found(f"Appointment?{query}")] == [str(booked.id)], query
    for query in (
        f"patient={patient.key}&status=cancelled",
        f"actor={role}&date=gt{day}",
        f"patient={here.patient().key}",
    ):
        assert emr.found(f"Appointment?{query}") == [], query
    validated = emr.reads(f"Appointment/{booked.id}/$validate")
    assert [one["diagnostics"] for one in validated["issue"]] == ["valid", "R4:dom-6"]


def test_every_step_at_a_page_is_a_version(emr: Emr) -> None:
    here = emr.hospital
    schedule = doctor(here)
    first, second, *_ = slots(schedule)
    booked = services.book(asks(here), first.name, here.patient().key)
    services.move(asks(here), booked.id, second.name)
    services.move(asks(here), booked.id, second.name)  # Once more changes nothing.
    services.cancel(asks(here), booked.id)

    history = emr.found(f"Appointment/{booked.id}/_history")

    told = [(one["status"], one["slot"][0]["reference"]) for one in history]
    assert told == [
        ("cancelled", f"Slot/{second.name}"),
        ("booked", f"Slot/{second.name}"),
        ("booked", f"Slot/{first.name}"),
    ]


def test_an_emrs_appointment_takes_the_slot_and_says_its_own_words(emr: Emr) -> None:
    here = emr.hospital
    patient, schedule = here.patient(), doctor(here)
    first, second, *_ = slots(schedule)

    answer = emr.books(patient, first)

    assert answer.status_code == 201, answer.text
    kept = answer.json()
    (booked,) = queries.of_patient([patient.key])
    assert (str(booked.id), booked.slot) == (kept["id"], first.name)
    assert emr.reads(f"Appointment/{booked.id}") == kept
    services.move(asks(here), booked.id, second.name)  # At the page.
    moved = emr.reads(f"Appointment/{booked.id}")
    assert moved["slot"] == [{"reference": f"Slot/{second.name}"}]
    assert (moved["start"], moved["description"]) == (second.start.isoformat(), "혈압 재진")
    assert emr.books(here.patient(), second).status_code == 409


def test_a_taken_slot_is_answered_by_409_and_what_is_free_instead(emr: Emr) -> None:
    here = emr.hospital
    first, second, *_ = slots(doctor(here))
    services.book(asks(here), first.name, here.patient().key)

    answer = emr.books(here.patient(), first)

    assert answer.status_code == 409
    refusal, *free = answer.json()["issue"]
    assert (refusal["code"], refusal["severity"]) == ("conflict", "error")
    assert free[0]["diagnostics"].endswith(f"Slot/{second.name}")
    assert len(free) == services.OFFERED
    assert models.Appointment.objects.count() == 1


def test_a_slot_of_nobody_another_time_and_several_slots_are_refused(emr: Emr) -> None:
    here = emr.hospital
    patient = here.patient()
    first, second, *_ = slots(doctor(here))
    for wrong in (
        {"slot": [{"reference": f"Slot/{uuid4()}.202601011000"}]},
        {"slot": [{"reference": "Slot/none"}]},
        {"slot": [{"reference": f"Slot/{one.name}"} for one in (first, second)]},
        {"start": second.start.isoformat()},
        {"status": "arrived"},
        {"status": "pending"},
    ):
        answer = emr.asks("POST", "Appointment", json=appointment(patient, first) | wrong)
        assert answer.status_code == 422, (wrong, answer.text)
    assert not models.Appointment.objects.exists()
    assert emr.found(f"Appointment?patient={patient.key}") == []


def test_who_is_not_registered_there_is_booked_by_nobody_but_on_a_referral(
    emr: Emr, tmp_path: Path
) -> None:
    there = Emr(Hospital(), tmp_path)
    patient, first = emr.hospital.patient(), next(slots(doctor(there.hospital)))
    stranger = {"basedOn": [{"identifier": {"value": f"urn:uuid:{uuid4()}"}}]}
    for one, more in ((emr, {}), (there, {}), (emr, stranger), (there, stranger)):
        answer = one.books(patient, first, **more)
        assert answer.status_code == 403, answer.text
    assert not models.Appointment.objects.exists()


def test_an_emr_moves_cancels_and_nothing_becomes_of_what_is_over(emr: Emr) -> None:
    here = emr.hospital
    patient = here.patient()
    first, second, third, *_ = slots(doctor(here))
    kept = emr.books(patient, first).json()
    services.book(asks(here), third.name, here.patient().key)

    other = {"slot": [{"reference": f"Slot/{second.name}"}]}
    times = {"start": second.start.isoformat(), "end": second.end.isoformat()}
    moved = emr.says(kept, **other, **times)
    assert moved.status_code == 200, moved.text
    taken = {"slot": [{"reference": f"Slot/{third.name}"}]}
    assert emr.says(moved.json(), **taken).status_code == 409
    (booked,) = queries.of_patient([patient.key])
    assert booked.slot == second.name
    for early in ("arrived", "noshow", "fulfilled"):
        assert emr.says(moved.json(), status=early).status_code == 422, early
    assert emr.says(kept, status="proposed").status_code == 422

    gone = emr.says(moved.json(), status="cancelled")
    assert gone.status_code == 200, gone.text
    assert queries.of_patient([patient.key])[0].status is AppointmentStatus.CANCELLED
    assert emr.books(here.patient(), second).status_code == 201
    assert emr.says(moved.json()).status_code == 422  # It does not come back.


def test_whoever_came_and_was_seen_is_so_at_the_page(emr: Emr) -> None:
    here = emr.hospital
    patient = here.patient()
    kept = _today(emr.books(patient, next(slots(doctor(here)))).json())

    came = emr.says(kept, status="checked-in")

    assert came.status_code == 200, came.text
    assert came.json()["status"] == "checked-in"
    assert queries.of_patient([patient.key])[0].status is AppointmentStatus.ARRIVED
    seen = emr.says(came.json(), status="fulfilled")
    assert seen.status_code == 200, seen.text
    assert queries.of_patient([patient.key])[0].status is AppointmentStatus.FULFILLED
    steps = [one.what for one in queries.steps(queries.of_patient([patient.key])[0].id)]
    assert steps == ["booked", "arrived", "fulfilled"]


def test_an_encounter_that_names_its_appointment_is_the_arrival(emr: Emr) -> None:
    here = emr.hospital
    patient = here.patient()
    kept = _today(emr.books(patient, next(slots(doctor(here)))).json())
    booked = queries.one(UUID(kept["id"]))
    assert booked is not None
    encounter = receptions.encounter(patient.own)
    encounter |= {"appointment": [{"reference": f"Appointment/{booked.id}"}]}

    planned = emr.asks("POST", "Encounter", json=encounter | {"status": "planned"})
    assert planned.status_code == 202  # Without consent the visit alone is noted.
    assert "not count" in planned.json()["issue"][0]["diagnostics"]  # The appointment says it.
    assert queries.one(booked.id) == booked
    assert emr.asks("POST", "Encounter", json=encounter).status_code == 202

    found = queries.one(booked.id)
    assert found is not None
    assert found.status is AppointmentStatus.ARRIVED
    assert emr.reads(f"Appointment/{booked.id}")["status"] == "arrived"


def test_what_is_deleted_is_cancelled(emr: Emr) -> None:
    here = emr.hospital
    patient, first = here.patient(), next(slots(doctor(here)))
    kept = emr.books(patient, first).json()

    assert emr.asks("DELETE", f"Appointment/{kept['id']}").status_code == 204

    assert queries.of_patient([patient.key])[0].status is AppointmentStatus.CANCELLED
    assert emr.asks("GET", f"Appointment/{kept['id']}").status_code == 410
    assert emr.books(here.patient(), first).status_code == 201


def test_another_hospital_sees_it_by_consent_and_treatment_and_never_psychiatry(
    emr: Emr, tmp_path: Path
) -> None:
    here, there = emr.hospital, Emr(Hospital(), tmp_path)
    patient = here.patient()
    first = next(slots(doctor(here)))
    second = list(slots(doctor(here, department=PSYCHIATRY)))[3]
    open_, hidden = (services.book(asks(here), one.name, patient.key) for one in (first, second))
    asked = f"Appointment?patient={patient.key}"
    assert there.found(asked) == []
    assert len(emr.found(asked)) == 2  # Its own schedules are its own chart.
    patient.consents(korean_day(now()))
    excluding = asks(here).caller
    consent.exclude(patient.key, Exclusion(department=PSYCHIATRY), excluding, "TEST-1", now())
    assert there.found(asked) == []
    receptions.receive(asks(there.hospital, Role.DOCTOR), patient.key)

    assert [one["id"] for one in there.found(asked)] == [str(open_.id)]
    assert there.asks("GET", f"Appointment/{hidden.id}").status_code == 404
    assert there.says(appointment(patient, first, id=str(open_.id))).status_code == 404
    diary = f"Appointment?location=Location/{here.id}"
    assert {one["id"] for one in emr.found(diary)} == {str(open_.id), str(hidden.id)}
    assert there.found(diary) == []  # Nobody looks through another's diary.


def test_in_a_batch_each_is_booked_by_itself_and_a_transaction_is_whole(emr: Emr) -> None:
    here = emr.hospital
    first, second, *_ = slots(doctor(here))
    sent = [appointment(here.patient(), one) for one in (first, first, second)]
    request = {"method": "POST", "url": "Appointment"}
    entries = [{"resource": one, "request": request} for one in sent]
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}

    assert emr.asks("POST", "", json=bundle).status_code == 409
    assert not models.Appointment.objects.exists()
    told = emr.asks("POST", "", json=bundle | {"type": "batch"}).json()["entry"]

    statuses = [one["response"]["status"][:3] for one in told]
    assert statuses == ["201", "409", "201"]
    assert told[1]["response"]["outcome"]["issue"][0]["code"] == "conflict"
    assert models.Appointment.objects.count() == 2


def test_a_create_under_a_condition_books_once(emr: Emr) -> None:
    here = emr.hospital
    patient, first = here.patient(), next(slots(doctor(here)))
    own = {"system": "urn:oid:2.999.7", "value": str(uuid4())}
    sent = appointment(patient, first, identifier=[own])
    condition = f"identifier={own['system']}|{own['value']}"

    entry = {"request": {"method": "POST", "url": "Appointment", "ifNoneExist": condition}}
    bundle = {"resourceType": "Bundle", "type": "batch", "entry": [{"resource": sent, **entry}]}
    statuses = [
        emr.asks("POST", "", json=bundle).json()["entry"][0]["response"]["status"][:3]
        for _ in range(2)
    ]

    assert statuses == ["201", "200"]
    updated = emr.asks("PUT", f"Appointment?{condition}", json=sent | {"status": "cancelled"})
    assert updated.status_code == 200, updated.text
    assert queries.of_patient([patient.key])[0].status is AppointmentStatus.CANCELLED


def _today(booked: dict[str, Any]) -> dict[str, Any]:
    """The same appointment, as though it had been booked for this minute."""
    start = now().replace(second=0, microsecond=0)
    end = start + timedelta(minutes=30)
    rows = models.Appointment.objects.filter(appointment=booked["id"])
    assert rows.update(start=start, end=end) == 1
    told = {name: value for name, value in booked.items() if name != "slot"}
    return told | {"start": start.isoformat(), "end": end.isoformat()}


def test_a_condition_looks_through_nobody_elses_diary(emr: Emr, tmp_path: Path) -> None:
    here, there = emr.hospital, Emr(Hospital(), tmp_path)
    patient = here.patient()
    first, second, *_ = slots(doctor(here))
    own = there.hospital.patient()
    times = list(slots(doctor(there.hospital)))
    kept = emr.books(patient, first).json()
    request = {"method": "POST", "url": "Appointment"}
    told = []
    for condition in ("status=booked", "date=gt2000", f"slot=Slot/{first.name}"):
        sent = {
            "resource": appointment(own, times.pop()),
            "request": {**request, "ifNoneExist": condition},
        }
        bundle = {"resourceType": "Bundle", "type": "batch", "entry": [sent]}
        told += there.asks("POST", "", json=bundle).json()["entry"]

    assert [one["response"]["status"][:3] for one in told] == ["400", "400", "201"]
    for condition in ("status=booked", f"slot=Slot/{first.name}"):
        refused = there.asks("DELETE", f"Appointment?{condition}")
        assert refused.status_code in {400, 404}, refused.text
    noted = audit.RecordPatient.objects.filter(patient=patient.key)
    assert noted.count() == 1  # The booking itself.
    assert emr.reads(f"Appointment/{kept['id']}")["status"] == "booked"
    again = {**kept, "slot": [{"reference": f"Slot/{second.name}"}]}
    again |= {"start": second.start.isoformat(), "end": second.end.isoformat()}
    moved = emr.asks("PUT", f"Appointment?slot=Slot/{first.name}", json=again)
    assert moved.status_code == 200, moved.text
