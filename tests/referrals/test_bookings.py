"""A referral and its appointment: what becomes of one becomes of the other, whoever says it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from naru.consent import queries as consent
from naru.domain.caller import Role
from naru.domain.referral_states import State
from naru.domain.referrals import ActKind, Referral
from naru.domain.scheduling import Appointment, AppointmentStatus, Slot
from naru.referrals import acting, queries, sending
from naru.scheduling import models, services
from naru.scheduling import queries as scheduling
from naru.scheduling.errors import NoSuchSlot
from tests.exchange.hospitals import Patient
from tests.referrals.hospitals import Hospital, draft
from tests.scheduling.doctors import asks, doctor, slots
from tests.scheduling.emr import Emr, appointment

pytestmark = pytest.mark.django_db(transaction=True)


def sent_with_a_booking(west: Hospital, east: Hospital) -> tuple[Patient, Referral]:
    patient = west.patient()
    patient.consents()
    west.chart(patient)
    west.receives(patient)
    booking = sending.SlotBooking(str(next(slots(doctor(east))).name))
    return patient, sending.send(
        west.doctor(), draft(west, east, patient, "상세불명의 흉통"), booking
    )


def booked(referral: Referral) -> Appointment:
    found = scheduling.of_referral(referral.id)
    assert found is not None
    return found


def is_due(referral: Referral) -> Appointment:
    """Its appointment, as though it had been booked for this minute."""
    start = datetime.now(UTC).replace(second=0, microsecond=0)
    rows = models.Appointment.objects.filter(referral=referral.id)
    assert rows.update(start=start, end=start + timedelta(minutes=30)) == 1
    return booked(referral)


def state(referral: Referral) -> State:
    found = queries.one(referral.id)
    assert found is not None
    return found.state


def test_an_arrival_on_a_referral_is_one_of_its_appointment() -> None:
    west, east = Hospital(), Hospital()
    _, sent = sent_with_a_booking(west, east)
    acting.do(east.doctor(), sent.id, ActKind.ACCEPTED)
    is_due(sent)

    acting.do(east.doctor(), sent.id, ActKind.ARRIVED)

    assert (state(sent), booked(sent).status) == (State.IN_PROGRESS, AppointmentStatus.ARRIVED)


def test_a_no_show_on_a_referral_is_one_of_its_appointment() -> None:
    west, east = Hospital(), Hospital()
    _, sent = sent_with_a_booking(west, east)
    acting.do(east.doctor(), sent.id, ActKind.ACCEPTED)
    is_due(sent)

    acting.do(east.doctor(), sent.id, ActKind.NO_SHOW)

    assert (state(sent), booked(sent).status) == (State.NO_SHOW, AppointmentStatus.NOSHOW)


@pytest.mark.parametrize(
    ("act", "reason"), [(ActKind.DECLINED, "no-capacity"), (ActKind.CANCELLED, "")]
)
def test_what_is_not_to_be_frees_its_time(act: ActKind, reason: str) -> None:
    west, east = Hospital(), Hospital()
    _, sent = sent_with_a_booking(west, east)
    asking = east if act is ActKind.DECLINED else west
    choice = reason or "other"

    acting.do(asking.doctor(), sent.id, act, reason=choice, words="시험")

    assert booked(sent).status is AppointmentStatus.CANCELLED
    again = services.book(asks(east), booked(sent).slot, east.patient().key)
    assert again.status is AppointmentStatus.BOOKED


@pytest.mark.parametrize("accepted", [True, False])
def test_who_is_received_at_the_appointments_page_has_arrived_on_the_referral(
    *, accepted: bool
) -> None:
    west, east = Hospital(), Hospital()
    _, sent = sent_with_a_booking(west, east)
    if accepted:
        acting.do(east.doctor(), sent.id, ActKind.ACCEPTED)

    services.arrive(asks(east, Role.RECEPTION), is_due(sent).id)

    assert state(sent) is State.IN_PROGRESS
    found = queries.one(sent.id)
    assert found is not None
    assert [one.kind for one in found.acts][-2:] == [ActKind.ACCEPTED, ActKind.ARRIVED]


def test_who_missed_the_appointment_missed_the_referral() -> None:
    west, east = Hospital(), Hospital()
    _, sent = sent_with_a_booking(west, east)
    acting.do(east.doctor(), sent.id, ActKind.ACCEPTED)

    services.no_show(asks(east, Role.RECEPTION), is_due(sent).id)

    assert state(sent) is State.NO_SHOW


def test_an_emr_says_that_the_patient_of_a_referral_came(tmp_path: Path) -> None:
    west, east = Hospital(), Hospital()
    patient, sent = sent_with_a_booking(west, east)
    emr = Emr(east, tmp_path)
    kept = emr.reads(f"Appointment/{booked(sent).id}")
    assert kept["basedOn"][0]["identifier"]["value"] == f"urn:uuid:{sent.id}"
    due = is_due(sent)
    times = {"start": due.start.isoformat(), "end": due.end.isoformat(), "slot": []}

    answer = emr.says({**kept, **times, "status": "arrived"})

    assert answer.status_code == 400  # An empty list is no JSON of FHIR.
    del kept["slot"], times["slot"]
    answer = emr.says({**kept, **times, "status": "arrived"})
    assert answer.status_code == 200, answer.text
    assert (state(sent), booked(sent).status) == (State.IN_PROGRESS, AppointmentStatus.ARRIVED)
    assert patient.key == booked(sent).patient


@pytest.mark.parametrize("by", ["sender", "receiver"])
def test_an_emr_books_for_a_referral_that_is_its_own_alone(by: str, tmp_path: Path) -> None:
    west, east = Hospital(), Hospital()
    patient = west.patient()
    patient.consents()
    west.chart(patient)
    west.receives(patient)
    sent = sending.send(west.doctor(), draft(west, east, patient, "상세불명의 흉통"))
    first: Slot = next(slots(doctor(east)))
    named = based_on(sent)
    stranger = Emr(Hospital(), tmp_path)
    assert stranger.books(patient, first, **named).status_code == 403

    answer = Emr(west if by == "sender" else east, tmp_path).books(patient, first, **named)

    assert answer.status_code == 201, answer.text
    made = booked(sent)
    assert (str(made.id), made.institution) == (answer.json()["id"], east.id)
    found = queries.one(sent.id)
    assert found is not None
    assert (found.booking, found.acts[-1].kind) == (made.id, ActKind.BOOKED)
    assert Emr(east, tmp_path).reads(f"Appointment/{made.id}") == answer.json()
    assert appointment(patient, first)["slot"] == answer.json()["slot"]


def test_a_referral_books_with_whoever_receives_it_and_nobody_else(tmp_path: Path) -> None:
    west, east, third = Hospital(), Hospital(), Hospital()
    patient = west.patient()
    patient.consents()
    west.chart(patient)
    west.receives(patient)
    first, second, *_ = slots(doctor(third))
    meant = sending.SlotBooking(str(first.name))
    with pytest.raises(NoSuchSlot):
        sending.send(west.doctor(), draft(west, east, patient, "상세불명의 흉통"), meant)
    sent = sending.send(west.doctor(), draft(west, east, patient, "상세불명의 흉통"))
    for asking in (west, east):
        with pytest.raises(NoSuchSlot):
            acting.book(asking.doctor(), sent.id, sending.SlotBooking(str(second.name)))
        answer = Emr(asking, tmp_path).books(patient, second, **based_on(sent))
        assert answer.status_code == 403, answer.text
    assert not models.Appointment.objects.exists()
    assert {one.institution for one in consent.relations(patient.key)} == {west.id}


def test_an_emrs_next_appointment_for_a_referral_takes_the_place_of_the_one_before(
    tmp_path: Path,
) -> None:
    west, east = Hospital(), Hospital()
    patient, sent = sent_with_a_booking(west, east)
    before, emr = booked(sent), Emr(west, tmp_path)
    other = list(slots(doctor(east)))[3]

    answer = emr.books(patient, other, **based_on(sent))

    assert answer.status_code == 201, answer.text
    was = scheduling.one(before.id)
    assert was is not None
    assert was.status is AppointmentStatus.CANCELLED
    refused = emr.books(patient, other, **based_on(sent), start="2026-01-01T00:00:00Z")
    assert refused.status_code == 422, refused.text  # And what stood before stands.
    again = Emr(east, tmp_path)
    kept = again.reads(f"Appointment/{before.id}")
    assert again.says(kept).status_code == 200  # What is over says nothing of the referral.
    found = queries.one(sent.id)
    assert found is not None
    assert str(found.booking) == answer.json()["id"]
    standing = [one for one in scheduling.every_of_referral(sent.id) if one.status == "booked"]
    assert [str(one.id) for one in standing] == [answer.json()["id"]]


def based_on(referral: Referral) -> dict[str, Any]:
    return {"basedOn": [{"identifier": {"value": f"urn:uuid:{referral.id}"}}]}
