"""Once a referral is over for somebody, its paper is closed to them from the next request on.

That every door says so is asked in `tests/one_answer/test_told_worlds.py`.
"""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from naru.audit import queries as audit
from naru.consent import queries as consent
from naru.consent import services as said
from naru.domain.korea import korean_day
from naru.domain.referral_states import State
from naru.domain.referrals import ActKind, Referral
from naru.domain.scheduling import AppointmentStatus, SlotName
from naru.exchange.access import changing
from naru.exchange.consent import acts as consent_acts
from naru.exchange.consent import held_sendings
from naru.exchange.sendings.ends import is_held
from naru.notifications import models as notifications
from naru.referrals import acting, codec, letters, models, queries, sending, tasks
from naru.referrals.errors import LetterClosed
from naru.scheduling import queries as scheduling
from naru.viewer.opening import open_document
from tests.clinic.test_referral_pages import opens as opens_times
from tests.exchange.hospitals import Patient
from tests.referrals.hospitals import Hospital, draft
from tests.referrals.test_letters import bearer

pytestmark = pytest.mark.django_db(transaction=True)


def sent(west: Hospital, east: Hospital, booking: sending.Booking = sending.NO_BOOKING) -> Referral:
    patient = west.patient()
    patient.consents()
    west.chart(patient)
    west.receives(patient)
    return sending.send(west.doctor(), draft(west, east, patient, "상세불명의 흉통"), booking)


def reads(hospital: Hospital, referral: Referral) -> bool:
    """The paper of the referral as it was sent, whatever became of it since."""
    access = hospital.doctor()
    asked = acting.paper(access, referral)
    return open_document(access, asked) is not None


def ends(referral: Referral, hospital: Hospital, kind: ActKind, reason: str = "other") -> None:
    acting.do(hospital.doctor(), referral.id, kind, reason=reason)


@pytest.mark.parametrize("opened", [True, False], ids=["opened", "unopened"])
def test_who_declined_opens_it_no_more_and_the_sender_still_does(*, opened: bool) -> None:
    west, east = Hospital(), Hospital()
    referral = sent(west, east)
    if opened:
        assert reads(east, referral)

    ends(referral, east, ActKind.DECLINED)

    assert not reads(east, referral)
    assert reads(west, referral)


def test_who_gave_it_on_reads_their_own_paper_alone_and_the_next_has_it() -> None:
    west, east, north = Hospital(), Hospital(), Hospital()
    referral = sent(west, east)
    assert reads(east, referral)

    given = acting.forward(east.doctor(), referral.id, north.id, referral.department)

    assert not reads(east, referral)
    for hospital in (west, east, north):
        assert reads(hospital, given)
    assert given.paper_of(west.id) == (referral.document, west.id)
    assert given.paper_of(east.id) == (given.document, east.id)
    ends(given, north, ActKind.DECLINED)
    assert not reads(north, given)


@pytest.mark.parametrize("accepted", [True, False], ids=["accepted", "unopened"])
def test_what_the_sender_cancelled_opens_no_more_also_where_it_was_taken_on(
    *, accepted: bool
) -> None:
    west, east = Hospital(), Hospital()
    referral = sent(west, east)
    if accepted:
        assert reads(east, referral)
        ends(referral, east, ActKind.ACCEPTED)

    ends(referral, west, ActKind.CANCELLED)

    assert not reads(east, referral)


@pytest.mark.parametrize("opened", [True, False], ids=["opened", "unopened"])
def test_what_nobody_opened_in_time_is_closed_and_what_an_emr_opened_is_not(
    *, opened: bool
) -> None:
    west, east = Hospital(), Hospital()
    referral = sent(west, east)
    if opened:
        assert reads(east, referral)

    tasks.expire(referral.until)

    after = queries.one(referral.id)
    assert after is not None
    assert after.state is State.EXPIRED
    assert reads(east, referral) is opened


@pytest.mark.parametrize("kind", [ActKind.DECLINED, ActKind.CANCELLED, ActKind.EXPIRED])
def test_the_time_that_was_booked_with_it_is_free_again_and_treats_nobody(kind: ActKind) -> None:
    west, east = Hospital(), Hospital()
    opens_times(east)
    now = west.doctor().time
    times = scheduling.free(east.id, None, now, now + timedelta(days=3))
    slot = next(one.slot for one in times if one.slot.start > now + timedelta(hours=1))
    referral = sent(west, east, sending.SlotBooking(str(slot.name)))
    assert relations(referral, east) == 1

    if kind is ActKind.EXPIRED:
        assert expires(referral, west.doctor().time) == 1
    else:
        ends(referral, east if kind is ActKind.DECLINED else west, kind)

    kept = scheduling.of_referral(referral.id)
    assert kept is not None
    assert kept.status is AppointmentStatus.CANCELLED
    assert relations(referral, east) == 0
    free = scheduling.free(east.id, None, slot.start, slot.start + timedelta(minutes=1))
    assert [one.slot.name for one in free] == [SlotName.of(str(slot.name))]


def expires(referral: Referral, at: datetime) -> int:
    """Its time runs out by then, which the worker notes once; how often."""
    sooner = replace(referral.sent, until=at)
    rows = models.Referral.objects.filter(referral=referral.id)
    rows.update(until=at, content=codec.seal_sent(sooner))
    return tasks.expire(at) + tasks.expire(at)


def test_of_an_appointment_that_expired_each_is_told_once_and_it_is_recorded_once() -> None:
    west, east = Hospital(), Hospital()
    opens_times(east)
    now = west.doctor().time
    times = scheduling.free(east.id, None, now, now + timedelta(days=3))
    slot = next(one.slot for one in times if one.slot.start > now + timedelta(hours=1))
    referral = sent(west, east, sending.SlotBooking(str(slot.name)))
    notifications.Notice.objects.all().delete()

    assert expires(referral, west.doctor().time) == 1

    told = notifications.Notice.objects.values_list("kind", "recipient")
    assert sorted(told, key=str) == sorted(
        [
            ("referral-ended", referral.patient),
            ("appointment-cancelled", referral.patient),
            ("referral-changed", west.id),
            ("referral-changed", east.id),
        ],
        key=str,
    )
    shown = audit.of_person([referral.patient], limit=50)
    assert [one.transaction for one in shown].count(tasks.EXPIRE) == 1


def relations(referral: Referral, hospital: Hospital) -> int:
    now = hospital.doctor().time + timedelta(seconds=1)
    found = consent.relations(referral.patient)
    return sum(
        one.institution == hospital.id and one.stands(max(now, one.since)) and one.until > now
        for one in found
    )


def a_letter(west: Hospital) -> tuple[Patient, letters.Printed]:
    patient = west.patient()
    patient.consents()
    west.chart(patient)
    return patient, letters.write(west.doctor(), draft(west, None, patient, "상세불명의 흉통"))


def stays_closed(west: Hospital, letter: letters.Printed) -> None:
    with pytest.raises(LetterClosed):
        letters.open_letter(bearer(west), letter.referral.number, letter.code)


def test_a_letter_opens_no_more_once_the_consent_ended_and_a_new_one_revives_it_not() -> None:
    west = Hospital()
    patient, letter = a_letter(west)
    later = west.doctor().time
    assert not is_held(patient.key, letter.referral.time, later)

    withdraws(west, patient)

    stays_closed(west, letter)
    consents_again(west, patient)
    stays_closed(west, letter)
    assert models.Letter.objects.get(referral__number=letter.referral.number).attempts == 0
    again = letters.write(west.doctor(), draft(west, None, patient, "상세불명의 흉통"))
    referral, _paper = letters.open_letter(bearer(west), again.referral.number, again.code)
    assert referral.state is State.COMPLETED


def test_a_letter_that_was_cancelled_opens_no_more_and_is_kept_no_longer() -> None:
    west = Hospital()
    _patient, letter = a_letter(west)

    ends(letter.referral, west, ActKind.CANCELLED, "wrong-receiver")

    stays_closed(west, letter)
    assert models.Letter.objects.get(referral__number=letter.referral.number).content is None


def withdraws(west: Hospital, patient: Patient) -> None:
    access = west.access()
    with changing(access):
        consent_acts.withdraw_within(access, patient.key, text_version="TEST-1")


def held_notices(west: Hospital) -> int:
    found = notifications.Notice.objects.filter(kind="letter-held", recipient=west.id)
    return found.count()


def state(letter: letters.Printed) -> State:
    found = queries.one(letter.referral.id)
    assert found is not None
    return found.state


def test_whoever_sent_a_letter_is_told_once_that_a_withdrawal_holds_it() -> None:
    west = Hospital()
    patient, letter = a_letter(west)
    _, other = a_letter(west)

    withdraws(west, patient)

    assert (state(letter), state(other)) == (State.HELD, State.REQUESTED)
    (notice,) = notifications.Notice.objects.filter(kind="letter-held")
    assert notice.recipient == west.id
    for _ in range(2):
        consents_again(west, patient)
        withdraws(west, patient)
    assert held_notices(west) == 1
    stays_closed(west, letter)
    tasks.expire(letter.referral.until)
    assert state(letter) is State.EXPIRED


def test_what_was_opened_or_cancelled_is_not_held() -> None:
    west = Hospital()
    patient, letter = a_letter(west)
    again = letters.write(west.doctor(), draft(west, None, patient, "상세불명의 흉통"))
    letters.open_letter(bearer(west), letter.referral.number, letter.code)
    ends(again.referral, west, ActKind.CANCELLED, "wrong-receiver")

    withdraws(west, patient)

    assert (state(letter), state(again)) == (State.COMPLETED, State.CANCELLED)
    assert held_notices(west) == 0


def test_the_last_day_of_a_consent_holds_a_letter_too() -> None:
    west = Hospital()
    patient = west.patient()
    now = west.access().time
    said.grant(
        patient.key, korean_day(now), west.access().caller, "TEST-1", now, until=korean_day(now)
    )
    west.chart(patient)
    letter = letters.write(west.doctor(), draft(west, None, patient, "상세불명의 흉통"))

    for days in (0, 1, 2):
        held_sendings.tell_of_last_days(now + timedelta(days=days))

    assert state(letter) is State.HELD
    assert held_notices(west) == 1


def consents_again(west: Hospital, patient: Patient) -> None:
    access = west.access()
    said.grant(patient.key, korean_day(access.time), access.caller, "TEST-1", access.time)
