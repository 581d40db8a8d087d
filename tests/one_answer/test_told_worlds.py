"""Each rule by itself: one world in which it decides, asked at every door before and after."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction

from naru.consent.snapshots import Exclusion
from naru.domain.caller import Role
from naru.domain.korea import korean_day
from naru.domain.privacy_policies import Policy
from naru.domain.xds import AssociationType
from naru.exchange.sendings import ends as sendings
from tests.one_answer import agreed
from tests.one_answer.adapters import Question
from tests.one_answer.comparing import compare
from tests.one_answer.places import Asker, Places
from tests.one_answer.wire import Wire
from tests.one_answer.world import APPROVED, Patient, Said, World

Act = Callable[[World, Patient], None]


def withdraws(world: World, patient: Patient) -> None:
    world.say(patient, Said("withdraw", world.clock))


def consents_for_days_that_are_over(world: World, patient: Patient) -> None:
    withdraws(world, patient)
    day = korean_day(world.clock)
    until = world.today - timedelta(days=1)
    world.say(patient, Said("grant", world.clock, from_date=day, until=until))
    world.sends(world.places[0], patient, [korean_day(world.clock)])


def consents_anew_from_a_later_day(world: World, patient: Patient) -> None:
    withdraws(world, patient)
    world.passes(30)
    consents(world, patient)


def is_merged_into_one_who_consents(world: World, patient: Patient) -> None:
    withdraws(world, patient)
    other = world.patient(world.places[0])
    consents(world, other)
    world.sends(world.places[0], other, [korean_day(world.clock)])
    world.merge(other, patient)


def excludes(**what: object) -> Act:
    """Keep out a source, viewer, department or document of the world."""

    def act(world: World, patient: Patient) -> None:
        named = {
            "source": world.places[0].id,
            "viewer": world.places[1].id,
            "department": "surgery^^2.999.3",
            "document": world.documents[0].unique_id,
        }
        out = Exclusion(**{name: named[name] for name in what})  # type: ignore[arg-type]
        world.say(patient, Said("exclude", world.clock, exclusion=out))

    return act


def signs(policy: Policy) -> Act:
    """At a desk, on a paper that lists what is kept out: no other institution ever sees it."""

    def act(world: World, patient: Patient) -> None:
        assert world.signs(patient, policy)

    return act


ACTS: dict[str, Act] = {
    "withdraws": withdraws,
    "consents for days that are over": consents_for_days_that_are_over,
    "consents anew from a later day": consents_anew_from_a_later_day,
    "is merged into one who consents": is_merged_into_one_who_consents,
    "withdraws on paper": signs(Policy.WITHDRAWAL_WHOLE),
    "consents on paper": signs(Policy.CONSENT_WHOLE),
    "excludes a source": excludes(source=True),
    "excludes a viewer": excludes(viewer=True),
    "excludes a department": excludes(department=True),
    "excludes a department of a source": excludes(source=True, department=True),
    "excludes a document that was replaced": excludes(document=True),
}


def consents(world: World, patient: Patient) -> None:
    world.say(patient, Said("grant", world.clock, from_date=korean_day(world.clock)))


def told(
    places: Places, act: Act, before: Callable[[Question], None] | None = None
) -> tuple[World, Patient]:
    """A world in which the patient has said something; `before` that all was seen."""
    world = World(places.hospitals)
    source, viewer, other = places.hospitals
    patient = world.patient(source)
    consents(world, patient)
    day = korean_day(world.clock)
    departments = ("internal", "surgery")
    assert world.sends(source, patient, [day, day], departments=departments, in_folder=True)
    replaced = (AssociationType.RPLC, world.documents[0])
    assert world.sends(source, patient, [day], relation=replaced)
    assert world.sends(viewer, patient, [day], to=[other])
    question = Question(world=world, asker=Asker(viewer), patient=patient)
    assert all(map(question.sight.sees, question.documents))
    if before is not None:
        before(question)
    act(world, patient)
    return world, patient


def asked(places: Places, world: World, patient: Patient) -> list[Question]:
    """By each of the hospitals, and by the patient."""
    own = Asker(places.hospitals[0], Role.PATIENT, patient.survivor.affinity_id)
    askers = [*(Asker(one) for one in places.hospitals), own]
    found = [Question(world=world, asker=one, patient=patient) for one in askers]
    assert any(not one.sight.sees(each) for one in found for each in one.documents)
    return found


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS.keys())
def test_what_a_patient_says_holds_at_every_door(places: Places, wire: Wire, act: Act) -> None:
    world, patient = told(places, act, lambda question: compare(wire, question))
    for one in asked(places, world, patient):
        compare(wire, one)


AT_PAGES = ("withdraws", "is merged into one who consents", "excludes a source")
"""Of which a page is asked as well each day; all of them meet in the drawn worlds."""


@pytest.mark.parametrize("act", AT_PAGES)
def test_what_a_patient_says_holds_at_every_page(places: Places, wire: Wire, act: str) -> None:
    """A page shows what is current, so that what was asked at the doors is no question there."""
    world, patient = told(places, ACTS[act])
    for one in asked(places, world, patient):
        compare(wire, replace(one, status=(APPROVED,)), beside=one)


def who_does_not_treat_sees_nothing(places: Places, wire: Wire) -> None:
    world = World(places.hospitals)
    source, viewer, _ = places.hospitals
    patient = world.patient(source, received=False)
    consents(world, patient)
    assert world.sends(source, patient, [korean_day(world.clock)], in_folder=True)
    question = Question(world=world, asker=Asker(viewer), patient=patient)
    assert not any(map(question.sight.sees, question.documents))
    compare(wire, question)
    world.receives(viewer, patient)
    question = Question(world=world, asker=Asker(viewer), patient=patient)
    assert all(map(question.sight.sees, question.documents))
    compare(wire, question)


def a_token_about_one_opens_no_other(places: Places, wire: Wire) -> None:
    world = World(places.hospitals)
    source, viewer, _ = places.hospitals
    patient, other = world.patient(source), world.patient(source)
    for one in (patient, other):
        consents(world, one)
        assert world.sends(source, one, [korean_day(world.clock)], in_folder=True)
    for about, opens in ((patient, True), (other, False)):
        asker = Asker(viewer, Role.CLINICIAN, about.affinity_id)
        question = Question(world=world, asker=asker, patient=patient)
        assert {question.sight.sees(one) for one in question.documents} == {opens}
        compare(wire, question)


def what_was_sent_by_name_is_over_for_one_of_two(places: Places, wire: Wire) -> None:
    """Nobody consents to more than this sending; what came with the document goes with it."""
    world = World(places.hospitals)
    source, viewer, other = places.hospitals
    patient = world.patient(source)
    day = korean_day(world.clock)
    departments = ("internal", "surgery")
    to = [viewer, other]
    assert world.sends(source, patient, [day] * 2, departments=departments, to=to, in_folder=True)
    assert world.sends(source, patient, [day], to=[viewer])
    first, second, third = world.documents
    asked = [Question(world=world, asker=Asker(one), patient=patient) for one in places.hospitals]
    assert all(map(asked[1].sight.sees, (first, second, third)))
    for one in asked:
        compare(wire, one)

    with transaction.atomic():
        sendings.end(first.unique_id, sender=source.id, recipient=viewer.id)
    gone = [first, second, *world.folders, *(one for one in world.sets if first in one.members)]
    for thing in gone:
        thing.recipients = (other,)
    seen = [[one.sight.sees(each) for each in (first, second, third)] for one in asked]
    assert seen == [[True] * 3, [False, False, True], [True, True, False]]
    for one in asked:
        compare(wire, one)
        compare(wire, replace(one, status=(APPROVED,)), beside=one)


def who_agreed_on_a_day_treats(places: Places, wire: Wire) -> None:
    """A booking counts some days before its day and no longer than it stands; so a referral."""
    world = World(places.hospitals)
    source, viewer, other = places.hospitals
    patient = world.patient(viewer, received=False)
    consents(world, patient)
    day = korean_day(world.clock)
    assert world.sends(source, patient, [day])
    world.passes(24 * 28)  # What nobody takes on for long is over.
    assert world.sends(source, patient, [korean_day(world.clock)], to=[other])
    by_viewer, by_other = (
        Question(world=world, asker=Asker(one), patient=patient) for one in (viewer, other)
    )
    first = world.documents[0]

    def require(*, viewer: bool, other: bool) -> None:
        assert (by_viewer.sight.sees(first), by_other.sight.sees(first)) == (viewer, other)
        compare(wire, by_viewer)
        compare(wire, by_other)

    agreed.takes_a_slot(world, patient, wire, days=30)
    agreed.writes_an_appointment(world, patient, other, wire, days=30)
    require(viewer=False, other=False)
    booked = agreed.books_at_the_page(world, patient, days=3)
    assert agreed.accepts(world, other, world.documents[1])
    require(viewer=True, other=True)
    agreed.cancels(world, patient, *booked)
    agreed.writes_an_appointment(world, patient, viewer, wire, days=3)
    require(viewer=True, other=True)


ABOUT_WHO_ASKS = (
    who_agreed_on_a_day_treats,
    who_does_not_treat_sees_nothing,
    a_token_about_one_opens_no_other,
    what_was_sent_by_name_is_over_for_one_of_two,
)


@pytest.mark.parametrize("told", ABOUT_WHO_ASKS)
def test_who_asks_decides_at_every_door(
    places: Places, wire: Wire, told: Callable[[Places, Wire], None]
) -> None:
    told(places, wire)
