"""An appointment is booked, confirmed, moved, cancelled or missed, each by whom it concerns."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import time, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from naru.audit import models as audit
from naru.consent import queries as consent
from naru.consent.errors import NotPermitted
from naru.domain.arrangements import RelationKind
from naru.domain.caller import Role
from naru.domain.korea import midnight
from naru.domain.scheduling import AppointmentStatus, Hours, ScheduleException
from naru.exchange.access import changing
from naru.notifications import models as notifications
from naru.scheduling import models, queries, schedules, services
from naru.scheduling.errors import AlreadyBooked, NoSuchSlot, NotOpen, SlotTaken
from tests import receptions
from tests.acting import node
from tests.exchange.hospitals import Hospital, Patient
from tests.scheduling.doctors import asks, at, doctor, says, slots, tomorrow

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _node() -> Iterator[None]:
    with node():
        yield


def relations(hospital: Hospital, patient: Patient, after: timedelta) -> set[RelationKind]:
    """By what the hospital treats the patient some time from now."""
    then = asks(hospital).time + after
    found = consent.standings([patient.key], hospital.id)
    return {each.kind for one in found.values() for each in one.relations if each.stands(then)}


def told(kind: str, *, of: Patient | Hospital) -> int:
    whose = of.key if isinstance(of, Patient) else of.id
    return notifications.Notice.objects.filter(kind=kind, recipient=whose).count()


def test_a_booking_takes_its_place_begins_treatment_and_the_patient_is_told() -> None:
    here = Hospital()
    patient, schedule = here.patient(), doctor(here)
    first = next(slots(schedule))

    booked = services.book(asks(here), first.name, patient.key)

    assert booked.status is AppointmentStatus.BOOKED
    assert not booked.confirmed
    since = midnight(tomorrow())
    open_then = queries.free(here.id, schedule.department, since, since + timedelta(days=1))
    assert first not in {one.slot for one in open_then}
    assert len(open_then) == 13
    assert relations(here, patient, timedelta()) == {RelationKind.BOOKING}
    assert told("appointment-booked", of=patient) == 1
    record = audit.Record.objects.order_by("-id").first()
    assert record is not None


def test_the_same_asked_for_twice_is_booked_once() -> None:
    here = Hospital()
    patient, schedule = here.patient(), doctor(here)
    first, once = next(slots(schedule)), uuid4()

    made = [services.book(asks(here), first.name, patient.key, appointment=once) for _ in range(2)]

    assert made[0] == made[1]
    assert len(queries.of_patient([patient.key])) == 1
    assert told("appointment-booked", of=patient) == 1
    with pytest.raises(NotPermitted):  # The id is another's.
        services.book(asks(here), first.name, here.patient().key, appointment=once)


def test_a_full_slot_is_refused_with_the_next_free_times_of_the_department() -> None:
    here = Hospital()
    schedule = doctor(here, capacity=2)
    first, second, *_ = slots(schedule)
    for _ in range(2):
        services.book(asks(here), first.name, here.patient().key)

    with pytest.raises(SlotTaken) as refusal:
        services.book(asks(here), first.name, here.patient().key)

    assert refusal.value.following[0] == second
    assert len(refusal.value.following) == services.OFFERED
    colleague = doctor(here)
    with pytest.raises(SlotTaken) as again:
        services.book(asks(here), first.name, here.patient().key)
    assert again.value.following[0] == next(slots(colleague))


def test_two_in_one_place_are_refused_by_the_database_itself() -> None:
    here = Hospital()
    first = next(slots(doctor(here)))
    booked = services.book(asks(here), first.name, here.patient().key)
    row = models.Appointment.objects.get(appointment=booked.id)

    row.pk, row.appointment = None, uuid4()
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
    row.seat = None  # What takes no place is not unique.
    for _ in range(2):
        row.pk, row.appointment = None, uuid4()
        row.save(force_insert=True)


def test_a_time_at_which_nobody_is_seen_cannot_be_booked() -> None:
    here = Hospital()
    schedule = doctor(here, first=tomorrow() - timedelta(days=30))
    first = next(slots(schedule))
    past = next(slots(schedule, tomorrow() - timedelta(days=8)))
    far = next(slots(schedule, tomorrow() + timedelta(days=400)))
    for wrong in (
        past.name,
        far.name,
        replace(first.name, start=first.start + timedelta(minutes=1)),
        replace(first.name, schedule=uuid4()),
    ):
        with pytest.raises(NoSuchSlot):
            services.book(asks(here), wrong, here.patient().key)


def test_a_patient_is_not_in_two_places_of_one_time() -> None:
    here = Hospital()
    patient, first = here.patient(), next(slots(doctor(here, capacity=3)))
    services.book(asks(here), first.name, patient.key)
    with pytest.raises(AlreadyBooked):
        services.book(asks(here), first.name, patient.key)


def test_after_a_change_of_hours_nobody_lies_across_whom_was_booked_before() -> None:
    here = Hospital()
    schedule = doctor(here, slot=timedelta(minutes=60))
    nine, ten, *_ = slots(schedule)
    booked = services.book(asks(here), nine.name, here.patient().key)
    services.book(asks(here), ten.name, here.patient().key)

    changed = replace(schedule, slot=timedelta(minutes=45))
    stranded = schedules.keep(asks(here), changed)

    assert booked in stranded
    for across in list(slots(changed))[:3]:
        with pytest.raises(SlotTaken):
            services.book(asks(here), across.name, here.patient().key)
    assert services.book(asks(here), list(slots(changed))[3].name, here.patient().key)


def test_a_day_off_leaves_what_is_booked_and_names_whom_to_call() -> None:
    here = Hospital()
    schedule = doctor(here)
    booked = services.book(asks(here), next(slots(schedule)).name, here.patient().key)
    off = ScheduleException(tomorrow(), (Hours(time(15), time(17)),), "학회")

    (stranded,) = schedules.keep(asks(here), replace(schedule, exceptions=(off,)))

    assert stranded == booked
    assert queries.one(booked.id) == booked


def test_the_patient_confirms_moves_and_cancels_and_the_hospital_is_told() -> None:
    here = Hospital()
    patient, schedule = here.patient(), doctor(here)
    first, second, *_ = slots(schedule)
    booked = services.book(asks(here), first.name, patient.key)

    assert services.confirm(says(patient), booked.id).confirmed
    moved = services.move(says(patient), booked.id, second.name)
    assert (moved.start, moved.confirmed) == (second.start, True)
    assert told("appointment-moved-by-patient", of=here) == 1
    services.book(asks(here), first.name, here.patient().key)  # Free again.

    cancelled = services.cancel(says(patient), booked.id)
    assert cancelled.status is AppointmentStatus.CANCELLED
    assert told("appointment-cancelled-by-patient", of=here) == 1
    assert relations(here, patient, timedelta(minutes=1)) == set()
    services.book(asks(here), second.name, here.patient().key)
    for late in (services.confirm, services.cancel):
        with pytest.raises(NotOpen):
            late(says(patient), booked.id)
    assert [one.what for one in queries.steps(booked.id)] == [
        "booked", "confirmed", "moved", "cancelled",
    ]  # fmt: skip


def test_a_move_to_a_taken_time_leaves_the_old_one_standing() -> None:
    here = Hospital()
    patient, schedule = here.patient(), doctor(here)
    first, second, *_ = slots(schedule)
    booked = services.book(asks(here), first.name, patient.key)
    services.book(asks(here), second.name, here.patient().key)

    with pytest.raises(SlotTaken):
        services.move(says(patient), booked.id, second.name)

    assert queries.one(booked.id) == booked
    with pytest.raises(SlotTaken):
        services.book(asks(here), first.name, here.patient().key)


def test_an_appointment_is_moved_within_its_department_alone() -> None:
    here, there = Hospital(), Hospital()
    patient = here.patient()
    booked = services.book(asks(here), next(slots(doctor(here))).name, patient.key)
    for other in (doctor(here, department="02^^TEST"), doctor(there)):
        with pytest.raises(NotPermitted):
            services.move(says(patient), booked.id, next(slots(other)).name)


def test_who_came_is_received_and_who_did_not_is_not_treated() -> None:
    here = Hospital()
    schedule = doctor(here)
    first, second, *_ = slots(schedule)
    comes, stays = here.patient(), here.patient()
    one = services.book(asks(here), first.name, comes.key)
    other = services.book(asks(here), second.name, stays.key)
    for early in (services.arrive, services.no_show):
        with pytest.raises(NotOpen):
            early(asks(here), one.id)

    services.arrive(at(asks(here), first.start - timedelta(minutes=5)), one.id)
    services.no_show(at(asks(here), second.end), other.id)

    during = first.start + timedelta(minutes=1) - asks(here).time
    assert relations(here, comes, during) == {RelationKind.RECEPTION}
    then = second.end + timedelta(minutes=1) - asks(here).time
    assert relations(here, stays, then) == set()
    with pytest.raises(SlotTaken):  # A missed time does not come again.
        services.book(asks(here), second.name, here.patient().key)


def test_nobody_else_books_sees_or_changes_anything() -> None:
    here, there = Hospital(), Hospital()
    patient, schedule = here.patient(), doctor(here)
    first, second, *_ = slots(schedule)
    booked = services.book(asks(here), first.name, patient.key)
    stranger = there.patient()
    for access in (asks(there), asks(here, Role.PRIVACY_OFFICER), says(stranger), asks(None)):
        with pytest.raises(NotPermitted):
            services.book(access, second.name, patient.key)
        with pytest.raises(NotPermitted):
            services.move(access, booked.id, second.name)
        with pytest.raises(NotPermitted):
            services.cancel(access, booked.id)
        with pytest.raises(NotPermitted):
            services.confirm(access, booked.id)
        with pytest.raises(NotPermitted):
            schedules.keep(access, schedule)
    with pytest.raises(NotPermitted):  # Known elsewhere alone.
        services.book(asks(here), second.name, stranger.key)
    with pytest.raises(NotPermitted):  # The hospital does not speak for the patient.
        services.confirm(asks(here), booked.id)


def test_a_referring_hospital_books_at_another_for_whom_it_treats_alone() -> None:
    here, there = Hospital(), Hospital()
    patient, referral = here.patient(), uuid4()
    first = next(slots(doctor(there)))
    with pytest.raises(NotPermitted):
        services.book(asks(here, Role.DOCTOR), first.name, patient.key, referral)
    receptions.receive(asks(here, Role.DOCTOR), patient.key)
    with pytest.raises(NotPermitted):
        services.book(asks(here, Role.DOCTOR), first.name, patient.key)

    booked = services.book(asks(here, Role.DOCTOR), first.name, patient.key, referral)

    assert (booked.booked_by, booked.referral) == (here.id, referral)
    assert queries.of_referral(referral) == booked
    assert relations(there, patient, timedelta()) == {RelationKind.BOOKING}
    assert services.cancel(asks(here, Role.DOCTOR), booked.id).status == "cancelled"


def test_within_anothers_transaction_a_booking_stands_or_falls_with_it() -> None:
    here = Hospital()
    patient, first = here.patient(), next(slots(doctor(here)))

    def sends() -> None:
        with changing(access := asks(here)):
            services.book(access, first.name, patient.key)
            raise TimeoutError

    with pytest.raises(TimeoutError):
        sends()

    assert queries.of_patient([patient.key]) == ()
    services.book(asks(here), first.name, patient.key)
