"""Whoever asks at once for one slot: as many get it as it has places, the others the next times."""

from collections.abc import Iterator
from threading import Barrier, Thread

import pytest
from django.db import connection

from naru.scheduling import models, queries, services
from naru.scheduling.errors import SlotTaken
from tests.acting import node
from tests.exchange.hospitals import Hospital
from tests.scheduling.doctors import asks, doctor, slots

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 12


@pytest.fixture(autouse=True)
def _node() -> Iterator[None]:
    with node():
        yield


@pytest.mark.parametrize("capacity", [1, 3])
def test_a_slot_is_given_to_as_many_as_it_has_places(capacity: int) -> None:
    here = Hospital()
    schedule = doctor(here, capacity=capacity)
    first = next(slots(schedule))
    people = [here.patient() for _ in range(AT_ONCE)]
    start, refused, broken = Barrier(AT_ONCE), [], []

    def books(patient: object) -> None:
        try:
            access = asks(here)
            start.wait()
            services.book(access, first.name, patient)
        except SlotTaken as refusal:
            refused.append(refusal)
        except Exception as error:  # noqa: BLE001  # Told by the assertion below.
            broken.append(error)
        finally:
            connection.close()

    threads = [Thread(target=books, args=(one.key,)) for one in people]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert broken == []
    assert len(refused) == AT_ONCE - capacity
    taken = models.Appointment.objects.filter(schedule__schedule=schedule.id)
    assert {one.seat for one in taken} == set(range(capacity))
    assert all(one.following[0].start > first.start for one in refused)
    assert queries.one(taken[0].appointment)
