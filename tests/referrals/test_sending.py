"""A referral is sent once and whole: paper, booking, states, notices, ledger, one access record."""

from uuid import UUID, uuid4

import pytest

from naru.audit import models as audit
from naru.consent import services as consent
from naru.consent.errors import NotPermitted
from naru.consent.snapshots import Exclusion
from naru.domain.caller import Role
from naru.domain.clinical import Content
from naru.domain.korea import korean_day
from naru.domain.referral_papers import IncompletePaper
from naru.domain.referral_states import State
from naru.domain.referrals import ActKind, Basis, Kind
from naru.notifications import models as notifications
from naru.referrals import acting, looking, models, queries, sending
from naru.referrals.errors import AlreadySent, NoSuchReferral, NotAccepted, ReferralRefused
from naru.viewer.opening import open_document
from tests.referrals.hospitals import CHART, PAPERS, Hospital, draft, plain_draft

pytestmark = pytest.mark.django_db(transaction=True)


def told(kind: str) -> int:
    return notifications.Notice.objects.filter(kind=kind).count()


def test_what_is_not_ticked_is_absent_from_the_bytes_that_the_receiver_reads() -> None:
    """B12, and the plain way: sent without any general consent, on consent to this sending."""
    west, east = Hospital(), Hospital()
    patient = west.patient()
    patient.consents()
    west.chart(patient)
    patient.withdraws()
    access = west.doctor()

    sent = sending.send(access, draft(west, east, patient, "상세불명의 흉통", "페니실린"))

    assert sent.state is State.REQUESTED
    assert [one.id for one in queries.inbox(east.id)] == [sent.id]
    assert [one.id for one in queries.outbox(west.id)] == [sent.id]
    assert (told("referral-sent"), told("referral-arrived")) == (1, 1)
    reader = east.doctor()
    opened = open_document(reader, acting.paper(reader, sent))
    assert opened is not None
    text = opened.content.decode()
    assert "상세불명의 흉통" in text
    assert "페니실린" in text
    assert "추가 검사를 부탁드립니다." in text
    assert "우울" not in text
    assert "암로디핀" not in text
    assert opened.findings == ()
    read = PAPERS.read(opened.content)
    assert read is not None
    assert (read.number, read.unique_id) == (sent.number, sent.document)


def test_the_sending_leaves_exactly_one_access_record_that_names_it() -> None:
    """One record for gathering, registering and what is beside it."""
    west, east = Hospital(), Hospital()
    patient = west.patient()
    patient.consents()
    west.chart(patient)
    made = draft(west, east, patient, "상세불명의 흉통")
    before = audit.Record.objects.count()
    access = west.doctor()

    sent = sending.send(access, made)

    assert audit.Record.objects.count() == before + 1
    named = {(one.kind, one.id) for one in access.objects}
    assert (looking.REFERRAL, str(sent.id)) in named


def test_the_same_form_sends_once_however_often_it_comes() -> None:
    """Double submit, the back button, two tabs: what came of it the first time."""
    west, east = Hospital(), Hospital()
    patient = west.patient()
    patient.consents()
    west.chart(patient)
    made = draft(west, east, patient, "상세불명의 흉통")
    sent = sending.send(west.doctor(), made)

    with pytest.raises(AlreadySent) as again:
        sending.send(west.doctor(), made)

    assert again.value.referral == sent.id
    assert len(queries.inbox(east.id)) == 1
    assert told("referral-arrived") == 1


class _Taken(sending.Booking):
    def book(self, *_whom: object) -> UUID | None:
        raise ReferralRefused("the slot is taken")


class _Booked(sending.Booking):
    appointment = UUID(int=7)

    def book(self, *_whom: object) -> UUID | None:
        return self.appointment


def test_a_slot_that_is_taken_leaves_nothing_and_the_form_can_be_sent_again() -> None:
    """Paper, referral, notices: none without the booking."""
    west, east = Hospital(), Hospital()
    patient = west.patient()
    patient.consents()
    west.chart(patient)
    made = draft(west, east, patient, "상세불명의 흉통")

    with pytest.raises(ReferralRefused):
        sending.send(west.doctor(), made, _Taken())

    assert (queries.inbox(east.id), told("referral-arrived")) == ((), 0)
    booked = _Booked()
    assert sending.send(west.doctor(), made, booked).booking == booked.appointment


def test_what_the_patient_keeps_out_goes_only_where_they_were_warned() -> None:
    """Rule 8: an excluded receiver needs the patient's own tick, kept with the consents."""
    west, east = Hospital(), Hospital()
    patient = west.patient()
    patient.consents(korean_day(west.doctor().time))
    west.chart(patient)
    exclude(west, patient.key, east.id)
    made = draft(west, east, patient, "상세불명의 흉통")

    with pytest.raises(NotAccepted):
        sending.send(west.doctor(), made)
    assert queries.inbox(east.id) == ()

    warned = draft(west, east, patient, "상세불명의 흉통", despite_exclusions=True)
    assert sending.send(west.doctor(), warned).state is State.REQUESTED


def exclude(west: Hospital, patient: UUID, viewer: UUID) -> None:
    access = west.access()
    consent.exclude(patient, Exclusion(viewer=viewer), access.caller, "TEST-1", access.time)


def test_a_form_without_what_it_must_say_names_all_that_lacks() -> None:
    """Nothing is half sent; the names are those of the form."""
    west, east = Hospital(), Hospital()
    patient = west.patient()

    with pytest.raises(IncompletePaper) as incomplete:
        sending.send(west.doctor(), draft(west, east, patient))

    assert incomplete.value.missing == ("진단내역",)
    assert not models.Referral.objects.filter(patient=patient.key).exists()


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.PATIENT, Role.PRIVACY_OFFICER])
def test_who_may_not_send_sends_nothing(role: Role) -> None:
    """By the table of roles."""
    west, east = Hospital(), Hospital()
    patient = west.patient()
    patient.consents()
    west.chart(patient)

    with pytest.raises(NotPermitted):
        sending.send(west.doctor(role), draft(west, east, patient, "상세불명의 흉통"))


def test_an_emergency_is_a_basis_for_a_transfer_alone() -> None:
    """Nobody's referral goes without consent for haste."""
    west, east = Hospital(), Hospital()
    patient = west.patient()

    with pytest.raises(NotPermitted):
        sending.send(west.doctor(), draft(west, east, patient, basis=Basis.EMERGENCY))


def test_a_return_is_linked_both_ways() -> None:
    """회송 to another clinic than the sender answers the referral and completes it."""
    west, east, near = Hospital(), Hospital(), Hospital()
    patient = west.patient()
    patient.consents()
    west.chart(patient)
    sent = sending.send(west.doctor(), draft(west, east, patient, "상세불명의 흉통"))
    acting.do(east.doctor(), sent.id, ActKind.ACCEPTED)
    said = Content(reason="상태가 안정되어 회송드립니다.", diagnoses=CHART.diagnoses[:1])

    made = plain_draft(near.id, patient.key, kind=Kind.RETURN, said=said, about=sent.id)
    back = sending.send(east.doctor(), made)

    first = queries.one(sent.id)
    assert first is not None
    assert (first.state, first.returns) == (State.COMPLETED, (back.id,))
    assert back.about == sent.id
    assert [one.id for one in queries.returns_of(sent.id)] == [back.id]
    reader = near.doctor()
    opened = open_document(reader, acting.paper(reader, back))
    assert opened is not None
    read = PAPERS.read(opened.content)
    assert read is not None
    assert read.answers is not None
    assert f"{read.answers.id}^{read.answers.number}" == sent.document


def test_another_s_referral_is_answered_as_none() -> None:
    """Who is no party learns not even that it is there."""
    west, east, stranger = Hospital(), Hospital(), Hospital()
    patient = west.patient()
    patient.consents()
    west.chart(patient)
    sent = sending.send(west.doctor(), draft(west, east, patient, "상세불명의 흉통"))

    for found in (sent.id, uuid4()):
        with pytest.raises(NoSuchReferral):
            looking.one(stranger.doctor(), found)
    assert looking.one(east.doctor(), sent.id).id == sent.id
