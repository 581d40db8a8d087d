"""Persons joined and parted in any order: what stands is what the standing acts say, no more."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.core import serializers
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role
from naru.domain.identifiers import Identifier
from naru.domain.person import Demographics, Gender, PatientRecord, PersonName, Telecom
from naru.patients import cases, models, queries, services
from naru.patients.errors import NotJoined, Refused, UnknownCase, WhyMissing
from naru.patients.joining import By
from naru.patients.linkage.rules import Judgement, Reason, Verdict

pytestmark = pytest.mark.django_db

AFFINITY, SECOND_AFFINITY = "2.999.1", "2.999.2"
RED, BLUE = "2.999.10", "2.999.11"
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
STEWARD = Caller(
    role=Role.STEWARD,
    purpose=PurposeOfUse.OPERATIONS,
    assurance=Assurance.SESSION,
    person=UUID(int=7),
)
BY = By(now=NOW, caller=STEWARD, why="전화로 확인")
HISTORY = {models.Joining, models.MatchDecision}
STATE = [
    models.Domain,
    models.Patient,
    models.SourceRecord,
    models.PatientIdentifier,
    models.ResidentNumber,
    models.SearchToken,
    models.MatchCase,
]


def everything() -> str:
    """Every row of every table of the room but the history, as it is stored."""
    return "\n".join(serializers.serialize("json", table.objects.order_by("pk")) for table in STATE)


def add(value: str, domain: str = RED, *more: Identifier) -> UUID:
    told = Demographics(names=(PersonName(text=f"갈대{value}"),))
    own = Identifier(f"TEST-{value}", domain)
    return services.add(PatientRecord(identifiers=(own, *more), demographics=told), now=NOW)


def a_case(one: UUID, other: UUID) -> UUID:
    unlike = Judgement(Verdict.REVIEW, Reason.WEIGHT, 30.0, (0, 0, 7, 7, 7, 7))  # type: ignore[arg-type]  # Only its words are kept.
    return cases.open_case(one, other, unlike, NOW).key


def last_join() -> UUID:
    found: UUID = models.Joining.objects.latest("id").key
    return found


def test_the_dump_misses_no_table_of_the_room() -> None:
    from django.apps import apps

    assert set(apps.get_app_config("patients").get_models()) == {*STATE, *HISTORY}


def test_a_link_is_one_person_and_an_unlink_leaves_every_byte_as_it_was() -> None:
    a, b = add("A"), add("B", BLUE)
    case = a_case(a, b)
    before = everything()
    assert services.decide_link(case, BY) == a
    assert queries.identity_set(b) == (a, b)
    kept = queries.affinity_id(a)
    assert queries.cross_references(Identifier("TEST-A", RED)) == (
        kept,
        Identifier("TEST-B", BLUE),
    )
    services.part(last_join(), BY)
    assert everything() == before
    assert queries.identity_set(b) == (b,)


def test_a_merge_taken_back_leaves_every_byte_as_it_was() -> None:
    add("A", RED, Identifier("TEST-A2", SECOND_AFFINITY))
    add("B", RED, Identifier("TEST-B2", SECOND_AFFINITY))
    before = everything()
    one, other = Identifier("TEST-A", RED), Identifier("TEST-B", RED)
    services.steward_merge(survivor=one, subsumed=other, by=BY)
    assert queries.resolve(other).subsumed  # type: ignore[union-attr]  # It is known.
    services.part(last_join(), BY)
    assert everything() == before


def test_what_a_later_join_rested_on_may_be_taken_back_first() -> None:
    a, b, c = add("A"), add("B", BLUE), add("C", "2.999.10")
    services.decide_link(a_case(a, b), BY)
    first = last_join()
    services.decide_link(a_case(b, c), BY)
    assert len(queries.identity_set(a)) == 3
    services.part(first, BY)
    assert queries.identity_set(a) == (a,)
    assert set(queries.identity_set(b)) == {b, c}


def test_every_decision_says_who_when_and_why_and_only_once() -> None:
    case = a_case(add("A"), add("B", BLUE))
    services.decide_link(case, BY)
    act = last_join()
    services.part(act, BY)
    history = queries.decisions(case)
    assert [one.outcome for one in history] == ["linked", "apart"]
    assert {(one.role, one.person, one.at, one.why) for one in history} == {
        ("steward", UUID(int=7), NOW, "전화로 확인")
    }
    with pytest.raises(NotJoined):
        services.part(act, BY)


def test_why_is_kept_sealed() -> None:
    services.decide_link(a_case(add("A"), add("B", BLUE)), BY)
    stored = bytes(models.Joining.objects.latest("id").why or b"")
    assert "전화".encode() not in stored
    assert len(stored) > 20


@pytest.mark.parametrize("why", ["", "  ", "x" * 501])
def test_whoever_decides_says_why(why: str) -> None:
    case = a_case(add("A"), add("B", BLUE))
    for decide in (services.decide_link, services.decide_apart, services.reopen):
        with pytest.raises(WhyMissing):
            decide(case, By(now=NOW, caller=STEWARD, why=why))


def test_one_person_is_not_linked_with_itself() -> None:
    case = a_case(add("A"), add("B", BLUE))
    services.decide_link(case, BY)
    for decide in (services.decide_link, services.decide_apart, services.reopen):
        with pytest.raises(UnknownCase):
            decide(case, BY)


def test_a_source_that_tells_more_while_linked_stands_after_the_unlink() -> None:
    a, b = add("A"), add("B", BLUE)
    services.decide_link(a_case(a, b), BY)
    add("B", BLUE)
    services.part(last_join(), BY)
    assert [len(queries.sources(one)) for one in (a, b)] == [1, 1]


STEPS = st.lists(
    st.tuples(st.sampled_from(["link", "merge", "part"]), st.integers(0, 5), st.integers(0, 5)),
    max_size=10,
)


@given(before=STEPS, pair=st.tuples(st.integers(0, 5), st.integers(0, 5)), merge=st.booleans())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_join_taken_back_at_once_leaves_every_byte_as_it_was(
    before: list[tuple[str, int, int]], pair: tuple[int, int], *, merge: bool
) -> None:
    with transaction.atomic():
        people = [
            add(str(n), RED, Identifier(f"TEST-{n}", SECOND_AFFINITY)) if n % 2 else add(str(n))
            for n in range(6)
        ]
        for kind, one, other in before:
            _try(kind, people, one, other)
        if not merge and pair[0] != pair[1]:
            a_case(people[pair[0]], people[pair[1]])
        stood, acts = everything(), models.Joining.objects.count()
        _try("merge" if merge else "link", people, *pair)
        if models.Joining.objects.count() > acts:
            services.part(last_join(), BY)
        assert everything() == stood
        transaction.set_rollback(True)


def _try(kind: str, people: list[UUID], one: int, other: int) -> None:
    try:
        with transaction.atomic():
            if kind == "link" and one != other:
                services.decide_link(a_case(people[one], people[other]), BY)
            elif kind == "merge":
                services.steward_merge(
                    survivor=Identifier(f"TEST-{one}", RED),
                    subsumed=Identifier(f"TEST-{other}", RED),
                    by=BY,
                )
            elif kind == "part":
                standing = list(
                    models.Joining.objects.filter(act__in=("linked", "merged"), undone_by=None)
                )
                if standing:
                    services.part(standing[one % len(standing)].key, BY)
    except Refused:
        pass  # What is refused changes nothing; the dump would show it.


@given(steps=STEPS)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_acts_leave_one_survivor_and_one_id_of_the_affinity_domain(
    steps: list[tuple[str, int, int]],
) -> None:
    with transaction.atomic():
        people = [add(str(n)) for n in range(6)]
        for step in steps:
            _try(step[0], people, *step[1:])
        for person in people:
            members = queries.identity_set(person)
            assert {queries.identity_set(one) for one in members} == {members}
            held = models.PatientIdentifier.objects.filter(
                patient__key__in=members, domain__oid=AFFINITY, subsumed_by=None
            )
            assert held.count() == 1
        transaction.set_rollback(True)


def grown(value: str, domain: str, **more: object) -> UUID:
    told: dict[str, object] = {
        "names": (PersonName(text="황보민서"),),
        "birth_time": "19800102",
        "gender": Gender.FEMALE,
        "telecoms": (Telecom("01001234321"),),
    }
    record = PatientRecord(
        identifiers=(Identifier(value, domain),),
        demographics=Demographics(**(told | more)),  # type: ignore[arg-type]  # Its fields.
    )
    return services.add(record, now=NOW)


def test_a_link_that_the_program_made_is_taken_back_and_not_made_again() -> None:
    a = grown("TEST-1", RED)
    assert grown("TEST-2", BLUE) == a
    services.part(last_join(), BY)
    two = queries.resolve(Identifier("TEST-2", BLUE))
    assert two is not None
    assert two.patient != a
    assert queries.affinity_id(two.patient) != queries.affinity_id(a)
    assert grown("TEST-2", BLUE) == two.patient
    assert queries.waiting_cases() == ()
