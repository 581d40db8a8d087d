"""Faults that are planted are found by the very tests that run every day, however few worlds.

Each fault is one that somebody could make: a rule left out, two in another order, a day too many.
Those in the decision must be found by its comparison with the reference model, those on the way to
it, and the plainest of the others, by the told worlds and the six that are drawn.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import chain, islice
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from naru.consent import decision
from naru.consent.asked import Asked
from naru.consent.rules import apart, by_consent, exclusions, who
from naru.consent.snapshots import Snapshot
from naru.domain.arrangements import Delivery, Emergency, Mandate, Relation, Until
from naru.domain.decision import Decision, Item, Path
from naru.domain.korea import korean_day
from naru.exchange import about, decide
from naru.exchange.treatment import relations as treatment
from tests.one_answer import comparing, test_paths, test_told_worlds
from tests.one_answer import test_one_answer as drawn_worlds
from tests.one_answer.adapters import ADAPTERS
from tests.one_answer.both import forget
from tests.one_answer.combined import USUAL, drawn, pairs, singles
from tests.one_answer.door_faults import FAULTS, Fault, Plant, becomes
from tests.one_answer.places import Places
from tests.one_answer.test_reference_model import differing
from tests.one_answer.wire import Wire

pytestmark = [pytest.mark.long, pytest.mark.timeout(1800)]


def without(rule: object) -> Plant:
    """The decision lacks a rule."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        rules = decision._RULES
        assert rule in rules
        patch.setattr(decision, "_RULES", tuple(one for one in rules if one is not rule))

    return plant


def swapped(one: object, other: object) -> Plant:
    """Two rules are asked in each other's place."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        places = {one: other, other: one}
        patch.setattr(
            decision,
            "_RULES",
            tuple(places.get(rule, rule) for rule in decision._RULES),
        )

    return plant


def _day_before(self: Snapshot, day: Any) -> bool:
    return self.consented and (self.until is None or day < self.until)


def _never_over(self: Snapshot, day: Any) -> bool:
    return self.consented


def _after_its_day(asked: Asked) -> Any:
    judge = _FROM_DATE(asked)
    if not callable(judge):
        return judge

    def one_more(item: Any) -> Any:
        day = item.event_date
        return judge(item if day is None else replace(item, event_date=day - timedelta(days=1)))

    return one_more


_FROM_DATE = by_consent.from_date


def _from_date_is_too_late(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        decision,
        "_RULES",
        tuple(_after_its_day if one is _FROM_DATE else one for one in decision._RULES),
    )


IN_THE_DECISION: dict[str, Plant] = {
    **{
        f"no rule of {one.__name__}": without(one)
        for one in (
            who.requester,
            who.death,
            who.citizen,
            apart.consent_document,
            apart.own_chart,
            apart.genetic,
            apart.statutory_demand,
            apart.patient_directed,
            apart.emergency,
            apart.addressed_sending,
            by_consent.general_consent,
            by_consent.treatment_relation,
            by_consent.from_date,
            exclusions.exclusions,
            exclusions.hidden_by_default,
            by_consent.programme,
        )
    },
    "genetic after emergency": swapped(apart.genetic, apart.emergency),
    "own chart after genetic": swapped(apart.own_chart, apart.genetic),
    "exclusions before addressed sending": swapped(exclusions.exclusions, apart.addressed_sending),
    "consent before emergency": swapped(by_consent.general_consent, apart.emergency),
    "the last day of a consent is lost": becomes(Snapshot, "consents_on", _day_before),
    "a consent never ends": becomes(Snapshot, "consents_on", _never_over),
    "the first day of a consent is lost": _from_date_is_too_late,
    "a treatment never ends": becomes(Relation, "stands", lambda self, time: self.since <= time),
    "the last moment of a treatment is lost": becomes(
        Relation, "stands", lambda self, time: self.since <= time < self.until
    ),
    "a mandate ends a day early": becomes(
        Mandate,
        "stands",
        lambda self, time: (
            self.first <= korean_day(time) and (self.last is None or korean_day(time) < self.last)
        ),
    ),
    "a mandate never ends": becomes(
        Mandate, "stands", lambda self, time: self.first <= korean_day(time)
    ),
    "an emergency is everybody's": becomes(
        apart, "_opened", lambda asked, one: one.stands(asked.time)
    ),
    "an emergency never ends": becomes(Emergency, "stands", lambda _self, _time: True),
    "a delivery is opened twice": becomes(
        Delivery, "unopened", property(lambda self: self.documents)
    ),
    "what stands for a time never ends": becomes(
        Until, "stands", lambda self, time: self.since <= time
    ),
    "a sending is never held": becomes(apart, "_held", lambda _asked, _item: False),
    "every role treats": becomes(Asked, "treats", property(lambda _self: True)),
}


@pytest.fixture
def folded_anew() -> Iterator[None]:
    forget()
    yield
    forget()


@pytest.mark.usefixtures("folded_anew")
@pytest.mark.parametrize("plant", IN_THE_DECISION.values(), ids=IN_THE_DECISION.keys())
def test_a_fault_in_the_decision_is_found_by_the_everyday_comparison(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    _number, found = differing(
        chain(singles(), islice(pairs(USUAL), 0, None, 2), drawn(12_000, seed=20261120))
    )
    assert found


BEYOND_THE_DECISION = (
    *("no rule of general_consent", "no rule of treatment_relation", "no rule of from_date"),
    *("no rule of exclusions", "no rule of consent_document", "no rule of own_chart"),
    *("no rule of emergency", "a consent never ends", "a sending is never held"),
)


def _nothing(*_: Any) -> None:
    """It is not done."""


def _uncanonical(_code: Any, on: Any) -> str:
    return f"{on}"


def _any_of(self: Any, patient: UUID, way: Path, standings: Any, item: Item) -> Decision:
    """Of several who were merged into one, one's word suffices."""
    made: list[Decision] = [one(item) for one in self._judged(patient, way, standings)]
    return next((one for one in made if one.permitted), made[0])


DOORS = ("GET DocumentReference", "ITI-43", "GET {record}", "page clinic-open")
"""What shows at every door is looked for at these, one of each kind."""

# Not here: what the way to the decision holds as well, so that no door shows it (an emergency of
# somebody else is no path of the asker, and a death ends the consent of rule 9, too).
AT_THE_DOORS: dict[str, Fault] = {
    **{
        name: Fault(plant, DOORS)
        for name, plant in (
            *((name, IN_THE_DECISION[name]) for name in BEYOND_THE_DECISION),
            ("one of several says yes", becomes(decide.Deciding, "_by", _any_of)),
            (
                "everything is one's own chart",
                becomes(decide, "ways_of", lambda *_: (Path.OWN_CHART,)),
            ),
            ("nothing is one's own chart", becomes(decide, "ways_of", lambda *_: (Path.QUERY,))),
            ("a token of one patient opens all", becomes(about, "admits", lambda *_: True)),
            ("a booking begins nothing", becomes(treatment, "note_appointment", _nothing)),
            ("a referral taken on begins nothing", becomes(treatment, "taken_on", _nothing)),
            ("a department is not looked up", becomes(decide, "canonical", _uncanonical)),
        )
    },
    **FAULTS,
}


@pytest.mark.parametrize("fault", AT_THE_DOORS.values(), ids=AT_THE_DOORS.keys())
def test_a_fault_is_found_at_the_doors_by_the_everyday_worlds(
    places: Places, wire: Wire, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worlds and the comparison are those of every day; only other doors are not asked."""
    fault.plant(monkeypatch)
    at = [one for one in ADAPTERS if {*one.doors} & {*fault.doors}]
    assert {door for one in at for door in one.doors} >= {*fault.doors}
    monkeypatch.setattr(comparing, "ADAPTERS", at)
    assert any(_finds(world) for world in _everyday(places, wire))


def _everyday(places: Places, wire: Wire) -> Iterator[Callable[[], None]]:
    """The worlds that `make test` asks about."""
    for act in test_told_worlds.ACTS.values():
        yield lambda act=act: test_told_worlds.test_what_a_patient_says_holds_at_every_door(  # type: ignore[misc]  # Bound at once.
            places, wire, act
        )
    for name in test_told_worlds.AT_PAGES:
        yield lambda name=name: test_told_worlds.test_what_a_patient_says_holds_at_every_page(  # type: ignore[misc]  # Same.
            places, wire, name
        )
    for steps in test_paths.STEPS.values():
        yield lambda steps=steps: test_paths.test_what_is_arranged_holds_at_every_door(  # type: ignore[misc]  # Same.
            places, wire, steps
        )

    for told in test_told_worlds.ABOUT_WHO_ASKS:
        yield lambda told=told: told(places, wire)  # type: ignore[misc]  # Same.

    @given(data=st.data())
    @settings(drawn_worlds.drawing(6), derandomize=True)
    def in_drawn(data: st.DataObject) -> None:
        drawn_worlds._compare_in_drawn_worlds(places, wire, data)

    yield in_drawn


def _finds(world: Callable[[], None]) -> bool:
    try:
        world()
    except AssertionError:
        return True
    return False
