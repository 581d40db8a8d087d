"""What both sides do: accept with what follows, ask, decline, forward, reply, and at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from naru.consent import queries as consent
from naru.consent.errors import NotPermitted
from naru.domain.arrangements import RelationKind
from naru.domain.caller import Role
from naru.domain.clinical import Content
from naru.domain.referral_states import State
from naru.domain.referrals import ActKind, Referral
from naru.notifications import models as notifications
from naru.referrals import acting, models, queries, sending, tasks
from naru.referrals.errors import AlreadySent, NoSuchReferral, NotNow
from naru.viewer.opening import open_document
from tests.exchange.hospitals import Patient
from tests.referrals.hospitals import CHART, PAPERS, Hospital, draft

pytestmark = pytest.mark.django_db(transaction=True)


def sent_one(west: Hospital, east: Hospital) -> tuple[Patient, Referral]:
    patient = west.patient()
    patient.consents()
    west.chart(patient)
    return patient, sending.send(west.doctor(), draft(west, east, patient, "상세불명의 흉통"))


def told(kind: str, to: Hospital | None = None) -> int:
    found = notifications.Notice.objects.filter(kind=kind)
    return found.filter(recipient=to.id).count() if to else found.count()


def relations(patient: Patient, at: Hospital) -> list[RelationKind]:
    now = datetime.now(UTC)
    standing = consent.standings([patient.key], at.id)[patient.key]
    return [one.kind for one in standing.relations if one.institution == at.id and one.stands(now)]


def test_an_acceptance_begins_the_treatment_relation_and_a_no_show_ends_it() -> None:
    """Rule 10 (ADR 24): before it the receiver reads what was addressed to it alone."""
    west, east = Hospital(), Hospital()
    patient, sent = sent_one(west, east)
    assert relations(patient, east) == []
    assert east.finds(patient, received=False) == {sent.document}

    acting.do(east.doctor(), sent.id, ActKind.ACCEPTED)

    assert relations(patient, east) == [RelationKind.REFERRAL]
    assert len(east.finds(patient, received=False)) == 2
    assert (told("referral-accepted"), told("referral-changed", west)) == (1, 1)

    acting.do(east.doctor(), sent.id, ActKind.NO_SHOW)
    assert relations(patient, east) == []


def test_a_question_is_answered_and_declining_has_its_reason() -> None:
    """Both are told, with a number alone."""
    west, east = Hospital(), Hospital()
    _patient, sent = sent_one(west, east)
    acting.do(east.doctor(), sent.id, ActKind.RECEIVED)
    asked = acting.do(east.doctor(), sent.id, ActKind.ASKED, words="얼마나 급합니까?")
    assert (asked.question, told("referral-asked", west)) == ("얼마나 급합니까?", 1)
    with pytest.raises(NotNow):
        acting.do(east.doctor(), sent.id, ActKind.DECLINED)  # Without a reason.

    answered = acting.do(west.doctor(), sent.id, ActKind.ANSWERED, words="이번 주 안에 부탁합니다.")
    assert (answered.question, answered.state) == ("", State.RECEIVED)
    declined = acting.do(east.doctor(), sent.id, ActKind.DECLINED, reason="no-capacity")

    assert declined.state is State.REJECTED
    assert told("referral-ended") == 1
    for one in notifications.Notice.objects.all():
        assert "급합".encode() not in bytes(one.sealed)


@pytest.mark.parametrize(
    ("who", "kind"),
    [("east", ActKind.CANCELLED), ("west", ActKind.ACCEPTED), ("west", ActKind.ARRIVED)],
)
def test_nobody_does_what_is_the_other_s_to_do(who: str, kind: ActKind) -> None:
    """A refusal changes nothing and is recorded."""
    west, east = Hospital(), Hospital()
    _patient, sent = sent_one(west, east)
    access = {"east": east, "west": west}[who].doctor()

    with pytest.raises(NotPermitted):
        acting.do(access, sent.id, kind, reason="other")

    assert access.errors == ["NotPermitted"]
    assert queries.one(sent.id) == sent


def test_who_receives_alone_takes_nothing_back() -> None:
    """Receiving and sending are apart in the table of roles, and a desk does neither."""
    west, east = Hospital(), Hospital()
    _patient, sent = sent_one(west, east)

    with pytest.raises(NotPermitted):
        acting.do(west.doctor(Role.RADIOLOGIST), sent.id, ActKind.CANCELLED, reason="other")
    with pytest.raises(NoSuchReferral):
        acting.do(west.doctor(Role.RECEPTION), sent.id, ActKind.CANCELLED, reason="other")
    assert acting.do(west.doctor(), sent.id, ActKind.CANCELLED, reason="other").state is (
        State.CANCELLED
    )


def test_who_gives_it_on_sends_a_paper_of_their_own_that_the_next_reads() -> None:
    """The next reads it by name; who gave it on decides nothing more."""
    west, east, north = Hospital(), Hospital(), Hospital()
    patient, sent = sent_one(west, east)
    reader = east.doctor()
    assert open_document(reader, acting.paper(reader, sent)) is not None

    given = acting.forward(east.doctor(), sent.id, north.id, sent.department)

    assert (given.state, given.receiver) == (State.FORWARDED, north.id)
    assert queries.inbox(east.id) == ()
    reader = north.doctor()
    opened = open_document(reader, acting.paper(reader, given))
    assert opened is not None
    read = PAPERS.read(opened.content)
    assert read is not None
    assert read.header.custodian.oid == east.oid
    assert read.content.diagnoses == CHART.diagnoses[:1]
    assert told("referral-forwarded") == 1
    with pytest.raises(NotPermitted):
        acting.do(east.doctor(), sent.id, ActKind.ACCEPTED)
    assert acting.do(north.doctor(), sent.id, ActKind.ACCEPTED).state is State.ACCEPTED
    assert relations(patient, north) == [RelationKind.REFERRAL]


def test_a_reply_is_a_paper_that_answers_the_referral() -> None:
    """회신: the sender reads it, and it names what it answers."""
    west, east = Hospital(), Hospital()
    _patient, sent = sent_one(west, east)
    acting.do(east.doctor(), sent.id, ActKind.ACCEPTED)
    said = Content(opinion="특이 소견이 없습니다.", diagnoses=CHART.diagnoses[:1])

    after = acting.reply(east.doctor(), sent.id, frozenset(), said)

    assert after.state is State.COMPLETED
    reader = west.doctor()
    opened = open_document(reader, acting.paper(reader, after, after.replies[0]))
    assert opened is not None
    read = PAPERS.read(opened.content)
    assert read is not None
    assert read.kind == "reply"
    assert read.answers is not None
    assert f"{read.answers.id}^{read.answers.number}" == sent.document
    assert (told("referral-replied"), told("referral-changed", west)) == (1, 2)


def test_what_nobody_took_on_in_time_is_over_and_told_once() -> None:
    """The worker says so once, however often it looks."""
    west, east = Hospital(), Hospital()
    _patient, sent = sent_one(west, east)
    assert tasks.expire(sent.until - timedelta(seconds=1)) == 0

    assert tasks.expire(sent.until) == 1
    assert tasks.expire(sent.until + timedelta(days=1)) == 0

    after = queries.one(sent.id)
    assert after is not None
    assert (after.state, after.state.task) == (State.EXPIRED, "cancelled")
    assert (told("referral-changed", east), told("referral-changed", west)) == (1, 1)
    with pytest.raises(NotNow):
        acting.do(east.doctor(), sent.id, ActKind.ACCEPTED)


def at_once(*steps: object) -> list[str]:
    """Each in a thread and connection of its own; what became of each."""

    def tried(step: object) -> str:
        try:
            step()  # type: ignore[operator]  # Each is a function without arguments.
        except (NotNow, AlreadySent) as refused:
            return type(refused).__name__
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(steps)) as pool:
        return sorted(pool.map(tried, steps))


def test_of_an_acceptance_and_a_cancellation_at_once_one_holds_or_both_in_order() -> None:
    """What stands is what the acts say, in one order; nothing is lost and nothing is between."""
    west, east = Hospital(), Hospital()
    _patient, sent = sent_one(west, east)
    came = at_once(
        lambda: acting.do(east.doctor(), sent.id, ActKind.ACCEPTED),
        lambda: acting.do(west.doctor(), sent.id, ActKind.CANCELLED, reason="other"),
    )

    after = queries.one(sent.id)
    assert after is not None
    assert after.state is State.CANCELLED
    assert came in (["NotNow", "done"], ["done", "done"])
    assert len(after.acts) == 1 + came.count("done")


def test_two_acceptances_at_once_are_one() -> None:
    """The second is told that somebody was faster."""
    west, east = Hospital(), Hospital()
    _patient, sent = sent_one(west, east)
    accepts = [lambda: acting.do(east.doctor(), sent.id, ActKind.ACCEPTED)] * 4

    assert at_once(*accepts) == ["NotNow", "NotNow", "NotNow", "done"]
    assert told("referral-accepted") == 1


def test_one_form_in_four_tabs_sends_once() -> None:
    """By a constraint of the database, not by looking first."""
    west, east = Hospital(), Hospital()
    patient = west.patient()
    patient.consents()
    west.chart(patient)
    made = draft(west, east, patient, "상세불명의 흉통")

    came = at_once(*[lambda: sending.send(west.doctor(), made)] * 4)

    assert came == ["AlreadySent", "AlreadySent", "AlreadySent", "done"]
    assert models.Referral.objects.filter(patient=patient.key).count() == 1
    assert len(east.finds(patient, received=False)) == 1
