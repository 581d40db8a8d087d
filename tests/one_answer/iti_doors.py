"""The SOAP doors: each stored query with whole objects and with ids alone, and the retrieval."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from hashlib import sha256

from naru.domain.codes import Code
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
    ReturnType,
    StoredQuery,
    TimeRange,
)
from naru.domain.xds import AssociationType, DocumentEntry, DocumentRequest, Folder, SubmissionSet
from naru.formats.ebxml import adhoc_query, adhoc_query_response, retrieve
from naru.formats.ebxml.registry_object_list import RegistryObjects
from tests.end_to_end.wire import QUERY_ACTION, REGISTRY, REPOSITORY, RETRIEVE_ACTION, given
from tests.one_answer.adapters import NO_ID, NOBODY, Kind, Question, Told, adapter
from tests.one_answer.wire import Wire, plain
from tests.one_answer.world import REFERENCE, Thing

SCHEME = "2.999.3"
RELATIONS = (AssociationType.RPLC, AssociationType.APND)
OBJECTS, REFS = ReturnType.LEAF_CLASS, ReturnType.OBJECT_REF


def stored(
    wire: Wire, question: Question, query: StoredQuery, returned: ReturnType
) -> RegistryObjects:
    """What ITI-18 answers."""
    body = adhoc_query.to_ebxml(adhoc_query.AdhocQueryRequest(query=query, return_type=returned))
    answer = wire.soap(question.asker, REGISTRY, QUERY_ACTION, body)
    found = adhoc_query_response.from_ebxml(answer.body)
    assert found.response.status is ResponseStatus.SUCCESS, answer.content
    return found.objects


Queries = Callable[[Question], Iterable[StoredQuery]]


def told(
    wire: Wire, question: Question, queries: Queries, kind: Kind, returned: ReturnType
) -> Told:
    """The things of one kind that the queries find together."""
    asked: dict[Kind, list[Thing]] = {
        Kind.DOCUMENTS: question.documents,
        Kind.SETS: question.sets,
        Kind.FOLDERS: question.folders,
    }
    answer = Told()
    for query in queries(question):
        objects = stored(wire, question, query, returned)
        if kind is Kind.LINKS:
            answer.seen(*_links(question, objects))
            continue
        each: dict[Kind, Sequence[DocumentEntry | SubmissionSet | Folder]] = {
            Kind.DOCUMENTS: objects.entries,
            Kind.SETS: objects.submission_sets,
            Kind.FOLDERS: objects.folders,
        }
        whole = each[kind]
        found = {one.entry_uuid for one in whole} | set(objects.object_refs)
        known = {one.uuid: one for one in _everything(question)}
        strangers = {one.entry_uuid for one in whole} - known.keys()
        assert not strangers, f"told of what is nobody's: {strangers}"
        answer.seen(*(one.unique_id for one in asked[kind] if one.uuid in found))
    return answer


def _everything(question: Question) -> Iterator[Thing]:
    world = question.world
    yield from (*world.documents, *world.sets, *world.folders)


def _links(question: Question, objects: RegistryObjects) -> Iterator[str]:
    found = {one.entry_uuid for one in objects.associations} | set(objects.object_refs)
    yield from (str(one) for one in question.links if one.uuid in found)


def documents(question: Question) -> Iterator[StoredQuery]:
    departments = (Code(question.department, SCHEME),) if question.department else ()
    yield FindDocuments(
        patient_id=question.patient.survivor.affinity_id,
        status=question.status,
        practice_setting_codes=departments,
        creation_time=TimeRange(question.since or None),
    )


def by_reference(question: Question) -> Iterator[StoredQuery]:
    departments = (Code(question.department, SCHEME),) if question.department else ()
    yield FindDocumentsByReferenceId(
        patient_id=question.patient.survivor.affinity_id,
        status=question.status,
        practice_setting_codes=departments,
        creation_time=TimeRange(question.since or None),
        reference_ids=((REFERENCE,),),
    )


def everything(question: Question) -> Iterator[StoredQuery]:
    yield GetAll(
        patient_id=question.patient.survivor.affinity_id,
        entry_status=question.status,
        submission_set_status=question.status,
        folder_status=question.status,
    )


def by_uuid(question: Question) -> Iterator[StoredQuery]:
    yield GetDocuments(entry_uuids=(*(one.uuid for one in question.documents), NOBODY))


def by_unique_id(question: Question) -> Iterator[StoredQuery]:
    yield GetDocuments(unique_ids=(*(one.unique_id for one in question.documents), NO_ID))


def with_associations(question: Question) -> Iterator[StoredQuery]:
    yield GetDocumentsAndAssociations(
        entry_uuids=(*(one.uuid for one in question.documents), NOBODY)
    )


def sets(question: Question) -> Iterator[StoredQuery]:
    patient = question.patient.survivor.affinity_id
    yield FindSubmissionSets(patient_id=patient, status=question.status)


def sets_of_members(question: Question) -> Iterator[StoredQuery]:
    members = {one.uuid for each in question.sets for one in each.members}
    yield GetSubmissionSets(uuids=(*members, NOBODY))


def set_and_contents(question: Question) -> Iterator[StoredQuery]:
    for one in question.sets:
        yield GetSubmissionSetAndContents(entry_uuid=one.uuid)
    yield GetSubmissionSetAndContents(unique_id=NO_ID)


def folders(question: Question) -> Iterator[StoredQuery]:
    patient = question.patient.survivor.affinity_id
    yield FindFolders(patient_id=patient, status=question.status)


def folders_by_uuid(question: Question) -> Iterator[StoredQuery]:
    yield GetFolders(entry_uuids=(*(one.uuid for one in question.folders), NOBODY))


def folder_and_contents(question: Question) -> Iterator[StoredQuery]:
    for one in question.folders:
        yield GetFolderAndContents(entry_uuid=one.uuid)
    yield GetFolderAndContents(unique_id=NO_ID)


def folders_for_document(question: Question) -> Iterator[StoredQuery]:
    for one in question.folders:
        for member in one.members:
            yield GetFoldersForDocument(entry_uuid=member.uuid)
    yield GetFoldersForDocument(entry_uuid=NOBODY)


def ends(question: Question) -> list[Thing]:
    """Every document at an end of a relationship, once."""
    return list(
        {id(end): end for one in question.links for end in (one.source, one.target)}.values()
    )


def links(question: Question) -> Iterator[StoredQuery]:
    yield GetAssociations(uuids=(*(one.uuid for one in ends(question)), NOBODY))


def links_of_documents(question: Question) -> Iterator[StoredQuery]:
    yield GetDocumentsAndAssociations(entry_uuids=(*(one.uuid for one in ends(question)), NOBODY))


def related(question: Question) -> Iterator[StoredQuery]:
    for one in ends(question):
        yield GetRelatedDocuments(association_types=RELATIONS, entry_uuid=one.uuid)
    yield GetRelatedDocuments(association_types=RELATIONS, entry_uuid=NOBODY)


QUERIES: tuple[tuple[Kind, type[StoredQuery], Queries], ...] = (
    (Kind.DOCUMENTS, FindDocuments, documents),
    (Kind.DOCUMENTS, FindDocumentsByReferenceId, by_reference),
    (Kind.DOCUMENTS, GetAll, everything),
    (Kind.DOCUMENTS, GetDocuments, by_uuid),
    (Kind.DOCUMENTS, GetDocuments, by_unique_id),
    (Kind.DOCUMENTS, GetDocumentsAndAssociations, with_associations),
    (Kind.SETS, FindSubmissionSets, sets),
    (Kind.SETS, GetAll, everything),
    (Kind.SETS, GetSubmissionSets, sets_of_members),
    (Kind.SETS, GetSubmissionSetAndContents, set_and_contents),
    (Kind.FOLDERS, FindFolders, folders),
    (Kind.FOLDERS, GetAll, everything),
    (Kind.FOLDERS, GetFolders, folders_by_uuid),
    (Kind.FOLDERS, GetFolderAndContents, folder_and_contents),
    (Kind.FOLDERS, GetFoldersForDocument, folders_for_document),
    (Kind.LINKS, GetAssociations, links),
    (Kind.LINKS, GetDocumentsAndAssociations, links_of_documents),
    (Kind.LINKS, GetRelatedDocuments, related),
)

for _kind, _type, _queries in QUERIES:
    for _returned in ReturnType:
        adapter(_kind, f"ITI-18 {_type.__name__} {_returned}")(
            partial(told, queries=_queries, kind=_kind, returned=_returned)
        )


@adapter(Kind.DOCUMENTS, "ITI-43", opened=True)
def retrieved(wire: Wire, question: Question) -> Told:
    asked = [
        DocumentRequest(
            repository_unique_id=one.source.repository, document_unique_id=one.unique_id
        )
        for one in question.documents
    ]
    # One whom nobody has, beside those that one may not see, at a repository that is there.
    here = question.world.places[0].repository
    asked.append(DocumentRequest(repository_unique_id=here, document_unique_id=NO_ID))
    answer = wire.soap(
        question.asker, REPOSITORY, RETRIEVE_ACTION, retrieve.request_to_ebxml(asked)
    )
    opened = {
        one.document_unique_id: f"opened {sha256(octets).hexdigest()}"
        for one, octets in given(answer)
    }
    response = retrieve.response_from_ebxml(answer.body).response
    ids = [one.document_unique_id for one in asked]
    errors = [
        plain(f"{one.code} {one.severity} {one.context} {one.location}", *ids)
        for one in response.errors
    ]
    # As many refusals as documents that are not given, each of them alike.
    assert len(errors) == len(asked) - len(opened)
    return Told(opened, set(errors))
