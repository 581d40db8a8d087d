"""A referral's states: no sequence of acts reaches one that the table forbids."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from naru.domain import referral_course, referral_rules
from naru.domain.referral_rules import Incomplete, NotAllowed
from naru.domain.referral_states import OPEN, UNANSWERED, State
from naru.domain.referrals import Act, ActKind, AskedBy, Kind, Party, Referral, Sent

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
PLACES = tuple(UUID(int=one) for one in range(1, 5))
SENDER, RECEIVER, OTHER, STRANGER = PLACES
FINAL = frozenset(State) - OPEN


def sent(receiver: UUID | None = RECEIVER, **said: Any) -> Sent:
    told: dict[str, Any] = {
        "id": uuid4(),
        "number": "R-1",
        "kind": Kind.REFERRAL,
        "patient": uuid4(),
        "sender": SENDER,
        "receiver": receiver,
        "department": "01",
        "document": "2.25.1",
        "asked_by": AskedBy.CLINICIAN,
        "time": NOW,
        "until": NOW + timedelta(days=14),
        "outside": "" if receiver else "동네의원",
    }
    return Sent(**(told | said))


def act(kind: ActKind, by: UUID | None, at: datetime = NOW, **said: Any) -> Act:
    full: dict[str, Any] = {
        "reason": "other",
        "words": "말",
        "receiver": OTHER,
        "document": "2.25.2",
        "booking": UUID(int=9),
        "referral": UUID(int=10),
    }
    return Act(id=uuid4(), kind=kind, time=at, institution=by, **(full | said))


def done(*steps: tuple[ActKind, UUID | None], receiver: UUID | None = RECEIVER) -> Referral:
    return referral_course.fold(sent(receiver), [act(kind, by) for kind, by in steps])


def test_a_referral_goes_from_sent_to_replied() -> None:
    """The plain way, with each step's `Task.status`."""
    one = referral_course.begun(sent())
    told = [one.state.task]
    for kind, by in (
        (ActKind.RECEIVED, RECEIVER),
        (ActKind.ASKED, RECEIVER),
        (ActKind.ANSWERED, SENDER),
        (ActKind.ACCEPTED, RECEIVER),
        (ActKind.ARRIVED, RECEIVER),
        (ActKind.REPLIED, RECEIVER),
    ):
        one = referral_course.after(one, act(kind, by))
        told.append(one.state.task)

    assert told == [
        "requested",
        "received",
        "received",
        "received",
        "accepted",
        "in-progress",
        "completed",
    ]
    assert one.replies == ("2.25.2",)
    assert one.question == ""


def test_every_act_has_one_row_in_a_state_and_every_state_is_reached() -> None:
    """The table is whole: a row for each act but the first, no state that nothing leads to."""
    assert {one.act for one in referral_rules.RULES} == set(ActKind) - {ActKind.SENT}
    rows = [(one.act, state) for one in referral_rules.RULES for state in one.on]
    assert len(rows) == len(set(rows))
    assert {one.to for one in referral_rules.RULES} | {State.REQUESTED} == set(State) | {None}


def test_who_forwards_has_nothing_more_to_do_with_it() -> None:
    """The new receiver decides; whoever gave it on may neither accept nor get it again."""
    one = done((ActKind.RECEIVED, RECEIVER), (ActKind.FORWARDED, RECEIVER))

    assert (one.receiver, one.document, one.state) == (OTHER, "2.25.2", State.FORWARDED)
    with pytest.raises(NotAllowed):
        referral_course.after(one, act(ActKind.ACCEPTED, RECEIVER))
    for again in (SENDER, RECEIVER, OTHER):
        with pytest.raises(NotAllowed):
            referral_course.after(one, act(ActKind.FORWARDED, OTHER, receiver=again))


@pytest.mark.parametrize("kind", [kind for kind in ActKind if kind is not ActKind.EXPIRED])
def test_after_its_time_nothing_follows_but_its_end(kind: ActKind) -> None:
    """At `until` it is over, said or not."""
    one = referral_course.begun(sent())
    for by in (*PLACES, None):
        assert not referral_rules.may(one, kind, by, one.until)

    assert referral_rules.may(one, ActKind.EXPIRED, None, one.until)
    assert not referral_rules.may(one, ActKind.EXPIRED, None, one.until - timedelta(seconds=1))


def test_who_took_it_on_is_bound_by_no_end() -> None:
    """What was accepted does not expire."""
    one = done((ActKind.ACCEPTED, RECEIVER))

    assert not referral_rules.may(one, ActKind.EXPIRED, None, one.until)
    assert referral_rules.may(one, ActKind.REPLIED, RECEIVER, one.until + timedelta(days=90))


def test_a_letter_is_opened_once_by_its_bearer_alone() -> None:
    """Outside the exchange there is a bearer and no receiver; within there is no bearer."""
    letter = referral_course.begun(sent(None))

    assert not referral_rules.may(referral_course.begun(sent()), ActKind.OPENED, None, NOW)
    opened = referral_course.after(letter, act(ActKind.OPENED, None))
    assert opened.state is State.COMPLETED
    with pytest.raises(NotAllowed):
        referral_course.after(opened, act(ActKind.OPENED, None))


def test_a_letter_is_held_and_nothing_that_goes_to_an_institution() -> None:
    """The end of a consent holds what goes to an institution by the decision, and no state."""
    letter = referral_course.begun(sent(None))
    assert not referral_rules.may(referral_course.begun(sent()), ActKind.HELD, None, NOW)

    held = referral_course.after(letter, act(ActKind.HELD, None))

    assert (held.state, held.state.task) == (State.HELD, "on-hold")
    assert not referral_rules.may(held, ActKind.HELD, None, NOW)
    assert referral_rules.may(held, ActKind.CANCELLED, SENDER, NOW)
    assert referral_rules.may(held, ActKind.EXPIRED, None, held.until)


@pytest.mark.parametrize(
    ("before", "then"),
    [
        ((), State.CANCELLED),
        (((ActKind.RECEIVED, RECEIVER),), State.CANCELLED),
        (((ActKind.ACCEPTED, RECEIVER),), State.CANCELLED),
        (((ActKind.ACCEPTED, RECEIVER), (ActKind.ARRIVED, RECEIVER)), State.IN_PROGRESS),
        (((ActKind.ACCEPTED, RECEIVER), (ActKind.REPLIED, RECEIVER)), State.COMPLETED),
        (((ActKind.ACCEPTED, RECEIVER), (ActKind.NO_SHOW, RECEIVER)), State.NO_SHOW),
    ],
)
def test_a_patient_calls_it_back_once_and_what_was_begun_goes_on(
    before: tuple[tuple[ActKind, UUID], ...], then: State
) -> None:
    """Before they came it is over; after that the paper is closed and the rest goes on."""
    one = done(*before)
    assert not referral_rules.may(one, ActKind.CALLED_BACK, SENDER, NOW)
    assert not referral_rules.may(one, ActKind.CALLED_BACK, RECEIVER, NOW)

    back = referral_course.after(one, act(ActKind.CALLED_BACK, None))

    assert back.state is then
    assert back.is_closed_to(RECEIVER)
    assert not referral_rules.may(back, ActKind.CALLED_BACK, None, NOW)
    if then is State.IN_PROGRESS:
        assert referral_rules.may(back, ActKind.REPLIED, RECEIVER, NOW)


@pytest.mark.parametrize(
    ("kind", "lacks"),
    [
        (ActKind.DECLINED, {"reason": ""}),
        (ActKind.FORWARDED, {"receiver": None}),
        (ActKind.FORWARDED, {"document": ""}),
        (ActKind.BOOKED, {"booking": None}),
    ],
)
def test_an_act_says_what_it_has_to(kind: ActKind, lacks: dict[str, Any]) -> None:
    """A refusal has its reason, a forwarding its receiver and paper, a booking its booking."""
    with pytest.raises(Incomplete):
        referral_course.after(referral_course.begun(sent()), act(kind, RECEIVER, **lacks))


@pytest.mark.parametrize(
    "wrong",
    [
        {"receiver": SENDER},
        {"until": NOW},
        {"about": UUID(int=7)},
        {"outside": "밖"},
        {"document": ""},
    ],
)
def test_what_cannot_begin(wrong: dict[str, Any]) -> None:
    """To oneself, over at once, an answer that is no return, two receivers, no paper."""
    with pytest.raises(NotAllowed):
        referral_course.begun(sent(**wrong))


class Everything(RuleBasedStateMachine):
    """Any party tries any act at any time; what the table forbids changes nothing."""

    @initialize(outside=st.booleans())
    def send(self, *, outside: bool) -> None:
        self.one = referral_course.begun(sent(None if outside else RECEIVER))
        self.seen = [self.one]
        self.now = NOW

    @rule(
        kind=st.sampled_from(ActKind),
        by=st.sampled_from((*PLACES, None)),
        to=st.sampled_from((*PLACES, None)),
        hours=st.integers(0, 200),
        lacking=st.booleans(),
    )
    def somebody_tries(
        self, kind: ActKind, by: UUID | None, to: UUID | None, hours: int, *, lacking: bool
    ) -> None:
        self.now += timedelta(hours=hours)
        tried = act(kind, by, self.now, receiver=to, words="" if lacking else "말")
        might = referral_rules.may(self.one, kind, by, self.now)
        try:
            self.one = referral_course.after(self.one, tried)
        except Incomplete:
            assert might
        except NotAllowed:
            assert not might or kind is ActKind.FORWARDED
        else:
            assert might
            self.seen.append(self.one)

    @invariant()
    def nothing_leaves_its_end(self) -> None:
        """What is over stays over; only to what is completed papers are still added."""
        for before, then in pairwise(self.seen):
            if before.state in FINAL:
                assert before.state is then.state
                if then.acts[-1].kind is not ActKind.CALLED_BACK:
                    assert then.state is State.COMPLETED
                    assert then.acts[-1].kind in {ActKind.REPLIED, ActKind.RETURNED}

    @invariant()
    def only_parties_act(self) -> None:
        """Each act was done by what its institution was to the referral at that moment."""
        for before, then in pairwise(self.seen):
            last = then.acts[-1]
            by = referral_rules.by_whom(last.kind)
            if last.institution is None:
                assert by <= {Party.EXCHANGE, Party.BEARER, Party.PATIENT}
            else:
                assert by & before.parties(last.institution)
            assert last.institution is not STRANGER or before.receiver == STRANGER

    @invariant()
    def what_follows_acceptance_was_accepted(self) -> None:
        """A visit, a no-show, a reply and a return each follow an acceptance by that receiver."""
        taken = [one.institution for one in self.one.acts if one.kind is ActKind.ACCEPTED]
        assert len(taken) <= 1
        for one in self.one.acts:
            if one.kind in {ActKind.ARRIVED, ActKind.NO_SHOW, ActKind.REPLIED, ActKind.RETURNED}:
                assert taken == [one.institution]

    @invariant()
    def a_receiver_has_a_paper(self) -> None:
        """Whoever has it has a paper that was addressed to them, and nobody has it twice."""
        assert self.one.document
        had = [
            one.receiver for one in self.one.acts if one.kind in {ActKind.SENT, ActKind.FORWARDED}
        ]
        assert len(had) == len(set(had))
        assert had[-1] == self.one.receiver
        assert SENDER not in had

    @invariant()
    def a_question_waits_only_while_asked(self) -> None:
        """No answer is asked for in any other state."""
        if self.one.state is State.ASKED:
            assert self.one.question
        if self.one.state not in UNANSWERED:
            assert not self.one.question

    @invariant()
    def its_acts_tell_all(self) -> None:
        """What stands is what the acts say, told anew."""
        assert referral_course.fold(self.one.sent, self.one.acts[1:]) == self.one


TestEverything = Everything.TestCase
TestEverything.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
