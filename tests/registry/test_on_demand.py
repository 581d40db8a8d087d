"""Registering On-Demand entries (ITI TF-2 3.61), and what tells them from documents."""

from collections.abc import Callable

import pytest
from django.db import transaction

from naru.domain.identifiers import Identifier
from naru.domain.registry_errors import RegistryFailure
from naru.domain.stored_query import FindDocuments, GetFolderAndContents
from naru.domain.xds import (
    AssociationType,
    AvailabilityStatus,
    DocumentEntry,
    DocumentEntryType,
    Submission,
)
from naru.registry import queries, services
from naru.registry.values import Registered
from tests.registry.synthetic import (
    NOW,
    ORIGIN,
    People,
    all_permitted,
    entry,
    folder,
    has_member,
    relate,
    submission,
)

pytestmark = pytest.mark.django_db

BOTH = (AvailabilityStatus.APPROVED, AvailabilityStatus.DEPRECATED)
EVERY_TYPE = tuple(DocumentEntryType)
NOTHING = {"creation_time": None, "hash": None, "size": None}
Register = Callable[..., Registered]


@pytest.fixture
def people() -> People:
    return People()


@pytest.fixture
def patient(people: People) -> Identifier:
    return people.add("TEST-P1")


@pytest.fixture
def register(people: People) -> Register:
    def act(sent: Submission, *, on_demand: bool = True) -> Registered:
        with transaction.atomic():
            return services.register(
                sent,
                origin=ORIGIN,
                now=NOW,
                patients=people,
                permit=all_permitted,
                on_demand=on_demand,
            )

    return act


def on_demand(
    patient: Identifier, entry_uuid: str = "document", **changes: object
) -> DocumentEntry:
    whole = {**NOTHING, "service_start_time": None, "service_stop_time": None}
    return entry(patient, entry_uuid, object_type=DocumentEntryType.ON_DEMAND, **(whole | changes))


def found(
    people: People, patient: Identifier, types: tuple[DocumentEntryType, ...]
) -> dict[str, AvailabilityStatus | None]:
    query = FindDocuments(patient_id=patient, status=BOTH, object_types=types)
    answer = queries.run(query, patients=people, permit=all_permitted, leaf=True)
    return {one.unique_id: one.availability_status for one in answer.entries}


def told(refused: pytest.ExceptionInfo[RegistryFailure]) -> list[str]:
    return sorted(f"{one.code}: {one.context}" for one in refused.value.errors)


def test_an_on_demand_entry_is_found_by_who_asks_for_its_type(
    people: People, patient: Identifier, register: Register
) -> None:
    kept = register(submission(patient, on_demand(patient))).submission.entries[0]
    stable, wanted = (DocumentEntryType.STABLE,), (DocumentEntryType.ON_DEMAND,)
    assert found(people, patient, stable) == {}
    assert found(people, patient, wanted) == {kept.unique_id: AvailabilityStatus.APPROVED}
    assert kept.unique_id in found(people, patient, EVERY_TYPE)


@pytest.mark.parametrize(
    ("name", "value"), [("creation_time", "2026"), ("hash", "a" * 40), ("size", 0)]
)
def test_what_only_a_document_has_is_refused(
    patient: Identifier, register: Register, name: str, value: object
) -> None:
    with pytest.raises(RegistryFailure) as refused:
        register(submission(patient, on_demand(patient, **{name: value})))
    (error,) = told(refused)
    assert error.startswith("XDSRegistryMetadataError")
    assert "does not apply" in error


@pytest.mark.parametrize("name", ["repository_unique_id", "type_code", "source_patient_id"])
def test_all_else_is_required_of_it_too(patient: Identifier, register: Register, name: str) -> None:
    with pytest.raises(RegistryFailure, match="XDSRegistryMetadataError"):
        register(submission(patient, on_demand(patient, **{name: None})))


def test_each_transaction_takes_its_own_kind_alone(patient: Identifier, register: Register) -> None:
    for sent, transaction_is_for in (
        (submission(patient, entry(patient)), True),
        (submission(patient, folders=[folder(patient)]), True),
        (submission(patient, on_demand(patient)), False),
        (submission(patient, entry(patient), on_demand(patient, entry_uuid="other")), True),
    ):
        with pytest.raises(RegistryFailure, match="XDSRegistryMetadataError"):
            register(sent, on_demand=transaction_is_for)


def test_its_unique_id_is_never_that_of_a_document(patient: Identifier, register: Register) -> None:
    document = register(submission(patient, entry(patient)), on_demand=False).submission.entries[0]
    mine = register(submission(patient, on_demand(patient))).submission.entries[0]
    for sent, kind in (
        (on_demand(patient, unique_id=document.unique_id), True),
        (entry(patient, unique_id=mine.unique_id), False),
    ):
        with pytest.raises(RegistryFailure) as refused:
            register(submission(patient, sent), on_demand=kind)
        assert all(one.startswith("XDSRegistryMetadataError") for one in told(refused))


def test_the_same_unique_id_makes_one_more_entry(
    people: People, patient: Identifier, register: Register
) -> None:
    mine = register(submission(patient, on_demand(patient))).submission.entries[0]
    register(submission(patient, on_demand(patient, unique_id=mine.unique_id)))
    located = queries.locate(mine.repository_unique_id or "", mine.unique_id, patients=people)
    assert len(located) == 2


def test_it_replaces_and_is_replaced_and_stays_in_its_folders(
    people: People, patient: Identifier, register: Register
) -> None:
    first = register(
        submission(
            patient,
            entry(patient),
            folders=[folder(patient)],
            associations=[has_member("folder", "document")],
        ),
        on_demand=False,
    ).submission
    second = _replacing(register, patient, first.entries[0], on_demand(patient), on_demand=True)
    third = _replacing(register, patient, second, on_demand(patient), on_demand=True)
    fourth = _replacing(register, patient, third, entry(patient), on_demand=False)
    status = found(people, patient, EVERY_TYPE)
    assert [uid for uid, one in status.items() if one is BOTH[0]] == [fourth.unique_id]
    filed = queries.run(
        GetFolderAndContents(entry_uuid=first.folders[0].entry_uuid, object_types=EVERY_TYPE),
        patients=people,
        permit=all_permitted,
        leaf=True,
    )
    assert {one.unique_id for one in filed.entries} == status.keys()


def _replacing(
    register: Register,
    patient: Identifier,
    old: DocumentEntry,
    new: DocumentEntry,
    *,
    on_demand: bool,
) -> DocumentEntry:
    link = relate("document", AssociationType.RPLC, old.entry_uuid)
    sent = submission(patient, new, associations=[link])
    return register(sent, on_demand=on_demand).submission.entries[0]


@pytest.mark.parametrize(
    ("stop", "day"), [(None, "2026-11-20"), ("20250101", "2025-01-01")], ids=str
)
def test_its_day_is_the_last_on_which_care_adds_to_it(
    patient: Identifier, register: Register, stop: str | None, day: str
) -> None:
    sent = on_demand(patient, service_start_time="2001", service_stop_time=stop)
    (item,) = register(submission(patient, sent)).entries
    assert str(item.event_date) == day


def test_an_unknown_patient_is_empty_or_refused_as_the_domain_decides(
    people: People, patient: Identifier
) -> None:
    other = people.add("TEST-P2")
    people.subsume(patient, other)
    for nobody in (Identifier("TEST-X", patient.authority), other):
        query = FindDocuments(patient_id=nobody, status=BOTH)
        for refuse in (False, True):
            if not refuse:
                assert not queries.run(
                    query, patients=people, permit=all_permitted, leaf=True
                ).entries
                continue
            with pytest.raises(RegistryFailure) as refused:
                queries.run(
                    query, patients=people, permit=all_permitted, leaf=True, refuse_unknown=True
                )
            (error,) = refused.value.errors
            assert error.code == "XDSUnknownPatientId"
            assert str(nobody) in error.context
