"""Stored queries against a filter over values, and what they must not show."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from naru.domain import dtm
from naru.domain.codes import Code
from naru.domain.identifiers import Identifier
from naru.domain.registry_errors import RegistryFailure
from naru.domain.stored_query import (
    FindDocuments,
    FindSubmissionSets,
    Found,
    GetAll,
    GetAssociations,
    GetDocuments,
    GetDocumentsAndAssociations,
    StoredQuery,
    TimeRange,
)
from naru.domain.xds import (
    AssociationType,
    Author,
    AvailabilityStatus,
    DocumentEntry,
    DocumentEntryType,
    Submission,
    SubmissionSetStatus,
)
from naru.registry import queries, services
from naru.registry.like import like
from naru.registry.models import Entry
from naru.registry.values import Indexed, Permit
from tests.registry.synthetic import (
    HOSPITAL,
    NOW,
    ORIGIN,
    REPOSITORY,
    SCHEME,
    People,
    all_permitted,
    code,
    entry,
    folder,
    has_member,
    relate,
    submission,
)

pytestmark = pytest.mark.django_db

APPROVED, DEPRECATED = AvailabilityStatus.APPROVED, AvailabilityStatus.DEPRECATED
BOTH = (APPROVED, DEPRECATED)
Run = Callable[..., Found]


@pytest.fixture
def people() -> People:
    return People()


@pytest.fixture
def patient(people: People) -> Identifier:
    return people.add("TEST-P1")


@pytest.fixture
def run(people: People) -> Run:
    def act(query: StoredQuery, *, permit: Permit = all_permitted, leaf: bool = True) -> Found:
        return queries.run(query, patients=people, permit=permit, leaf=leaf)

    return act


@pytest.fixture(autouse=True)
def _in_a_transaction(db: None) -> Iterator[None]:
    with transaction.atomic():
        yield


def register(people: People, sent: Submission) -> Submission:
    return services.register(
        sent, origin=ORIGIN, now=NOW, patients=people, permit=all_permitted
    ).submission


def put(people: People, patient: Identifier, **changes: object) -> DocumentEntry:
    return register(people, submission(patient, entry(patient, **changes))).entries[0]


def withholding(*uuids: str) -> Permit:
    def permit(items: Sequence[Indexed]) -> list[bool]:
        return [item.entry_uuid not in uuids for item in items]

    return permit


def whole(patient: Identifier) -> GetAll:
    return GetAll(
        patient_id=patient, entry_status=BOTH, submission_set_status=BOTH, folder_status=BOTH
    )


# FindDocuments against a filter over values

CODES = st.sampled_from([Code("a", SCHEME), Code("b", SCHEME), Code("a", "2.999.33")])
TIMES = st.sampled_from(
    ["2024", "202406", "20240601", "2024060112", "202406011230", "20240601123059", "2025"]
)
RANGES = st.builds(TimeRange, st.none() | TIMES, st.none() | TIMES)
PERSONS = st.sampled_from(["1^Kim^A", "2^Kim_B", "3^Lee%", "가나다", None])
GROUPS = st.lists(st.lists(CODES, min_size=1, max_size=2).map(tuple), max_size=2).map(tuple)
SOME = st.lists(CODES, max_size=2).map(tuple)
ATTRIBUTES = st.fixed_dictionaries(
    {
        "class_code": CODES,
        "type_code": CODES,
        "format_code": CODES,
        "practice_setting_code": CODES,
        "healthcare_facility_type_code": CODES,
        "event_codes": st.lists(CODES, max_size=2).map(tuple),
        "confidentiality_codes": st.lists(CODES, min_size=1, max_size=2).map(tuple),
        "creation_time": TIMES,
        "service_start_time": st.none() | TIMES,
        "service_stop_time": st.none(),
        "authors": st.lists(
            PERSONS.map(lambda person: Author(person=person, roles=("x",))), max_size=2
        ).map(tuple),
    }
)
QUERIES = st.fixed_dictionaries(
    {"status": st.sampled_from([(APPROVED,), (DEPRECATED,), BOTH])},
    optional={
        "class_codes": SOME,
        "type_codes": SOME,
        "practice_setting_codes": SOME,
        "healthcare_facility_type_codes": SOME,
        "format_codes": SOME,
        "event_codes": GROUPS,
        "confidentiality_codes": GROUPS,
        "author_persons": st.lists(
            st.sampled_from(["%Kim%", "_^Kim__", "3^Lee%", "가_다", "%", "x%"]), max_size=2
        ).map(tuple),
        "creation_time": RANGES,
        "service_start_time": RANGES,
        "object_types": st.sampled_from(
            [(DocumentEntryType.STABLE,), (DocumentEntryType.ON_DEMAND,), tuple(DocumentEntryType)]
        ),
    },
)


def in_range(text: str | None, times: TimeRange) -> bool:
    if text is None:
        return True
    at = dtm.earliest(text)
    return (times.start is None or dtm.earliest(times.start) <= at) and (
        times.end is None or at < dtm.earliest(times.end)
    )


def one_of(value: Code | None, wanted: Sequence[Code]) -> bool:
    return not wanted or any(value is not None and value.same_as(one) for one in wanted)


def all_groups(values: Sequence[Code], groups: Sequence[Sequence[Code]]) -> bool:
    return all(any(a.same_as(b) for a in values for b in group) for group in groups)


def sql_like(text: str, pattern: str) -> bool:
    parts = {"%": ".*", "_": "."}
    expression = "".join(parts.get(sign) or re.escape(sign) for sign in pattern)
    return re.fullmatch(expression, text, re.DOTALL) is not None


def matches(one: DocumentEntry, query: FindDocuments) -> bool:
    return (
        one.availability_status in query.status
        and one.object_type in query.object_types
        and one_of(one.class_code, query.class_codes)
        and one_of(one.type_code, query.type_codes)
        and one_of(one.practice_setting_code, query.practice_setting_codes)
        and one_of(one.healthcare_facility_type_code, query.healthcare_facility_type_codes)
        and one_of(one.format_code, query.format_codes)
        and all_groups(one.event_codes, query.event_codes)
        and all_groups(one.confidentiality_codes, query.confidentiality_codes)
        and (
            one.object_type is DocumentEntryType.ON_DEMAND
            or in_range(one.creation_time, query.creation_time)
        )
        and in_range(one.service_start_time, query.service_start_time)
        and (
            not query.author_persons
            or any(
                author.person is not None and sql_like(author.person, pattern)
                for author in one.authors
                for pattern in query.author_persons
            )
        )
    )


@given(
    documents=st.lists(st.tuples(ATTRIBUTES, st.booleans(), st.booleans()), min_size=1, max_size=6),
    asked=st.lists(QUERIES, min_size=1, max_size=6),
)
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_find_documents_is_a_filter_over_values(
    documents: list[tuple[dict[str, object], bool, bool]], asked: list[dict[str, object]]
) -> None:
    people = People()
    patient, other = people.add("TEST-P1"), people.add("TEST-P2")
    put(people, other)
    kept = []
    for attributes, deprecated, on_demand in documents:
        one = put(people, patient, **attributes)
        if deprecated:
            Entry.objects.filter(entry_uuid=one.entry_uuid).update(status=2)
            one = replace(one, availability_status=DEPRECATED)
        if on_demand:
            Entry.objects.filter(entry_uuid=one.entry_uuid).update(object_type=2)
        kept.append((one, DocumentEntryType.ON_DEMAND if on_demand else one.object_type))
    for parameters in asked:
        query = FindDocuments(patient_id=patient, **parameters)  # type: ignore[arg-type]  # By name.
        found = queries.run(query, patients=people, permit=all_permitted, leaf=True)
        expected = tuple(
            one for one, kind in kept if matches(replace(one, object_type=kind), query)
        )
        assert found == Found(entries=expected)


@given(text=st.text("ab가%_\n", max_size=12), pattern=st.text("ab가%_\n", max_size=8))
def test_like_is_sqls_like(text: str, pattern: str) -> None:
    assert like(text, pattern) == sql_like(text, pattern)


@pytest.mark.timeout(5)
def test_like_takes_no_more_than_the_product_of_the_lengths() -> None:
    assert not like("a" * 3000, "%a" * 1000 + "b")


def test_a_time_range_is_half_open(people: People, patient: Identifier, run: Run) -> None:
    one = put(people, patient, creation_time="20240601")
    for start, end, expected in [
        ("20240601", "20240602", True),
        ("20240601000001", None, False),
        (None, "20240601", False),
        (None, "20240601000001", True),
    ]:
        query = FindDocuments(patient_id=patient, status=BOTH, creation_time=TimeRange(start, end))
        assert run(query).entries == ((one,) if expected else ())


# Cost


def test_find_documents_takes_two_statements_whatever_there_is(
    people: People, patient: Identifier, run: Run
) -> None:
    for number in range(3):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert len(run(FindDocuments(patient_id=patient, status=BOTH)).entries) == number
        assert len(captured) == 2  # The entries, and from which others these were assembled.
        put(people, patient)


# Patients


def test_an_unknown_patient_has_nothing(run: Run) -> None:
    nobody = Identifier("TEST-X", "2.999.1")
    assert run(FindDocuments(patient_id=nobody, status=BOTH)) == Found()
    assert run(FindSubmissionSets(patient_id=nobody, status=BOTH)) == Found()
    assert run(whole(nobody)) == Found()


def test_the_survivor_of_a_merge_has_the_union_under_its_own_id(
    people: People, patient: Identifier, run: Run
) -> None:
    other = people.add("TEST-P2")
    for owner in (patient, other):
        register(people, submission(owner, entry(owner), folders=[folder(owner)]))
    people.subsume(patient, other)
    found = run(whole(patient))
    shown = [*found.entries, *found.submission_sets, *found.folders]
    assert len(shown) == 6
    assert {one.patient_id for one in shown} == {patient}
    uuids = tuple(one.entry_uuid for one in found.entries)
    assert {one.patient_id for one in run(GetDocuments(entry_uuids=uuids)).entries} == {patient}
    assert run(whole(other)) == Found()


def test_the_permit_is_asked_about_the_survivor(
    people: People, patient: Identifier, run: Run
) -> None:
    other = people.add("TEST-P2")
    one = put(people, other)
    people.subsume(patient, other)
    asked: list[Indexed] = []

    def permit(items: Sequence[Indexed]) -> list[bool]:
        asked.extend(items)
        return [True] * len(items)

    for query in (
        FindDocuments(patient_id=patient, status=BOTH),
        GetDocuments(entry_uuids=(one.entry_uuid,)),
        GetAssociations(uuids=(one.entry_uuid,)),
        whole(patient),
    ):
        run(query, permit=permit)
    asked.extend(queries.locate(REPOSITORY, one.unique_id, patients=people))
    assert len(asked) > 5
    assert {item.patient for item in asked} == {people.known[patient].patient}


def test_documents_of_merged_patients_are_of_one_patient(
    people: People, patient: Identifier, run: Run
) -> None:
    other = people.add("TEST-P2")
    uuids = (put(people, patient).entry_uuid, put(people, other).entry_uuid)
    people.subsume(patient, other)
    assert len(run(GetDocuments(entry_uuids=uuids)).entries) == 2


def test_whole_documents_of_two_patients_are_not_given_at_once(
    people: People, patient: Identifier, run: Run
) -> None:
    one, two = put(people, patient), put(people, people.add("TEST-P2"))
    uuids = (one.entry_uuid, two.entry_uuid)
    for query in (GetDocuments(entry_uuids=uuids), GetDocumentsAndAssociations(entry_uuids=uuids)):
        with pytest.raises(RegistryFailure, match="XDSResultNotSinglePatient"):
            run(query)
        assert len(run(query, leaf=False).entries) == 2
        # That one is withheld must not show by an error either.
        found = run(query, permit=withholding(two.entry_uuid))
        assert [each.entry_uuid for each in found.entries] == [one.entry_uuid]


# The other queries


def test_a_unique_id_may_name_several_documents(
    people: People, patient: Identifier, run: Run
) -> None:
    one = put(people, patient)
    two = put(people, patient, unique_id=one.unique_id)
    assert run(GetDocuments(unique_ids=(one.unique_id,))).entries == (one, two)
    located = queries.locate(REPOSITORY, one.unique_id, patients=people)
    assert [item.entry_uuid for item in located] == [one.entry_uuid, two.entry_uuid]
    assert queries.locate("2.999.77", one.unique_id, patients=people) == ()


def test_an_object_ref_has_no_more_than_ids(people: People, patient: Identifier, run: Run) -> None:
    kept = register(people, submission(patient, entry(patient), folders=[folder(patient)]))
    found = run(whole(patient), leaf=False)
    assert [one.entry_uuid for one in found.entries] == [kept.entries[0].entry_uuid]
    assert [one.entry_uuid for one in found.folders] == [kept.folders[0].entry_uuid]
    assert [one.entry_uuid for one in found.submission_sets] == [kept.submission_set.entry_uuid]
    assert found.entries[0].patient_id is None
    assert found.entries[0].title == ()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"status": (DEPRECATED,)}, False),
        ({"source_ids": ("2.999.8", "2.999.88")}, True),
        ({"source_ids": ("2.999.88",)}, False),
        ({"submission_time": TimeRange("20260103", "20260104")}, True),
        ({"submission_time": TimeRange(None, "20260103")}, False),
        ({"author_person": "%라마_"}, True),
        ({"author_person": "라마바"}, False),
        ({"content_types": (code("x"), code("content"))}, True),
        ({"content_types": (code("x"),)}, False),
    ],
    ids=str,
)
def test_find_submission_sets(
    people: People, patient: Identifier, run: Run, changes: dict[str, object], *, expected: bool
) -> None:
    kept = register(people, submission(patient, entry(patient))).submission_set
    query = FindSubmissionSets(patient_id=patient, **{"status": (APPROVED,), **changes})  # type: ignore[arg-type]  # By name.
    assert run(query).submission_sets == ((kept,) if expected else ())


def test_get_all_gives_associations_whose_other_end_is_outside(
    people: People, patient: Identifier, run: Run
) -> None:
    old = put(people, patient)
    new = register(
        people,
        submission(
            patient,
            entry(patient),
            associations=[relate("document", AssociationType.RPLC, old.entry_uuid)],
        ),
    )
    query = replace(whole(patient), entry_status=(APPROVED,))
    found = run(query)
    assert [one.entry_uuid for one in found.entries] == [new.entries[0].entry_uuid]
    assert set(new.associations) <= set(found.associations)
    other = register(
        people,
        submission(
            people.add("TEST-P2"),
            associations=[
                has_member("set", new.entries[0].entry_uuid, SubmissionSetStatus.REFERENCE)
            ],
        ),
    )
    assert set(other.associations) <= set(run(query).associations)


def test_get_all_filters_documents_by_format_and_confidentiality(
    people: People, patient: Identifier, run: Run
) -> None:
    one = put(people, patient, format_code=code("one"), confidentiality_codes=(code("R"),))
    put(people, patient)
    for changes in (
        {"format_codes": (code("one"),)},
        {"confidentiality_codes": ((code("R"), code("V")),)},
    ):
        assert run(replace(whole(patient), **changes)).entries == (one,)  # type: ignore[arg-type]  # By name.


def test_get_associations_gives_both_directions(
    people: People, patient: Identifier, run: Run
) -> None:
    kept = register(
        people,
        submission(
            patient,
            entry(patient, "one"),
            entry(patient, "two"),
            associations=[relate("two", AssociationType.APND, "one")],
        ),
    )
    one, two = (each.entry_uuid for each in kept.entries)
    found = run(GetAssociations(uuids=(one,))).associations
    assert {(each.source, each.target) for each in found} == {
        (kept.submission_set.entry_uuid, one),
        (two, one),
    }
    both = run(GetDocumentsAndAssociations(entry_uuids=(two,)))
    assert [each.entry_uuid for each in both.entries] == [two]
    assert {(each.source, each.target) for each in both.associations} == {
        (kept.submission_set.entry_uuid, two),
        (two, one),
    }


# What is withheld leaves no trace


def test_the_permit_sees_what_the_decision_needs(
    people: People, patient: Identifier, run: Run
) -> None:
    asked: list[Indexed] = []

    def permit(items: Sequence[Indexed]) -> list[bool]:
        asked.extend(items)
        return [False] * len(items)

    # 16:00 in UTC is the next day in Korea.
    one = put(people, patient, service_start_time="202601311600", service_stop_time=None)
    assert run(FindDocuments(patient_id=patient, status=BOTH), permit=permit) == Found()
    (item,) = asked
    assert item.entry_uuid == one.entry_uuid
    assert item.patient == people.known[patient].patient
    assert item.institution == HOSPITAL
    assert str(item.event_date) == "2026-02-01"
    assert item.department == "internal^^2.999.3"
    assert item.kind == "type^^2.999.3"
    assert item.confidentiality == ("N^^2.999.3",)
    assert (item.hash, item.size, item.repository) == ("a" * 40, 7, REPOSITORY)


@pytest.mark.parametrize(
    ("changes", "day"),
    [
        ({"service_start_time": "20260131"}, "2026-01-31"),
        ({"service_start_time": "202601"}, "2026-01-01"),
        ({"service_start_time": None, "creation_time": "20260131150000"}, "2026-02-01"),
        ({"service_start_time": None, "creation_time": "20260131145959"}, "2026-01-31"),
    ],
    ids=str,
)
def test_the_event_date_is_a_day_of_koreas_calendar(
    patient: Identifier, changes: dict[str, object], day: str
) -> None:
    sent = submission(patient, entry(patient, service_stop_time=None, **changes))
    (item,) = services.index(sent, patient=UUID(int=1), origin=ORIGIN, now=NOW)
    assert str(item.event_date) == day


def test_nothing_is_opened_of_what_is_withheld(
    people: People, patient: Identifier, run: Run
) -> None:
    one = put(people, patient)
    Entry.objects.filter(entry_uuid=one.entry_uuid).update(sealed=b"cannot be opened")
    query = FindDocuments(patient_id=patient, status=BOTH, author_persons=("%",))
    assert run(query, permit=withholding(one.entry_uuid)) == Found()


def shows(found: Found) -> set[str]:
    lists = (found.entries, found.submission_sets, found.folders, found.associations)
    uuids = {one.entry_uuid for objects in lists for one in objects}
    return uuids | {end for one in found.associations for end in (one.source, one.target)}


def test_a_withheld_document_leaves_no_trace_in_any_answer(
    people: People, patient: Identifier, run: Run
) -> None:
    first = register(
        people,
        submission(
            patient,
            entry(patient, "one"),
            entry(patient, "two"),
            folders=[folder(patient)],
            associations=[has_member("folder", "one", uuid="joins")],
        ),
    )
    withheld, sibling = (each.entry_uuid for each in first.entries)
    second = register(
        people,
        submission(
            patient,
            entry(patient),
            associations=[relate("document", AssociationType.APND, withheld)],
        ),
    )
    third = register(
        people,
        submission(
            patient,
            entry(patient),
            associations=[has_member("set", withheld, SubmissionSetStatus.REFERENCE)],
        ),
    )
    free = register(people, submission(patient, entry(patient), folders=[folder(patient)]))
    traces = {
        withheld,
        first.submission_set.entry_uuid,
        first.folders[0].entry_uuid,
        third.submission_set.entry_uuid,
        *(each.entry_uuid for each in first.associations),
        *(each.entry_uuid for each in third.associations),
        *(each.entry_uuid for each in second.associations if withheld == each.target),
    }
    every = tuple(shows(run(whole(patient))))
    assert traces <= set(every)
    permit = withholding(withheld)
    for query in (
        whole(patient),
        FindDocuments(patient_id=patient, status=BOTH),
        FindSubmissionSets(patient_id=patient, status=BOTH),
        GetDocuments(entry_uuids=every),
        GetAssociations(uuids=every),
        GetDocumentsAndAssociations(entry_uuids=every),
    ):
        for leaf in (True, False):
            assert not shows(run(query, permit=permit, leaf=leaf)) & traces
    assert {
        sibling,
        second.submission_set.entry_uuid,
        *(each.entry_uuid for each in free.associations),
        free.folders[0].entry_uuid,
    } <= shows(run(whole(patient), permit=permit))


def test_an_empty_folder_is_judged_by_itself(people: People, patient: Identifier, run: Run) -> None:
    register(people, submission(patient, folders=[folder(patient)]))

    def nothing(items: Sequence[Indexed]) -> list[bool]:
        return [False] * len(items)

    assert run(whole(patient), permit=nothing) == Found()


def test_what_no_answer_holds_is_refused_before_anything_is_opened(
    people: People, patient: Identifier, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("naru.registry.ceiling.OBJECTS", 2)
    monkeypatch.setattr("naru.registry.ceiling.REFERENCES", 3)
    ids = [put(people, patient).entry_uuid for _ in range(3)]
    query = FindDocuments(patient_id=patient, status=(APPROVED,))

    for asked in (query, whole(patient)):
        with pytest.raises(RegistryFailure) as refused:
            run(asked)
        assert refused.value.errors[0].code == "XDSTooManyResults"
    assert len(run(query, leaf=False).entries) == 3
    assert len(run(query, permit=withholding(ids[0])).entries) == 2  # The withheld do not count.
