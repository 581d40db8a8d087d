"""Who books for a referral learns nothing of what its patient has at that time with the receiver.

Each is asked twice, of a patient who has an appointment there and of one who has none.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from naru.domain.scheduling import Schedule, Slot
from naru.notifications import models as notifications
from naru.referrals import acting, sending
from naru.scheduling import queries, services
from naru.scheduling.errors import AlreadyBooked, SlotTaken
from tests.acting import node
from tests.exchange.hospitals import Patient
from tests.referrals.hospitals import Hospital, draft
from tests.scheduling.doctors import asks, doctor, slots
from tests.scheduling.emr import Emr

pytestmark = pytest.mark.django_db(transaction=True)
KINDS = ("appointment-twice", "appointment-twice-here")


@pytest.fixture(autouse=True)
def _node() -> Iterator[None]:
    with node():
        yield


def referred(west: Hospital, east: Hospital) -> tuple[Patient, UUID]:
    patient = west.patient()
    patient.consents()
    west.chart(patient)
    west.receives(patient)
    return patient, sending.send(west.doctor(), draft(west, east, patient, "상세불명의 흉통")).id


def busy(east: Hospital, slot: Slot, patient: Patient) -> None:
    """The patient has that time already, by a referral of somebody else."""
    services.book(asks(east), slot.name, patient.key, uuid4())


def told(kind: str) -> list[UUID | None]:
    return list(notifications.Notice.objects.filter(kind=kind).values_list("recipient", flat=True))


def answer(west: Hospital, referral: UUID, slot: Slot) -> tuple[str, tuple[Slot, ...]]:
    try:
        acting.book(west.doctor(), referral, sending.SlotBooking(str(slot.name)))
    except SlotTaken as refusal:
        return "taken", refusal.following
    return "booked", ()


def a_schedule(east: Hospital, capacity: int) -> tuple[Schedule, Slot]:
    schedule = doctor(east, capacity=capacity)
    return schedule, next(slots(schedule))


def test_where_a_place_is_left_it_is_given_and_who_may_see_both_is_told() -> None:
    west, east = Hospital(), Hospital()
    _, slot = a_schedule(east, 3)
    free, other = referred(west, east)
    taken, referral = referred(west, east)
    busy(east, slot, taken)

    answers = [answer(west, other, slot), answer(west, referral, slot)]

    assert answers == [("booked", ())] * 2
    assert [told(kind) for kind in KINDS] == [[taken.key], [east.id]]
    assert len(queries.of_patient([taken.key])) == 2
    assert len(queries.of_patient([free.key])) == 1
    with pytest.raises(AlreadyBooked):  # Whose schedule it is sees them all.
        services.book(asks(east), slot.name, taken.key, referral)
    again = sending.send(west.doctor(), draft(west, east, taken, "상세불명의 흉통"))
    with pytest.raises(AlreadyBooked):  # And who made it, its own.
        acting.book(west.doctor(), again.id, sending.SlotBooking(str(slot.name)))


def test_where_none_is_left_it_is_taken_whoever_has_it() -> None:
    west, east = Hospital(), Hospital()
    schedule, slot = a_schedule(east, 1)
    taken, referral = referred(west, east)
    _, other = referred(west, east)
    busy(east, slot, taken)

    answers = [answer(west, other, slot), answer(west, referral, slot)]

    assert answers[0] == answers[1]
    assert answers[0][0] == "taken"
    assert answers[0][1][0] == list(slots(schedule))[1]
    assert [told(kind) for kind in KINDS] == [[], []]


@pytest.mark.parametrize(("capacity", "status"), [(3, 201), (1, 409)])
def test_an_emr_learns_no_more(capacity: int, status: int, tmp_path: Path) -> None:
    west, east = Hospital(), Hospital()
    _, slot = a_schedule(east, capacity)
    free, other = referred(west, east)
    taken, referral = referred(west, east)
    busy(east, slot, taken)
    emr = Emr(west, tmp_path)

    answers = [
        emr.books(free, slot, **based_on(other)),
        emr.books(taken, slot, **based_on(referral)),
    ]

    assert [one.status_code for one in answers] == [status, status]
    assert same(answers[0].json()) == same(answers[1].json())


def based_on(referral: UUID) -> dict[str, Any]:
    return {"basedOn": [{"identifier": {"value": f"urn:uuid:{referral}"}}]}


def same(resource: dict[str, Any]) -> dict[str, Any]:
    """Without what names the one appointment and its patient."""
    apart = {"id", "meta", "participant", "basedOn", "identifier", "created"}
    return {key: value for key, value in resource.items() if key not in apart}
