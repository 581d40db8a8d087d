"""Who booked at another institution for a referral changes that booking by its own EMR, too."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from naru.domain.referrals import ActKind, Referral
from naru.domain.scheduling import Appointment, AppointmentStatus, Slot
from naru.notifications import models as notifications
from naru.referrals import acting, sending
from naru.scheduling import queries
from tests.acting import node
from tests.referrals.hospitals import Hospital, draft
from tests.scheduling.doctors import doctor, slots
from tests.scheduling.emr import Emr

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _node() -> Iterator[None]:
    with node():
        yield


class Booked:
    """West refers to east and books there by its EMR."""

    def __init__(self, folder: Path) -> None:
        self.west, self.east = Emr(Hospital(), folder), Emr(Hospital(), folder)
        west, east = self.west.hospital, self.east.hospital
        assert isinstance(west, Hospital)
        assert isinstance(east, Hospital)
        self.receiver = east
        patient = west.patient()
        patient.consents()
        west.chart(patient)
        west.receives(patient)
        self.slots = list(slots(doctor(east)))
        self.referral: Referral = sending.send(
            west.doctor(), draft(west, east, patient, "상세불명의 흉통")
        )
        named = {"basedOn": [{"identifier": {"value": f"urn:uuid:{self.referral.id}"}}]}
        answer = self.west.books(patient, self.slots[0], **named)
        assert answer.status_code == 201, answer.text
        self.kept: dict[str, Any] = answer.json()

    @property
    def stands(self) -> Appointment:
        found = queries.one(UUID(self.kept["id"]))
        assert found is not None
        return found

    def told(self) -> list[str]:
        found = notifications.Notice.objects.filter(recipient=self.receiver.id)
        return [one for one in found.values_list("kind", flat=True) if "elsewhere" in one]


@pytest.fixture
def booked(tmp_path: Path) -> Booked:
    return Booked(tmp_path)


def at(slot: Slot) -> dict[str, Any]:
    times = {"start": slot.start.isoformat(), "end": slot.end.isoformat()}
    return {"slot": [{"reference": f"Slot/{slot.name}"}], **times}


def test_it_moves_and_cancels_by_the_service_of_the_pages(booked: Booked) -> None:
    second = booked.slots[1]

    moved = booked.west.says(booked.kept, **at(second))

    assert moved.status_code == 200, moved.text
    assert booked.stands.slot == second.name
    assert moved.json()["slot"] == [{"reference": f"Slot/{second.name}"}]
    gone = booked.west.says(moved.json(), status="cancelled")
    assert gone.status_code == 200, gone.text
    assert booked.stands.status is AppointmentStatus.CANCELLED
    assert booked.east.reads(f"Appointment/{booked.kept['id']}")["status"] == "cancelled"
    assert sorted(booked.told()) == [
        "appointment-cancelled-elsewhere",
        "appointment-moved-elsewhere",
    ]
    assert [one.what for one in queries.steps(booked.stands.id)] == ["booked", "moved", "cancelled"]


def test_what_the_receiver_says_beside_it_stays_and_is_not_told(booked: Booked) -> None:
    own = booked.east.says(booked.kept, description="수술 동의서 받을 것")
    assert own.status_code == 200, own.text
    before = booked.east.reads(f"Appointment/{booked.kept['id']}/_history")

    answer = booked.west.says(booked.kept, **at(booked.slots[2]), description="우리 말")

    assert answer.status_code == 200, answer.text
    assert "수술" not in answer.text
    assert "우리" not in answer.text
    now = booked.east.reads(f"Appointment/{booked.kept['id']}")
    assert now["description"] == "수술 동의서 받을 것"
    assert now["slot"] == [{"reference": f"Slot/{booked.slots[2].name}"}]
    after = booked.east.reads(f"Appointment/{booked.kept['id']}/_history")
    assert after["total"] == before["total"] + 1
    stale = booked.west.asks("PUT", f"Appointment/{booked.kept['id']}", json=booked.kept)
    assert stale.status_code == 200, stale.text  # And back to the first time.
    assert booked.stands.slot == booked.slots[0].name


def test_the_receiver_changes_it_by_its_own_and_nobody_else_does(
    booked: Booked, tmp_path: Path
) -> None:
    third = Emr(Hospital(), tmp_path)
    assert third.says(booked.kept, status="cancelled").status_code == 404
    path = f"Appointment/{booked.kept['id']}"
    assert booked.west.asks("DELETE", path).status_code == 404
    for became in ("arrived", "noshow", "fulfilled"):
        answer = booked.west.says(booked.kept, status=became)
        assert answer.status_code == 403, (became, answer.text)
    assert booked.stands.status is AppointmentStatus.BOOKED

    moved = booked.east.says(booked.kept, **at(booked.slots[3]))

    assert moved.status_code == 200, moved.text
    assert booked.stands.slot == booked.slots[3].name
    assert booked.told() == []


def test_what_is_over_or_taken_is_not_changed(booked: Booked) -> None:
    east = booked.receiver
    other = east.patient()
    assert booked.east.books(other, booked.slots[1]).status_code == 201
    assert booked.west.says(booked.kept, **at(booked.slots[1])).status_code == 409
    assert booked.stands.slot == booked.slots[0].name
    acting.do(east.doctor(), booked.referral.id, ActKind.DECLINED, reason="other", words="시험")

    answer = booked.west.says(booked.kept, **at(booked.slots[2]))

    assert answer.status_code == 422, answer.text
    assert booked.stands.status is AppointmentStatus.CANCELLED


def test_what_the_receiver_deleted_stays_deleted(booked: Booked) -> None:
    path = f"Appointment/{booked.kept['id']}"
    assert booked.east.asks("DELETE", path).status_code == 204

    assert booked.west.says(booked.kept, status="cancelled").status_code == 404

    assert booked.east.asks("GET", path).status_code == 410
