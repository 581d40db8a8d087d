"""What ITI-43 gives, to whom it is shown, and what it holds open meanwhile."""

from dataclasses import replace
from uuid import UUID

import pytest
from django.conf import settings

from naru.domain.registry_errors import ErrorCode, RegistryFailure
from naru.domain.stored_query import GetDocuments
from naru.exchange.audit import crossings
from naru.exchange.documents.retrieve import retrieve
from naru.exchange.documents.stored_query import stored_query
from naru.registry.models import Entry
from naru.repository import objects
from naru.repository.models import Document
from naru.storage.objects.folder_reader import FolderReader
from tests.exchange.documents.hubs import CONTENT, Hospital, Patient, first, requested


def test_a_document_opens_only_where_all_its_entries_may_be_read(
    source: Hospital, other: Hospital, patient: Patient, neighbour: Patient
) -> None:
    kept = first(source.provide(patient))
    row = Entry.objects.get(entry_uuid=kept.entry_uuid)
    # Such an entry is refused today; one may stand from before.
    row.pk, row.entry_uuid, row.patient = None, kept.entry_uuid[:-1] + "x", neighbour.surrogate
    row.save()
    assert other.read(kept) == [CONTENT]
    patient.withdraws()
    assert other.read(kept) == []


def test_a_missing_document_is_an_error_of_its_own(source: Hospital, patient: Patient) -> None:
    missing, held = first(source.provide(patient)), first(source.provide(patient, b"other"))
    objects.store().delete(Document.objects.get(unique_id=missing.unique_id).address)
    retrieved = source.retrieve(missing, held)
    assert [b"".join(one.chunks) for one in retrieved.documents] == [b"other"]
    (error,) = retrieved.errors
    assert (error.code, error.location) == (ErrorCode.XDSRepositoryError, missing.unique_id)


def test_each_of_two_patients_is_shown_their_own_documents(
    source: Hospital, other: Hospital, patient: Patient, neighbour: Patient
) -> None:
    one, two = first(source.provide(patient)), first(other.provide(neighbour))
    other.read(one, two)
    asked = GetDocuments(entry_uuids=(one.entry_uuid, two.entry_uuid))
    stored_query(other.access("ITI-18"), asked, leaf=False)
    for whose, document in ((patient, one), (neighbour, two)):
        seen = crossings.of_patient(source.access(), whose.surrogate)
        assert {one.transaction: one.documents for one in seen if one.documents} == {
            "ITI-18": (document.unique_id,),
            "ITI-43": (document.unique_id,),
            "ITI-41": (document.unique_id,),
        }


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """The readers that are open."""
    readers: set[int] = set()
    begin, close = FolderReader.__init__, FolderReader.close

    def beginning(self: FolderReader, *arguments: object) -> None:
        begin(self, *arguments)  # type: ignore[arg-type]  # As they came.
        readers.add(id(self))

    def closing(self: FolderReader) -> None:
        close(self)
        readers.discard(id(self))

    monkeypatch.setattr(FolderReader, "__init__", beginning)
    monkeypatch.setattr(FolderReader, "close", closing)
    return readers


def test_a_document_asked_for_many_times_is_given_once(
    source: Hospital, patient: Patient, opened: set[int]
) -> None:
    kept = first(source.provide(patient))
    retrieved = source.retrieve(*[kept] * 50)
    assert len(opened) == 1
    assert [b"".join(one.chunks) for one in retrieved.documents] == [CONTENT]
    assert not opened


def test_of_many_documents_one_is_open_at_a_time(
    source: Hospital, patient: Patient, opened: set[int]
) -> None:
    contents = [str(UUID(int=number)).encode() for number in range(5)]
    kept = [first(source.provide(patient, content)) for content in contents]
    retrieved = source.retrieve(*kept)
    given = []
    for document in retrieved.documents:
        given.append(b"".join(document.chunks))
        assert len(opened) <= 1
    assert given == contents


def test_what_is_not_read_is_closed(source: Hospital, patient: Patient, opened: set[int]) -> None:
    kept = [first(source.provide(patient)), first(source.provide(patient))]
    retrieved = source.retrieve(*kept)
    for document in retrieved.documents:
        document.chunks.close()
        assert list(document.chunks) == []
    assert not opened


def test_another_community_is_unknown_here_once_this_one_has_an_id(
    source: Hospital, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = first(source.provide(patient))
    elsewhere = replace(requested(held), home_community_id="urn:oid:2.999.78")
    asked = GetDocuments(entry_uuids=(held.entry_uuid,))

    def given(home: str) -> list[str]:
        (document,) = retrieve(
            source.access(), [replace(elsewhere, home_community_id=home)]
        ).documents
        document.chunks.close()
        found = stored_query(source.access(), asked, leaf=True, home_community_id=home)
        return [one.unique_id for one in found.entries]

    assert given("urn:oid:2.999.78") == [held.unique_id]
    monkeypatch.setattr(settings, "NARU", replace(settings.NARU, home_community="2.999.77"))
    assert given("urn:oid:2.999.77") == [held.unique_id]
    (error,) = retrieve(source.access(), [elsewhere]).errors
    assert (error.code, error.location) == (ErrorCode.XDSUnknownCommunity, held.unique_id)
    with pytest.raises(RegistryFailure, match="XDSUnknownCommunity"):
        stored_query(source.access(), asked, leaf=True, home_community_id="urn:oid:2.999.78")


@pytest.mark.parametrize("home", [None, "urn:oid:2.999.77", "urn:oid:2.999.78"])
def test_a_document_is_given_by_the_home_that_its_entry_bears(
    source: Hospital, patient: Patient, monkeypatch: pytest.MonkeyPatch, home: str | None
) -> None:
    # A source repeats what another community wrote; what is registered here is held here.
    monkeypatch.setattr(settings, "NARU", replace(settings.NARU, home_community="2.999.77"))
    held = first(source.provide(patient, home_community_id=home))
    asked = GetDocuments(entry_uuids=(held.entry_uuid,))
    (entry,) = stored_query(source.access(), asked, leaf=True).entries
    assert entry.home_community_id == (home and "urn:oid:2.999.77")

    wanted = replace(requested(held), home_community_id=entry.home_community_id)
    found = retrieve(source.access(), [wanted])
    assert [b"".join(one.chunks) for one in found.documents] == [CONTENT]
    assert found.errors == ()
