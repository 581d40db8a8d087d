"""What is not shown is answered like what never was: at every door, in every part of the answer."""

from collections.abc import Sequence

import pytest

from naru.consent.snapshots import Exclusion
from naru.domain.korea import korean_day
from naru.domain.privacy_policies import Policy
from naru.domain.xds import AssociationType
from tests.one_answer.adapters import ADAPTERS
from tests.one_answer.comparing import is_open
from tests.one_answer.places import Places
from tests.one_answer.test_doors import ROOMS
from tests.one_answer.test_paths import dies as note_death_of
from tests.one_answer.twins import Step, Twin, differing, hear, twins
from tests.one_answer.world import Said

assert ROOMS  # Each has told of its adapters.


def consents(twin: Twin) -> None:
    twin.world.say(
        twin.patient, Said("grant", twin.world.clock, from_date=korean_day(twin.world.clock))
    )


def withdraws(twin: Twin) -> None:
    twin.world.say(twin.patient, Said("withdraw", twin.world.clock))


def excludes(**what: object) -> Step:
    def act(twin: Twin) -> None:
        _, viewer, other = twin.world.places
        places = {"source": other.id, "viewer": viewer.id, "department": "surgery^^2.999.3"}
        named = {name: places[name] for name in what}
        out = Exclusion(**named)  # type: ignore[arg-type]  # As named.
        twin.world.say(twin.patient, Said("exclude", twin.world.clock, exclusion=out))

    return act


def sends_what_both_have(twin: Twin) -> None:
    twin.sends(twin.world.places[0])


def has_one_of_another_hospital(twin: Twin) -> None:
    twin.hides(twin.world.places[2], in_folder=True)


def has_one_of_surgery(twin: Twin) -> None:
    twin.hides(twin.world.places[0], departments=("surgery",))


def has_one_that_adds_to_what_both_have(twin: Twin) -> None:
    relation = (AssociationType.APND, twin.world.documents[0])
    twin.hides(twin.world.places[2], relation=relation)


def has_an_older_one(twin: Twin) -> None:
    twin.hides(twin.world.places[0], in_folder=True)
    withdraws(twin)
    twin.world.passes(48)
    consents(twin)


def has_a_single_record(twin: Twin) -> None:
    twin.hides_record(twin.world.places[2])


def has_a_paper(twin: Twin) -> None:
    twin.signs(Policy.CONSENT_WHOLE)


def dies(twin: Twin) -> None:
    note_death_of(twin.world, twin.patient, twin.world.places[0])


CASES: dict[str, Sequence[Step]] = {
    "withdrawn": (consents, has_one_of_another_hospital, withdraws),
    "source excluded": (
        consents,
        sends_what_both_have,
        has_one_of_another_hospital,
        excludes(source=True),
    ),
    "viewer excluded": (consents, has_one_of_another_hospital, excludes(viewer=True)),
    "department excluded": (
        consents,
        sends_what_both_have,
        has_one_of_surgery,
        excludes(department=True),
    ),
    "an addition excluded": (
        consents,
        sends_what_both_have,
        has_one_that_adds_to_what_both_have,
        excludes(source=True),
    ),
    "older than the consent": (consents, has_an_older_one, sends_what_both_have),
    "a single record excluded": (consents, has_a_single_record, excludes(source=True)),
    "dead": (consents, has_one_of_another_hospital, dies),
    "a consent document": (consents, sends_what_both_have, has_a_paper),
}


@pytest.mark.parametrize("steps", CASES.values(), ids=CASES.keys())
def test_what_is_not_shown_is_answered_like_what_never_was(
    places: Places, steps: Sequence[Step]
) -> None:
    having, lacking = twins(places, steps)
    for one in ADAPTERS:
        if not (one.can(having.question) and is_open(one, having.question)):
            continue
        found, never = hear(one, having), hear(one, lacking)
        parted = differing(found.answers, never.answers)
        assert not parted, f"{one.doors}: {parted}"
        assert found.statements == never.statements, f"{one.doors} can be told apart by its time"
