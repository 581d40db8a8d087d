"""What is not shown is answered like what never was: at every door, in every part of the answer."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from naru.consent import policy as policies
from naru.consent import services
from naru.consent.programmes import Programme, ProgrammeKind
from naru.consent.snapshots import Exclusion
from naru.domain.arrangements import Demand
from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role
from naru.domain.codes import Code
from naru.domain.decision import Scope
from naru.domain.korea import korean_day
from naru.domain.privacy_policies import Policy
from naru.domain.xds import AssociationType
from naru.exchange import decide
from naru.exchange.access import Access
from naru.exchange.consent import wishes
from naru.exchange.sendings import delivery
from naru.exchange.without_consent import statutory
from tests.one_answer.adapters import ADAPTERS
from tests.one_answer.comparing import is_open
from tests.one_answer.places import Place, Places
from tests.one_answer.sight import STUDY
from tests.one_answer.test_doors import ROOMS
from tests.one_answer.test_paths import dies as note_death_of
from tests.one_answer.twins import Step, Twin, differing, hear, kept, twins
from tests.one_answer.world import Said

SENSITIVE = Code("PSY", "2.16.840.1.113883.5.4")
GENETIC = Code("GDIS", "2.16.840.1.113883.5.4")
CLAUSE = "제21조제3항제4호"

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


def has_one_that_policy_hides(twin: Twin) -> None:
    twin.hides(twin.world.places[0], confidentiality=SENSITIVE)


def has_a_genetic_one(twin: Twin) -> None:
    """It goes to who asked for it to treat the same disease, and to nobody else."""
    source, _viewer, other = twin.world.places
    officer = replace(by(twin, Role.PRIVACY_OFFICER, source), time=twin.world.passes())
    wishes.same_disease(officer, twin.patient.key, other.id, "시험", days=9)
    twin.hides(source, to=[other], confidentiality=GENETIC)


def has_one_that_is_hidden_by_itself(twin: Twin) -> None:
    twin.hides(twin.world.places[0], in_folder=True)
    out = Exclusion(document=twin.world.documents[-1].unique_id)
    twin.world.say(twin.patient, Said("exclude", twin.world.clock, exclusion=out))


def is_not_treated_any_more(twin: Twin) -> None:
    _source, viewer, _other = twin.world.places
    now = twin.world.now()
    for one in twin.patient.relations:
        if one.institution == viewer.id:
            assert services.end_relation(twin.patient.key, viewer.id, one.kind, one.reference, now)


def has_one_that_another_is_sent_by_name(twin: Twin) -> None:
    twin.hides(twin.world.places[0], to=[twin.world.places[2]])


def by(twin: Twin, role: Role, place: Place | None) -> Access:
    caller = Caller(
        role=role,
        purpose=PurposeOfUse.PATIENT_REQUEST,
        assurance=Assurance.SESSION,
        institution=None if place is None else place.id,
        person=None if place is None else uuid4(),
        patient=twin.patient.key if place is None else None,
    )
    return Access(transaction="TEST", caller=caller, time=twin.world.now())


def directs_it_to_another(twin: Twin) -> None:
    if twin.has:
        chosen = {twin.world.documents[-1].unique_id}
        to = twin.world.places[2].id
        access = by(twin, Role.PATIENT, None)
        delivery.direct(access, twin.patient.key, to, chosen, purpose="시험", days=1)


def is_released_to_another(twin: Twin) -> None:
    if twin.has:
        source, _viewer, other = twin.world.places
        scope = Scope(first=korean_day(twin.world.clock) - timedelta(days=400))
        asked = Demand(clause=CLAUSE, letter="TEST-1", recipient=other.id, scope=scope)
        officer = by(twin, Role.PRIVACY_OFFICER, source)
        case = statutory.demand(officer, twin.patient.key, asked)
        statutory.release(by(twin, Role.PRIVACY_OFFICER, source), case, "시험")


def joins_a_programme(twin: Twin) -> None:
    if twin.has:
        wishes.join_programme(by(twin, Role.PATIENT, None), twin.patient.key, STUDY)


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
    "hidden by policy": (consents, sends_what_both_have, has_one_that_policy_hides),
    "genetic": (consents, sends_what_both_have, has_a_genetic_one),
    "hidden by itself": (consents, sends_what_both_have, has_one_that_is_hidden_by_itself),
    "not treated": (consents, has_one_of_another_hospital, is_not_treated_any_more),
    "sent to another": (has_one_that_another_is_sent_by_name,),
    "delivered to another": (
        consents,
        has_one_of_another_hospital,
        withdraws,
        directs_it_to_another,
    ),
    "released to another": (consents, has_one_of_surgery, withdraws, is_released_to_another),
    "in a programme": (consents, has_one_of_another_hospital, withdraws, joins_a_programme),
}
OF_ANOTHER_PATIENT = ("withdrawn", "source excluded", "a single record excluded", "dead")


@pytest.fixture(autouse=True)
def strict_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A programme is approved, and what is sensitive is hidden until its patient shows it."""
    shipped, today = policies.policy(), korean_day(datetime.now(UTC))
    approved = Programme(
        code=STUDY,
        name="시험 연구",
        kind=ProgrammeKind.RESEARCH,
        approval="TEST",
        first=today - timedelta(days=9),
        last=today + timedelta(days=9),
        records=True,
    )
    changed = replace(
        shipped,
        settings=replace(shipped.settings, sensitive_hidden=True, programmes=(approved,)),
    )
    monkeypatch.setattr(policies, "_policy", lambda *_, **__: changed)


@pytest.mark.parametrize("steps", CASES.values(), ids=CASES.keys())
def test_what_is_not_shown_is_answered_like_what_never_was(
    places: Places, steps: Sequence[Step]
) -> None:
    _tell_nothing_apart(*twins(places, steps))


@pytest.mark.parametrize("case", OF_ANOTHER_PATIENT)
def test_another_s_record_is_answered_to_a_citizen_like_what_never_was(
    places: Places, case: str
) -> None:
    _tell_nothing_apart(*twins(places, CASES[case], by_citizen=True))


@pytest.mark.parametrize("case", ["withdrawn", "source excluded", "genetic"])
def test_what_an_institution_keeps_as_files_is_the_same(places: Places, case: str) -> None:
    having, lacking = twins(places, CASES[case])
    parted = differing(kept(having), kept(lacking))
    assert not parted, parted


def test_a_line_in_the_log_would_be_noticed(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody who wrote into the log that something was withheld is found by the comparison."""
    having, lacking = twins(places, CASES["withdrawn"])
    decide_ = decide.Deciding._decide

    def loud(self: Any, indexed: Any) -> Any:
        decision = decide_(self, indexed)
        if not decision.permitted:
            logging.getLogger("naru.exchange").info("withheld")
        return decision

    monkeypatch.setattr(decide.Deciding, "_decide", loud)
    with pytest.raises(AssertionError, match=r"withheld|answers, not"):
        _tell_nothing_apart(having, lacking)


def _tell_nothing_apart(having: Twin, lacking: Twin) -> None:
    for one in ADAPTERS:
        if not is_open(one, having.question):
            continue
        current = not one.can(having.question)  # Pages show what is current.
        if current and not one.can(having.asks_for_current):
            continue
        found, never = (hear(one, twin, current=current) for twin in (having, lacking))
        parted = differing(found.answers, never.answers)
        assert not parted, f"{one.doors}: {parted}"
        asked, without = found.statements, never.statements
        parts = (*(asked - without).items(), *(without - asked).items())
        assert asked.total() == without.total(), f"{one.doors} is told apart by its time: {parts}"
