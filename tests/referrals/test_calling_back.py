"""A patient calls one sending back: its paper opens no more, what was read stays, both are told."""

from dataclasses import replace

import pytest

from naru.audit import queries as audit
from naru.consent import queries as consent
from naru.consent.errors import ConsentRefused
from naru.domain.clinical import Content
from naru.domain.referral_states import State
from naru.domain.referrals import ActKind, Referral
from naru.domain.scheduling import AppointmentStatus
from naru.notifications import models as notifications
from naru.referrals import acting, calling_back, letters, queries, sending
from naru.referrals.errors import LetterClosed, NoSuchReferral, NotNow
from naru.scheduling import queries as scheduling
from naru.viewer.opening import open_document
from tests.exchange.consent.test_page_acts import by, consents, saying
from tests.exchange.hospitals import Patient
from tests.referrals.hospitals import CHART, Hospital, draft
from tests.referrals.test_ended_sendings import relations
from tests.referrals.test_letters import bearer
from tests.scheduling.doctors import doctor, slots

pytestmark = pytest.mark.django_db(transaction=True)


def sent_one(
    west: Hospital, east: Hospital, booking: sending.Booking = sending.NO_BOOKING
) -> tuple[Patient, Referral]:
    patient = west.patient()
    consents(patient)
    west.chart(patient)
    west.receives(patient)
    made = sending.send(west.doctor(), draft(west, east, patient, "상세불명의 흉통"), booking)
    return patient, made


def calls_back(patient: Patient, referral: Referral) -> Referral:
    return calling_back.call_back(by(patient), referral.id, saying())


def reads(hospital: Hospital, referral: Referral) -> bool:
    access = hospital.doctor()
    return open_document(access, acting.paper(access, referral)) is not None


def told(kind: str, to: Hospital) -> int:
    return notifications.Notice.objects.filter(kind=kind, recipient=to.id).count()


def test_what_nobody_opened_is_over_and_frees_its_time() -> None:
    west, east = Hospital(), Hospital()
    slot = next(slots(doctor(east)))
    patient, sent = sent_one(west, east, sending.SlotBooking(str(slot.name)))
    assert relations(sent, east) == 1

    back = calls_back(patient, sent)

    assert (back.state, back.acts[-1].kind) == (State.CANCELLED, ActKind.CALLED_BACK)
    assert not reads(east, sent)
    assert reads(west, sent)  # Its own chart.
    appointment = scheduling.of_referral(sent.id)
    assert appointment is not None
    assert appointment.status is AppointmentStatus.CANCELLED
    assert relations(sent, east) == 0
    assert [told("referral-called-back", one) for one in (west, east)] == [1, 1]
    with pytest.raises(NotNow):
        calls_back(patient, sent)
    with pytest.raises(NotNow):
        acting.do(east.doctor(), sent.id, ActKind.ACCEPTED)
    assert [told("referral-called-back", one) for one in (west, east)] == [1, 1]


def test_it_opens_no_more_by_the_general_consent_and_a_visit_either() -> None:
    """The rest of the record is shown as before: one sending is called back, and no consent."""
    west, east, third = Hospital(), Hospital(), Hospital()
    patient, sent = sent_one(west, east)
    for hospital in (east, third):
        hospital.receives(patient)
        assert reads(hospital, sent)
    before = [hospital.finds(patient) for hospital in (east, third)]

    calls_back(patient, sent)

    for hospital, found in zip((east, third), before, strict=True):
        assert not reads(hospital, sent)
        assert hospital.finds(patient) == found - {sent.document}
        assert len(found) == 2
    again = sending.send(west.doctor(), draft(west, east, patient, "상세불명의 흉통"))
    assert reads(east, again)


@pytest.mark.parametrize(
    ("acts", "then"),
    [
        ((ActKind.ACCEPTED,), State.CANCELLED),
        ((ActKind.ACCEPTED, ActKind.ARRIVED), State.IN_PROGRESS),
        ((ActKind.ACCEPTED, ActKind.NO_SHOW), State.NO_SHOW),
    ],
)
def test_what_was_read_stays_read_and_listed_and_what_was_begun_goes_on(
    acts: tuple[ActKind, ...], then: State
) -> None:
    west, east = Hospital(), Hospital()
    patient, sent = sent_one(west, east)
    assert reads(east, sent)
    for kind in acts:
        acting.do(east.doctor(), sent.id, kind)

    back = calls_back(patient, sent)

    assert back.state is then
    assert not reads(east, sent)
    assert consent.has_received([patient.key], sent.document, east.id)
    opened = [
        one
        for one in audit.of_person([patient.key], limit=50)
        if one.institution == east.id and sent.document in one.documents
    ]
    assert len(opened) == 1
    if then is State.IN_PROGRESS:
        words = Content(opinion="특이 소견이 없습니다.", diagnoses=CHART.diagnoses[:1])
        replied = acting.reply(east.doctor(), sent.id, frozenset(), words)
        assert replied.state is State.COMPLETED


def test_what_was_given_on_is_closed_to_whoever_has_it_now() -> None:
    west, east, north = Hospital(), Hospital(), Hospital()
    patient, sent = sent_one(west, east)
    assert reads(east, sent)
    given = acting.forward(east.doctor(), sent.id, north.id, sent.department)
    assert reads(north, given)

    calls_back(patient, given)

    assert not reads(north, given)
    assert [told("referral-called-back", one) for one in (west, east, north)] == [1, 0, 1]


def test_a_letter_that_was_called_back_opens_no_more() -> None:
    west = Hospital()
    patient = west.patient()
    consents(patient)
    west.chart(patient)
    letter = letters.write(west.doctor(), draft(west, None, patient, "상세불명의 흉통"))

    assert calls_back(patient, letter.referral).state is State.CANCELLED

    with pytest.raises(LetterClosed):
        letters.open_letter(bearer(west), letter.referral.number, letter.code)
    assert told("referral-called-back", west) == 1


def test_nobody_else_calls_it_back_and_nothing_is_half_done() -> None:
    west, east = Hospital(), Hospital()
    patient, sent = sent_one(west, east)
    other = west.patient()
    consents(other)
    with pytest.raises(NoSuchReferral):
        calls_back(other, sent)
    for hospital in (west, east):
        with pytest.raises(ConsentRefused):
            calling_back.call_back(hospital.doctor(), sent.id, saying())
    wrong = replace(saying().wording, sha256="0" * 64)
    with pytest.raises(ConsentRefused):
        calling_back.call_back(by(patient), sent.id, saying(wording=wrong))

    found = queries.one(sent.id)
    assert found is not None
    assert [one.kind for one in found.acts] == [ActKind.SENT]
    assert reads(east, sent)
    assert [told("referral-called-back", one) for one in (west, east)] == [0, 0]
