"""진료의뢰 진행: what a person reads of their referrals and appointments."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from naru.domain.referral_course import fold
from naru.domain.referrals import Act, ActKind, AskedBy, Kind, Referral, Sent
from naru.domain.scheduling import Appointment, AppointmentStatus
from naru.portal.journey import courses, to_confirm
from naru.ui.parts import StepState

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
SENT = Sent(
    id=uuid4(),
    number="TEST-1",
    kind=Kind.REFERRAL,
    patient=uuid4(),
    sender=uuid4(),
    receiver=uuid4(),
    department="TEST",
    document="2.999.1",
    asked_by=AskedBy.PATIENT,
    time=NOW - timedelta(days=3),
    until=NOW + timedelta(days=20),
)


def after(*kinds: ActKind) -> Referral:
    acts = [
        Act(
            id=uuid4(),
            kind=kind,
            time=SENT.time + timedelta(hours=at),
            institution=SENT.receiver,
            reason="TEST",
        )
        for at, kind in enumerate(kinds, 1)
    ]
    return fold(SENT, acts)


def test_a_referral_that_was_accepted_waits_for_the_visit() -> None:
    (course,) = courses([after(ActKind.RECEIVED, ActKind.ACCEPTED)], NOW)

    states = [step.state for step in course.steps]
    assert states == [*[StepState.DONE] * 3, StepState.NOW, StepState.LATER]
    assert str(course.steps[3].name) == "진료를 기다립니다"


def test_what_was_declined_is_at_its_end() -> None:
    (course,) = courses([after(ActKind.RECEIVED, ActKind.DECLINED)], NOW)

    assert course.steps[-1].state is StepState.STOPPED
    assert StepState.LATER not in [step.state for step in course.steps]


def test_only_what_is_to_come_and_was_not_confirmed_asks_for_an_answer() -> None:
    next_week = Appointment(
        id=uuid4(),
        institution=uuid4(),
        department="TEST",
        practitioner="한의사",
        schedule=uuid4(),
        patient=SENT.patient,
        start=NOW + timedelta(days=7),
        end=NOW + timedelta(days=7, minutes=10),
        status=AppointmentStatus.BOOKED,
        confirmed=False,
    )
    others = (
        replace(next_week, confirmed=True),
        replace(next_week, status=AppointmentStatus.CANCELLED),
        replace(next_week, start=NOW - timedelta(days=1)),
    )

    assert [one.id for one in to_confirm((next_week, *others), NOW)] == [next_week.id]
    assert len(to_confirm((next_week,), NOW)) == 1
    assert to_confirm(others, NOW) == ()
