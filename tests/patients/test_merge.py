from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.core import serializers
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from naru.domain.identifiers import Identifier
from naru.domain.person import Demographics, PatientRecord, PersonName
from naru.patients import models, queries, services
from naru.patients.errors import (
    AlreadySubsumed,
    DifferentDomains,
    Part,
    Refused,
    ResidentNumbersDiffer,
    SameIdentifier,
    UnknownDomain,
    UnknownIdentifier,
)

pytestmark = pytest.mark.django_db

AFFINITY, SECOND_AFFINITY, RESIDENT = "2.999.1", "2.999.2", "2.999.3"
RED, BLUE = "2.999.10", "2.999.11"
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
NUMBER, OTHER_NUMBER = "901332-1234567", "901333-1234567"


def an_id(value: str, domain: str = AFFINITY) -> Identifier:
    return Identifier(f"TEST-{value}", domain)


def add(*identifiers: Identifier, number: str | None = None) -> UUID:
    told = Demographics(
        names=(PersonName(text="선우용"),),
        other_ids=(Identifier(number, RESIDENT),) if number else (),
    )
    return services.add(PatientRecord(identifiers=identifiers, demographics=told), now=NOW)


def merge(survivor: Identifier, subsumed: Identifier) -> UUID:
    return services.merge(survivor=survivor, subsumed=subsumed, now=NOW)


def stored() -> str:
    tables = [models.Patient, models.PatientIdentifier, models.SourceRecord, models.Joining]
    return serializers.serialize("json", [row for t in tables for row in t.objects.order_by("pk")])


def test_the_survivor_stands_for_everyone_merged_into_them() -> None:
    a, b = add(an_id("A")), add(an_id("B"))
    assert merge(an_id("A"), an_id("B")) == a
    survivor, subsumed = queries.resolve(an_id("A")), queries.resolve(an_id("B"))
    assert survivor is not None
    assert subsumed is not None
    assert survivor.patients == (a, b)
    assert not survivor.subsumed
    assert (subsumed.patient, subsumed.surviving, subsumed.subsumed) == (a, an_id("A"), True)
    assert queries.identity_set(b) == (a, b)


def test_a_chain_leads_to_its_end() -> None:
    a, b, c = add(an_id("A")), add(an_id("B")), add(an_id("C"))
    merge(an_id("B"), an_id("A"))
    merge(an_id("C"), an_id("B"))
    found = queries.resolve(an_id("A"))
    assert found is not None
    assert found.surviving == an_id("C")
    assert set(found.patients) == {a, b, c}
    assert found.patient == c


REFUSALS = [
    (SameIdentifier, an_id("A"), an_id("A"), Part.SUBSUMED),
    (UnknownDomain, an_id("A"), an_id("B", "2.999.99"), Part.SUBSUMED),
    (UnknownDomain, an_id("A", "2.999.99"), an_id("B"), Part.SURVIVOR),
    (DifferentDomains, an_id("A"), an_id("R", RED), Part.SUBSUMED),
    (UnknownIdentifier, an_id("A"), an_id("Z"), Part.SUBSUMED),
    (UnknownIdentifier, an_id("Z"), an_id("A"), Part.SURVIVOR),
    (AlreadySubsumed, an_id("A"), an_id("C"), Part.SUBSUMED),
    (AlreadySubsumed, an_id("C"), an_id("A"), Part.SURVIVOR),
]


@pytest.mark.parametrize(("error", "survivor", "subsumed", "part"), REFUSALS)
def test_a_refused_merge_changes_nothing(
    error: type[Refused], survivor: Identifier, subsumed: Identifier, part: Part
) -> None:
    # ITI TF-2 3.8.4.2.4
    for value in "ABC":
        add(an_id(value))
    add(an_id("R", RED))
    merge(an_id("B"), an_id("C"))
    before = stored()
    with pytest.raises(error) as refused:
        merge(survivor, subsumed)
    assert refused.value.part is part
    assert "TEST-" not in str(refused.value)
    assert stored() == before


def test_a_hospitals_merge_leaves_one_id_in_the_affinity_domain() -> None:
    a, b = add(an_id("A", RED)), add(an_id("B", RED))
    kept, ended = queries.affinity_id(a), queries.affinity_id(b)
    assert kept is not None
    assert ended is not None
    merge(an_id("A", RED), an_id("B", RED))
    assert queries.affinity_id(b) == kept
    found = queries.resolve(ended)
    assert found is not None
    assert (found.subsumed, found.surviving) == (True, kept)
    assert queries.cross_references(an_id("A", RED)) == (kept,)


def test_an_id_of_a_domain_that_the_survivor_lacks_lives_on() -> None:
    a = add(an_id("A"))
    add(an_id("B"), an_id("B", SECOND_AFFINITY), an_id("B", BLUE))
    merge(an_id("A"), an_id("B"))
    assert set(queries.cross_references(an_id("A"))) == {
        an_id("B", SECOND_AFFINITY),
        an_id("B", BLUE),
    }
    found = queries.resolve(an_id("B", BLUE))
    assert found is not None
    assert (found.patient, found.subsumed) == (a, False)


def test_two_ids_of_one_person_may_be_merged() -> None:
    patient = add(an_id("A", RED), number=NUMBER)
    assert add(an_id("B", RED), number=NUMBER) == patient
    assert merge(an_id("A", RED), an_id("B", RED)) == patient
    assert queries.identity_set(patient)[0] == patient
    assert an_id("B", RED) not in queries.cross_references(an_id("A", RED))


def test_a_hospital_joins_no_two_persons_of_different_numbers() -> None:
    add(an_id("A", RED), number=NUMBER)
    add(an_id("B", RED), number=OTHER_NUMBER)
    before = stored()
    with pytest.raises(ResidentNumbersDiffer):
        merge(an_id("A", RED), an_id("B", RED))
    assert stored() == before


def revise(identifier: Identifier, number: str) -> None:
    told = Demographics(other_ids=(Identifier(number, RESIDENT),))
    services.revise(PatientRecord(identifiers=(identifier,), demographics=told), now=NOW)


def test_a_hospital_joins_nobody_by_revising_numbers_first() -> None:
    v, w = add(an_id("V", RED), number=NUMBER), add(an_id("W", RED), number=OTHER_NUMBER)
    assert add(an_id("1", BLUE), number=NUMBER) == v
    assert add(an_id("2", BLUE), number=OTHER_NUMBER) == w
    revise(an_id("1", BLUE), OTHER_NUMBER)
    assert v in queries.flagged()
    with pytest.raises(ResidentNumbersDiffer):
        merge(an_id("1", BLUE), an_id("2", BLUE))
    revise(an_id("2", BLUE), NUMBER)
    with pytest.raises(ResidentNumbersDiffer):
        merge(an_id("1", BLUE), an_id("2", BLUE))
    add(an_id("3", BLUE))
    with pytest.raises(ResidentNumbersDiffer):
        merge(an_id("1", BLUE), an_id("3", BLUE))
    assert set(queries.flagged()) == {v, w}


def test_a_person_of_whom_two_numbers_are_told_is_linked_with_nobody() -> None:
    v = add(an_id("V", RED), number=NUMBER)
    assert add(an_id("1", BLUE), number=NUMBER) == v
    revise(an_id("1", BLUE), OTHER_NUMBER)
    assert add(an_id("W", RED), number=OTHER_NUMBER) != v
    assert add(an_id("X", RED), number=NUMBER) != v
    assert v in queries.flagged()


def test_the_affinity_domains_own_source_may_join_them() -> None:
    a = add(an_id("A"), number=NUMBER)
    add(an_id("B"), number=OTHER_NUMBER)
    assert merge(an_id("A"), an_id("B")) == a


def test_a_merge_moves_no_record_and_no_identifier() -> None:
    add(an_id("A"))
    add(an_id("B"))
    before = {
        row.pk: (row.patient_id, row.record_id) for row in models.PatientIdentifier.objects.all()
    }
    sealed = [bytes(row.sealed) for row in models.SourceRecord.objects.order_by("pk")]
    merge(an_id("A"), an_id("B"))
    after = {
        row.pk: (row.patient_id, row.record_id) for row in models.PatientIdentifier.objects.all()
    }
    assert after == before
    assert [bytes(row.sealed) for row in models.SourceRecord.objects.order_by("pk")] == sealed


PAIRS = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=12)


@given(pairs=PAIRS)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_merges_agree_with_a_union_of_sets(pairs: list[tuple[int, int]]) -> None:
    with transaction.atomic():
        patients = [add(an_id(str(n))) for n in range(8)]
        successor: dict[int, int] = {}
        for survivor, subsumed in pairs:
            refused = survivor == subsumed or survivor in successor or subsumed in successor
            if refused:
                with pytest.raises(Refused):
                    merge(an_id(str(survivor)), an_id(str(subsumed)))
            else:
                merge(an_id(str(survivor)), an_id(str(subsumed)))
                successor[subsumed] = survivor
        for n in range(8):
            end = n
            while end in successor:
                end = successor[end]
            found = queries.resolve(an_id(str(n)))
            assert found is not None
            assert found.patient == patients[end]
            assert found.surviving == an_id(str(end))
            assert found.subsumed == (n in successor)
            assert queries.identity_set(patients[n]) == found.patients
            assert set(found.patients) == {
                patients[m] for m in range(8) if _end(m, successor) == end
            }
        transaction.set_rollback(True)


def _end(n: int, successor: dict[int, int]) -> int:
    return _end(successor[n], successor) if n in successor else n


def test_a_registry_finds_whom_an_id_means_by_one_indexed_query() -> None:
    add(an_id("A"))
    with connection.execute_wrapper(_forbid_second_query()):
        queries.resolve(an_id("A"))
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN QUERY PLAN " + queries._RESOLVE.format(forms="(%s)"), [b""])
            plan = " ".join(row[3] for row in cursor.fetchall())
        assert "SCAN" not in plan


def _forbid_second_query() -> object:
    executed: list[str] = []

    def wrapper(execute, sql, params, many, context):  # type: ignore[no-untyped-def]  # Django's.  # noqa: ANN001, ANN202
        executed.append(sql)
        assert len(executed) == 1
        return execute(sql, params, many, context)

    return wrapper
