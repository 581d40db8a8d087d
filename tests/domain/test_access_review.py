"""What stands out among accesses, rule by rule."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from naru.domain.access_review import Looked, access_review, anomalies, surname

NOON = datetime(2026, 11, 20, 3, tzinfo=UTC)


def looked(**given: Any) -> Looked:
    """An ordinary access of a doctor at noon, but for what is given."""
    ordinary = Looked(
        record=uuid4(),
        time=NOON,
        who="TEST 김의사",
        role="doctor",
        transaction="ITI-43",
        patients=(given.pop("patient", None) or uuid4(),),
        reasons=frozenset(given.pop("reasons", ("treatment",))),
        refused=False,
        own=False,
        same_surname=False,
        watched=False,
    )
    return replace(ordinary, **given)


def codes(*given: Looked) -> list[list[str]]:
    found = anomalies(given)
    return [[rule.code for rule in found.get(one.record, ())] for one in given]


def test_an_ordinary_access_stands_out_in_nothing() -> None:
    assert codes(looked()) == [[]]


@pytest.mark.parametrize(
    ("one", "code"),
    [
        (looked(own=True, same_surname=True), "own-record"),
        (looked(same_surname=True), "same-surname"),
        (looked(watched=True), "watched"),
        (looked(time=NOON + timedelta(hours=11)), "night"),
        (looked(time=NOON - timedelta(hours=7)), "night"),
        (looked(reasons=("no-treatment-relation",)), "no-relation"),
        (looked(reasons=("emergency",)), "emergency"),
        (looked(transaction="export accesses"), "download"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_each_rule_names_what_it_is_for(one: Looked, code: str) -> None:
    assert codes(one, looked()) == [[code], []]


def test_night_shifts_of_the_emergency_room_and_systems_stand_out_in_nothing() -> None:
    night = NOON + timedelta(hours=12)
    assert codes(looked(time=night, role="emergency-nurse"), looked(time=night, who="")) == [[], []]


def test_many_patients_in_an_hour_are_a_mass_access_of_one_person_alone() -> None:
    within = [looked(time=NOON + timedelta(minutes=2 * at)) for at in range(30)]
    assert codes(*within) == [["mass-access"]] * 30
    assert codes(*within[:29]) == [[]] * 29
    apart = [looked(time=NOON + timedelta(minutes=3 * at)) for at in range(30)]
    assert codes(*apart) == [[]] * 30
    others = [looked(who=f"TEST {at % 2}", time=one.time) for at, one in enumerate(within)]
    assert codes(*others) == [[]] * 30
    same = uuid4()
    assert codes(*[looked(patient=same, time=one.time) for one in within]) == [[]] * 30


def test_ten_refusals_in_an_hour_stand_out() -> None:
    ten = [looked(refused=True, time=NOON + timedelta(minutes=at)) for at in range(10)]
    assert codes(*ten) == [["refused"]] * 10
    assert codes(*ten[:9]) == [[]] * 9


@pytest.mark.parametrize(
    ("name", "family"),
    [("김나루", "김"), ("남궁나루", "남궁"), ("남궁", "남"), ("선우 담", "선우"), ("", "")],
)
def test_surnames_of_two_syllables_are_known(name: str, family: str) -> None:
    assert surname(name) == family


def test_the_least_retention_is_the_law_s() -> None:
    assert access_review().least_years == 2
