"""C47: an EMR keeps its own screen; what it sends over the wire is a referral all the same."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from naru.domain.clinical import Answered, ClinicalDocument, Content
from naru.domain.referral_states import State
from naru.domain.referrals import ActKind, Kind
from naru.referrals import acting, queries
from tests.exchange.hospitals import Patient
from tests.referrals.hospitals import CHART, Hospital

pytestmark = pytest.mark.django_db(transaction=True)

SAID = Content(reason="추가 검사를 부탁드립니다.", diagnoses=CHART.diagnoses[:1])
REPLIED = Content(opinion="특이 소견이 없습니다.", diagnoses=CHART.diagnoses[:1])


def sent_by_wire(west: Hospital, east: Hospital) -> tuple[Patient, str]:
    patient = west.patient()
    patient.consents()
    return patient, west.writes(patient, "referral", SAID, to=east)


def answering(document: str) -> Callable[[ClinicalDocument], ClinicalDocument]:
    root, _, number = document.partition("^")
    answered = Answered(id=root, number=number)
    return lambda one: replace(one, answers=answered)


def test_a_referral_over_the_wire_stands_in_the_inbox_under_its_own_number() -> None:
    west, east = Hospital(), Hospital()
    patient, document = sent_by_wire(west, east)

    (one,) = queries.inbox(east.id)

    assert (one.kind, one.document, one.patient) == (Kind.REFERRAL, document, patient.key)
    assert one.number == document.partition("^")[2]
    assert one.sender == west.id
    assert acting.do(east.doctor(), one.id, ActKind.ACCEPTED).state is State.ACCEPTED


def test_a_summary_or_a_paper_to_nobody_is_no_referral() -> None:
    west, east = Hospital(), Hospital()
    patient = west.patient()
    patient.consents()
    west.chart(patient)
    west.writes(patient, "summary", CHART)

    assert queries.inbox(east.id) == queries.outbox(west.id) == ()


def test_a_reply_over_the_wire_accepts_and_completes() -> None:
    west, east = Hospital(), Hospital()
    patient, document = sent_by_wire(west, east)

    reply = east.writes(patient, "reply", REPLIED, to=west, edit=answering(document))

    (one,) = queries.outbox(west.id)
    assert (one.state, one.replies) == (State.COMPLETED, (reply,))
    assert [act.kind for act in one.acts] == [ActKind.SENT, ActKind.ACCEPTED, ActKind.REPLIED]


def test_a_reply_of_who_was_not_asked_changes_nothing() -> None:
    west, east, other = Hospital(), Hospital(), Hospital()
    patient, document = sent_by_wire(west, east)

    other.writes(patient, "reply", REPLIED, to=west, edit=answering(document))

    (one,) = queries.outbox(west.id)
    assert (one.state, one.replies) == (State.REQUESTED, ())


def test_a_return_over_the_wire_is_linked_both_ways() -> None:
    west, east, near = Hospital(), Hospital(), Hospital()
    patient, document = sent_by_wire(west, east)
    (first,) = queries.inbox(east.id)
    acting.do(east.doctor(), first.id, ActKind.ACCEPTED)

    east.writes(patient, "return", SAID, to=near, edit=answering(document))

    (back,) = queries.inbox(near.id)
    (first,) = queries.outbox(west.id)
    assert (back.kind, back.about) == (Kind.RETURN, first.id)
    assert (first.state, first.returns) == (State.COMPLETED, (back.id,))
