"""Folders, relationships, reference ids and On-Demand documents over the wire."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from naru.domain.codes import Code, LocalizedString
from naru.domain.identifiers import Identifier, new_oid
from naru.domain.registry_errors import ResponseStatus
from naru.domain.stored_query import (
    FindDocuments,
    FindDocumentsByReferenceId,
    FindFolders,
    FindSubmissionSets,
    GetAll,
    GetAssociations,
    GetDocuments,
    GetDocumentsAndAssociations,
    GetFolderAndContents,
    GetFolders,
    GetFoldersForDocument,
    GetRelatedDocuments,
    GetSubmissionSetAndContents,
    GetSubmissionSets,
    StoredQuery,
)
from naru.domain.xds import (
    Association,
    AssociationType,
    AvailabilityStatus,
    DocumentEntry,
    DocumentEntryType,
    Folder,
    Submission,
)
from naru.formats.ebxml import adhoc_query, adhoc_query_response, retrieve, submit_objects
from naru.formats.ebxml.adhoc_query_response import AdhocQueryResponse
from naru.formats.xml import parse
from tests.end_to_end import people, wire
from tests.end_to_end.conftest import RECORDED_REPOSITORY
from tests.end_to_end.wire import QUERY_ACTION, REGISTRY, Answer, Caller

BOTH = tuple(AvailabilityStatus)
EVERY_TYPE = tuple(DocumentEntryType)
ORDER = "TEST-4711^^^&2.999.9&ISO^urn:ihe:iti:xds:2013:order"
ON_DEMAND_ACTION = "urn:ihe:iti:2010:RegisterOnDemandDocumentEntry"
ON_DEMAND_ANSWER = "urn:ihe:iti:2010:RegisterOnDemandDocumentResponse"
CONTENT = "<record>기록</record>".encode()
Ask = Callable[..., AdhocQueryResponse]


@pytest.fixture
def patient(caller: Caller) -> Identifier:
    newcomer = people.newcomer()
    assert people.acknowledgement(people.feed(caller, newcomer)) == "CA"
    return newcomer


@pytest.fixture
def ask(caller: Caller) -> Ask:
    """Ask a query; the answer is read."""

    def act(query: StoredQuery, *, leaf: bool = True) -> AdhocQueryResponse:
        kind = adhoc_query.ReturnType.LEAF_CLASS if leaf else adhoc_query.ReturnType.OBJECT_REF
        body = adhoc_query.to_ebxml(
            adhoc_query.AdhocQueryRequest(
                query=query, return_type=kind, home_community_id="urn:oid:2.999.77"
            )
        )
        answer = caller.soap(REGISTRY, QUERY_ACTION, body)
        read = adhoc_query_response.from_ebxml(answer.body)
        assert read.response.status is ResponseStatus.SUCCESS, read.response.errors
        return read

    return act


def shape(answer: AdhocQueryResponse) -> tuple[int, int, int, int]:
    """How many documents, submission sets, folders and associations there are."""
    found = answer.objects
    return (
        len(found.entries),
        len(found.submission_sets),
        len(found.folders),
        len(found.associations),
    )


def has_member(source: str, target: str) -> Association:
    return Association(
        entry_uuid=f"member-of-{source}-{target}",
        type=AssociationType.HAS_MEMBER,
        source=source,
        target=target,
    )


def filed(patient: Identifier, entry: DocumentEntry) -> Submission:
    """A document in a new folder."""
    folder = Folder(
        entry_uuid="Folder01",
        unique_id=new_oid(),
        patient_id=patient,
        codes=(Code("pregnancy", "2.999.10"),),
        title=(LocalizedString("임신", "ko-KR"),),
    )
    sent = people.submission(patient, entry)
    joins = has_member("Folder01", entry.entry_uuid)
    own = sent.submission_set.entry_uuid
    return replace(
        sent,
        folders=(folder,),
        associations=(
            *sent.associations,
            joins,
            has_member(own, "Folder01"),
            has_member(own, joins.entry_uuid),
        ),
    )


def replacing(patient: Identifier, entry: DocumentEntry, old: str) -> Submission:
    sent = people.submission(patient, entry)
    link = Association(
        entry_uuid="replaces", type=AssociationType.RPLC, source=entry.entry_uuid, target=old
    )
    return replace(sent, associations=(*sent.associations, link))


def test_each_query_gives_its_objects(caller: Caller, ask: Ask, patient: Identifier) -> None:
    one = replace(people.entry(patient), reference_ids=(ORDER,))
    first = filed(patient, one)
    assert caller.provide(first, CONTENT).errors == []
    (held,) = ask(GetDocuments(unique_ids=(one.unique_id,))).objects.entries
    two = people.entry(patient)
    second = replacing(patient, two, held.entry_uuid)
    assert caller.provide(second, CONTENT).errors == []

    folder = first.folders[0].unique_id
    (kept,) = ask(GetFolders(unique_ids=(folder,))).objects.folders
    assert kept.last_update_time is not None
    documents = (one.unique_id, two.unique_id)
    expected: list[tuple[StoredQuery, tuple[int, int, int, int]]] = [
        (FindDocuments(patient_id=patient, status=BOTH), (2, 0, 0, 0)),
        (
            FindDocumentsByReferenceId(
                patient_id=patient, status=BOTH, reference_ids=(("TEST-47__^%:order",),)
            ),
            (1, 0, 0, 0),
        ),
        (FindSubmissionSets(patient_id=patient, status=BOTH), (0, 2, 0, 0)),
        (FindFolders(patient_id=patient, status=BOTH[:1]), (0, 0, 1, 0)),
        (GetFolders(entry_uuids=(kept.entry_uuid,)), (0, 0, 1, 0)),
        # Of the replacement: its membership in the set and in the folder, and the relationship.
        (GetDocumentsAndAssociations(unique_ids=(two.unique_id,)), (1, 0, 0, 3)),
        (GetAssociations(uuids=(held.entry_uuid,)), (0, 0, 0, 3)),
        (GetSubmissionSets(uuids=(held.entry_uuid, kept.entry_uuid)), (0, 1, 0, 2)),
        (
            GetSubmissionSetAndContents(unique_id=first.submission_set.unique_id),
            (1, 1, 1, 4),
        ),
        # The folder has both: it was carried over to the replacement.
        (GetFolderAndContents(unique_id=folder), (2, 0, 1, 2)),
        (GetFoldersForDocument(unique_id=two.unique_id), (0, 0, 1, 0)),
        (
            GetRelatedDocuments(unique_id=one.unique_id, association_types=(AssociationType.RPLC,)),
            (2, 0, 0, 1),
        ),
        (
            GetRelatedDocuments(unique_id=one.unique_id, association_types=(AssociationType.APND,)),
            (0, 0, 0, 0),
        ),
        (GetDocuments(unique_ids=documents), (2, 0, 0, 0)),
        (
            GetAll(
                patient_id=patient,
                entry_status=BOTH,
                submission_set_status=BOTH,
                folder_status=BOTH,
            ),
            (2, 2, 1, 8),
        ),
    ]
    for query, counts in expected:
        assert shape(ask(query)) == counts, query
        refs = ask(query, leaf=False)
        assert shape(refs) == (0, 0, 0, 0)
        assert len(refs.objects.object_refs) == sum(counts), query


def register_on_demand(caller: Caller, submission: Submission) -> Answer:
    return caller.soap(REGISTRY, ON_DEMAND_ACTION, submit_objects.to_ebxml(submission))


def test_an_on_demand_document_is_registered_found_and_given(
    caller: Caller, ask: Ask, patient: Identifier
) -> None:
    held = people.entry(patient)
    assert caller.provide(people.submission(patient, held), CONTENT).errors == []
    offered = replace(
        people.entry(patient),
        object_type=DocumentEntryType.ON_DEMAND,
        creation_time=None,
        repository_unique_id=RECORDED_REPOSITORY,
    )
    answer = register_on_demand(caller, people.submission(patient, offered))
    assert answer.errors == []
    assert answer.envelope.addressing.action == ON_DEMAND_ANSWER

    wanted = FindDocuments(patient_id=patient, status=BOTH, object_types=EVERY_TYPE)
    assert shape(ask(replace(wanted, object_types=EVERY_TYPE[:1]))) == (1, 0, 0, 0)
    assert shape(ask(wanted)) == (2, 0, 0, 0)

    first = given(caller, offered.unique_id)
    assert first.repository_unique_id == RECORDED_REPOSITORY
    assert first.document_unique_id == offered.unique_id
    assert first.new_repository_unique_id == RECORDED_REPOSITORY
    assert first.new_document_unique_id not in {None, offered.unique_id}
    assert given(caller, offered.unique_id) == first
    found = {one.unique_id: one for one in ask(wanted).objects.entries}
    kept = found[first.new_document_unique_id or ""]
    related = ask(
        GetRelatedDocuments(
            entry_uuid=kept.entry_uuid,
            association_types=(AssociationType.IS_SNAPSHOT_OF,),
            object_types=EVERY_TYPE,
        )
    )
    assert shape(related) == (2, 0, 0, 1)
    assert related.objects.associations[0].source == kept.entry_uuid

    later = given(caller, kept.unique_id)
    assert later.new_document_unique_id is None


def given(caller: Caller, unique_id: str) -> retrieve.DocumentResponse:
    answer = caller.retrieve(RECORDED_REPOSITORY, unique_id)
    ((described, octets),) = wire.given(answer)
    assert parse(octets).tag == "{urn:hl7-org:v3}ClinicalDocument"
    return described


@pytest.mark.parametrize(
    "changes", [{"creation_time": "20261101"}, {"hash": "a" * 40}, {"size": 7}], ids=str
)
def test_an_on_demand_entry_has_nothing_that_only_a_document_has(
    caller: Caller, patient: Identifier, changes: dict[str, object]
) -> None:
    offered = replace(
        people.entry(patient),
        object_type=DocumentEntryType.ON_DEMAND,
        creation_time=None,
        repository_unique_id=RECORDED_REPOSITORY,
    )
    wrong = replace(offered, **changes)  # type: ignore[arg-type]  # By name.
    answer = register_on_demand(caller, people.submission(patient, wrong))
    assert answer.errors == ["XDSRegistryMetadataError"]
