"""Documents that are assembled when they are asked for, and what consent makes of them."""

import threading
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, connections
from lxml import etree

from naru.audit import queries as audit
from naru.domain.codes import Code, LocalizedString
from naru.domain.on_demand import OnDemand, Suppliers
from naru.domain.registry_errors import ErrorCode
from naru.domain.stored_query import FindDocuments, GetAssociations, GetRelatedDocuments
from naru.domain.xds import (
    AssociationType,
    AvailabilityStatus,
    DocumentEntry,
    DocumentEntryType,
    DocumentRequest,
)
from naru.exchange.audit import crossings
from naru.exchange.documents.register import register
from naru.exchange.documents.retrieve import Retrieved, RetrievedDocument, retrieve
from naru.exchange.documents.retrieve_entry import NotWanted, retrieve_entry
from naru.exchange.documents.stored_query import stored_query
from naru.registry.models import Entry
from naru.repository.models import Document
from tests.exchange.documents.hubs import BOTH, CONTENT, Hospital, Patient, first, requested
from tests.registry.synthetic import in_the_name_of, relate, submission

APPROVED = (AvailabilityStatus.APPROVED,)
NOTHING = {"creation_time": None, "hash": None, "size": None}
UNDATED = {"service_start_time": None, "service_stop_time": None}


def offers(hospital: Hospital, patient: Patient, **said: object) -> DocumentEntry:
    """The hospital registers that its overview of the patient can be had."""
    entry = hospital.document(
        patient, object_type=DocumentEntryType.ON_DEMAND, **(NOTHING | UNDATED | said)
    )
    sent = in_the_name_of(submission(patient.id, entry), hospital.oid)
    return register(hospital.access("ITI-61"), sent, on_demand=True).submission.entries[0]


def given(hospital: Hospital, entry: DocumentEntry) -> tuple[RetrievedDocument, str]:
    """The one document that comes of an entry, and its text."""
    retrieved = hospital.retrieve(entry)
    assert retrieved.errors == ()
    (document,) = retrieved.documents
    return document, b"".join(document.chunks).decode()


def refused(retrieved: Retrieved) -> ErrorCode:
    assert retrieved.documents == ()
    (error,) = retrieved.errors
    return error.code


def snapshot_of(document: RetrievedDocument) -> str:
    assert document.snapshot is not None
    assert document.snapshot.unique_id != document.request.document_unique_id
    return document.snapshot.unique_id


def again(document: RetrievedDocument) -> DocumentRequest:
    """The snapshot, as it is asked for later."""
    assert document.snapshot is not None
    return DocumentRequest(
        repository_unique_id=document.snapshot.repository,
        document_unique_id=document.snapshot.unique_id,
    )


def stable(hospital: Hospital, patient: Patient) -> dict[str, AvailabilityStatus | None]:
    found = stored_query(
        hospital.access("ITI-18"), FindDocuments(patient_id=patient.id, status=BOTH), leaf=True
    )
    return {one.unique_id: one.availability_status for one in found.entries}


def test_an_overview_in_a_type_that_nobody_asked_for_is_not_given(
    source: Hospital, other: Hospital, patient: Patient
) -> None:
    source.provide(patient)
    offered = offers(source, patient)
    with pytest.raises(NotWanted):
        retrieve_entry(other.access("ITI-68"), offered.entry_uuid, wanted=lambda _: False)
    document = retrieve_entry(other.access("ITI-68"), offered.entry_uuid, wanted=lambda _: True)
    assert b"".join(document.chunks)


def test_what_is_given_is_a_registered_snapshot_that_stays(
    source: Hospital, other: Hospital, patient: Patient
) -> None:
    one = first(source.provide(patient))
    offered = offers(source, patient)
    document, text = given(other, offered)
    unique_id = snapshot_of(document)
    assert one.unique_id in text
    assert unique_id in text
    assert stable(other, patient)[unique_id] is AvailabilityStatus.APPROVED
    related = stored_query(
        other.access("ITI-18"),
        GetRelatedDocuments(
            association_types=(AssociationType.IS_SNAPSHOT_OF,),
            unique_id=offered.unique_id,
            object_types=tuple(DocumentEntryType),
        ),
        leaf=True,
    )
    (link,) = related.associations
    kept = next(entry for entry in related.entries if entry.unique_id == unique_id)
    assert (link.source, link.target) == (kept.entry_uuid, offered.entry_uuid)
    assert (kept.size, kept.object_type) == (len(text.encode()), DocumentEntryType.STABLE)
    assert kept.authors == offered.authors
    (later,) = retrieve(other.access("ITI-43"), [again(document)]).documents
    assert b"".join(later.chunks).decode() == text
    assert later.snapshot is None


def test_while_nothing_changed_the_same_document_comes(
    source: Hospital, other: Hospital, patient: Patient
) -> None:
    first(source.provide(patient))
    offered = offers(source, patient)
    before = given(other, offered)
    assert given(other, offered)[1] == before[1]
    assert given(source, offered)[1] == before[1]
    assert Document.objects.count() == 2
    new = first(source.provide(patient, b"more"))
    after, text = given(other, offered)
    assert new.unique_id in text
    status = stable(other, patient)
    assert status[snapshot_of(before[0])] is AvailabilityStatus.DEPRECATED
    assert status[snapshot_of(after)] is AvailabilityStatus.APPROVED


def test_it_speaks_of_its_own_source_and_patient_alone(
    source: Hospital, other: Hospital, patient: Patient
) -> None:
    mine = first(source.provide(patient))
    foreign = first(other.provide(patient, b"foreign"))
    neighbour = source.patient("TEST-R")
    neighbour.consents()
    of_another = first(source.provide(neighbour, b"of another"))
    _, text = given(other, offers(source, patient))
    assert mine.unique_id in text
    assert foreign.unique_id not in text
    assert of_another.unique_id not in text


def test_nothing_yet_is_a_document_that_says_so(
    source: Hospital, other: Hospital, patient: Patient
) -> None:
    offered = offers(source, patient)
    document, text = given(other, offered)
    assert "보여 드릴 기록이 없습니다." in text
    assert snapshot_of(document) == snapshot_of(given(other, offered)[0])


def test_a_withheld_document_is_named_neither_by_what_is_assembled_nor_by_what_was(
    source: Hospital, other: Hospital, patient: Patient
) -> None:
    open_, hidden = first(source.provide(patient)), first(source.provide(patient, b"hidden"))
    offered = offers(source, patient)
    before, text = given(other, offered)
    assert hidden.unique_id in text
    patient.excludes(hidden.unique_id)
    # What was assembled before names it, so it is not there any more.
    assert snapshot_of(before) not in stable(other, patient)
    assert refused(retrieve(other.access("ITI-43"), [again(before)])) is (
        ErrorCode.XDSDocumentUniqueIdError
    )
    links = stored_query(
        other.access("ITI-18"), GetAssociations(uuids=(offered.entry_uuid,)), leaf=False
    ).associations
    assert not [one for one in links if one.type == AssociationType.IS_SNAPSHOT_OF]
    # What is assembled now does not.
    after, text = given(other, offered)
    assert open_.unique_id in text
    assert hidden.unique_id not in text
    assert snapshot_of(after) in stable(other, patient)


def test_without_consent_nothing_is_assembled(
    source: Hospital, other: Hospital, patient: Patient
) -> None:
    first(source.provide(patient))
    offered = offers(source, patient)
    patient.withdraws()
    before = Document.objects.count(), Entry.objects.count()
    assert refused(other.retrieve(offered)) is ErrorCode.XDSDocumentUniqueIdError
    assert (Document.objects.count(), Entry.objects.count()) == before


def test_what_its_source_sends_goes_before_what_is_assembled(
    source: Hospital, other: Hospital, patient: Patient
) -> None:
    offered = offers(source, patient)
    assembled, _ = given(other, offered)
    for words in (b"as of yesterday", b"as of today"):
        link = relate("document", AssociationType.IS_SNAPSHOT_OF, offered.entry_uuid)
        sent = first(source.provide(patient, words, associations=[link]))
        document, text = given(other, offered)
        assert text == words.decode()
        assert snapshot_of(document) == sent.unique_id != snapshot_of(assembled)


def test_a_deprecated_entry_gives_nothing(
    source: Hospital, other: Hospital, patient: Patient
) -> None:
    offered = offers(source, patient)
    link = relate("document", AssociationType.RPLC, offered.entry_uuid)
    source.provide(patient, associations=[link])
    assert refused(other.retrieve(offered)) is ErrorCode.XDSDocumentUniqueIdError


def test_what_nobody_assembles_is_an_error_of_its_own_beside_what_is_given(
    source: Hospital, other: Hospital, patient: Patient
) -> None:
    held = first(source.provide(patient))
    offered = offers(source, patient, mime_type="application/pdf")
    retrieved = other.retrieve(offered, held)
    (error,) = retrieved.errors
    assert (error.code, error.location) == (ErrorCode.XDSRepositoryError, offered.unique_id)
    (document,) = retrieved.documents
    assert (document.request, b"".join(document.chunks)) == (requested(held), CONTENT)


def test_a_room_that_can_do_more_for_a_format_is_asked_first(
    source: Hospital, other: Hospital, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def summary(asked: OnDemand) -> bytes:
        return f"{asked.unique_id}: {len(asked.sources)}".encode()

    first(source.provide(patient))
    offered = offers(source, patient)
    assert offered.format_code is not None
    code = (offered.format_code.code, offered.format_code.scheme)
    monkeypatch.setattr(settings, "ON_DEMAND", Suppliers(by_format={code: summary}))
    document, text = given(other, offered)
    assert text == f"{snapshot_of(document)}: 1"


def test_an_overview_in_plain_text_has_a_line_for_each_document(
    source: Hospital, other: Hospital, patient: Patient
) -> None:
    forged = (LocalizedString("하나\n둘\t셋", "ko-KR"),)
    one = first(source.provide(patient, title=forged))
    two = first(source.provide(patient, b"more"))
    document, text = given(other, offers(source, patient, mime_type="text/plain"))
    assert document.mime_type == "text/plain"
    rows = [line.split("\t") for line in text.splitlines()[5:]]
    assert [row[-1] for row in rows] == [one.unique_id, two.unique_id]
    assert rows[0][:3] == ["2026-11-20", "하나 둘 셋", "the code type"]


def test_a_failed_assembly_leaves_nothing(
    source: Hospital, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: OnDemand) -> bytes:
        raise ZeroDivisionError

    held = first(source.provide(patient))
    offered = offers(source, patient)
    monkeypatch.setattr(settings, "ON_DEMAND", Suppliers(by_mime_type={"text/xml": broken}))
    before = Document.objects.count(), Entry.objects.count()
    with pytest.raises(ZeroDivisionError):
        source.retrieve(held, offered)
    assert (Document.objects.count(), Entry.objects.count()) == before


def test_the_patient_is_shown_who_was_given_what_was_assembled(
    source: Hospital, other: Hospital, patient: Patient
) -> None:
    offered = offers(source, patient)
    access = other.access("ITI-43")
    (document,) = retrieve(access, [requested(offered)]).documents
    document.chunks.close()
    assert access.recorded is not None
    record = audit.one(access.recorded)
    assert record is not None
    assert {one.id for one in record.objects} == {snapshot_of(document)}
    shown = crossings.of_patient(source.access(), patient.surrogate)
    assert any(
        one.transaction == "ITI-43" and one.documents == (snapshot_of(document),) for one in shown
    )


def test_of_many_who_ask_at_once_one_registers(
    source: Hospital, other: Hospital, patient: Patient
) -> None:
    first(source.provide(patient))
    offered = offers(source, patient)
    together = threading.Barrier(4)
    snapshots: list[str] = []

    def ask() -> None:
        try:
            together.wait(30)
            snapshots.append(snapshot_of(given(other, offered)[0]))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert len(snapshots) == 4
    assert len(set(snapshots)) == 1
    assert Entry.objects.filter(unique_id=snapshots[0]).count() == 1
    assert Document.objects.count() == 2
    assert connection.in_atomic_block is False


def test_the_overview_is_a_clinical_document(
    source: Hospital, other: Hospital, patient: Patient, cases: Path
) -> None:
    source.provide(patient)
    source.provide(patient, b"more", type_code=Code("with a blank", "no OID"))
    source.provide(patient, b"most", unique_id="no OID either", title=(), authors=())
    _, text = given(other, offers(source, patient, source_patient_info=("PID-5|가^나다",)))
    schema = cases / "schemas/cda/extensions/SDTC/infrastructure/cda/CDA_SDTC.xsd"
    etree.XMLSchema(etree.parse(schema)).assertValid(etree.fromstring(text.encode()))
