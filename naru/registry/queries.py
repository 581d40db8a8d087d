"""Stored queries (ITI TF-2 3.18.4.1.2.3.7) and the location of a document for its retrieval."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from naru.domain.codes import LocalizedString
from naru.domain.identifiers import Identifier
from naru.domain.stored_query import (
    FindDocuments,
    FindDocumentsByReferenceId,
    FindFolders,
    FindSubmissionSets,
    Found,
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
    DocumentEntry,
    SubmissionSet,
    SubmissionSetStatus,
)
from naru.registry import associations, entries, finding, getting, packages, selection
from naru.registry.asking import Asking, owner
from naru.registry.identity import Survivors
from naru.registry.models import Package
from naru.registry.selection import Where
from naru.registry.values import Indexed, PatientIndex, Permit
from naru.registry.visibility import permitted_items

# Each function takes its own query; that it stands beside it is what the table is for.
_ANSWERS: Final[Mapping[type[StoredQuery], Callable[[Any, Asking], Found]]] = {
    FindDocuments: finding.documents,
    FindDocumentsByReferenceId: finding.documents,
    FindSubmissionSets: finding.submission_sets,
    FindFolders: finding.folders,
    GetAll: finding.everything,
    GetDocuments: getting.documents,
    GetFolders: getting.folders,
    GetAssociations: getting.around,
    GetDocumentsAndAssociations: getting.documents_and_associations,
    GetSubmissionSets: getting.submission_sets,
    GetSubmissionSetAndContents: getting.submission_set_and_contents,
    GetFolderAndContents: getting.folder_and_contents,
    GetFoldersForDocument: getting.folders_for_document,
    GetRelatedDocuments: getting.related_documents,
}


def run(
    query: StoredQuery,
    *,
    patients: PatientIndex,
    permit: Permit,
    leaf: bool,
    refuse_unknown: bool = False,
) -> Found:
    """Answer a stored query with what `permit` lets through, in the order of registration.

    With `leaf` objects are whole (LeafClass); without it they carry their ids only (ObjectRef).
    `permit` judges before any sealed value is opened and before anything is counted. An unknown
    or subsumed patient has nothing, or with `refuse_unknown` is refused as XDSUnknownPatientId.
    Raises XDSResultNotSinglePatient, XDSTooManyResults.
    """
    asking = Asking(
        survivors=Survivors(patients), permit=permit, leaf=leaf, refuse_unknown=refuse_unknown
    )
    return _ANSWERS[type(query)](query, asking)


def newest(
    patient_id: Identifier, most: int, *, patients: PatientIndex, permit: Permit
) -> tuple[DocumentEntry, ...]:
    """Of a patient's newest approved documents those that `permit` lets through, newest first.

    It looks at `most` of them, in one statement: what stands before them costs nothing.
    """
    asking = Asking(survivors=Survivors(patients), permit=permit, leaf=True)
    person = asking.person(patient_id)
    if person is None:
        return ()
    rows = asking.permitted(entries.newest(person.patients, most))
    return asking.entries(rows, dict.fromkeys(person.patients, patient_id))


def titles(
    unique_ids: Collection[str], *, patients: PatientIndex, of: UUID
) -> dict[str, tuple[LocalizedString, ...]]:
    """The titles of a person's documents, by uniqueId, deprecated ones too; for who may know them.

    In one statement. What is another person's, or no document, is left out.
    """
    survivors = Survivors(patients)
    rows = entries.named((), unique_ids)
    survivors.will_concern(map(owner, rows))
    own = [row for row in rows if survivors.of(owner(row)) == of]
    found = entries.opened(own, dict.fromkeys(map(owner, own)), leaf=True)
    return {one.unique_id: tuple(one.title) for one in found}


def relations(
    entry_uuids: Iterable[str], *, patients: PatientIndex, permit: Permit
) -> tuple[Association, ...]:
    """What documents are to other objects, as far as these may be shown."""
    asking = Asking(survivors=Survivors(patients), permit=permit, leaf=True)
    return asking.associations(asking.shown(associations.relations(entry_uuids)))


def package(entry_uuid: str, *, patients: PatientIndex, permit: Permit) -> Found:
    """The submission set or folder of that id, if it may be shown, without what it holds."""
    asking = Asking(survivors=Survivors(patients), permit=permit, leaf=True)
    rows = asking.shown(packages.known(entry_uuid))
    return Found(
        submission_sets=asking.submission_sets(packages.of_kind(Package.Kind.SUBMISSION_SET, rows)),
        folders=asking.folders(packages.of_kind(Package.Kind.FOLDER, rows)),
    )


def locate(repository_oid: str, unique_id: str, *, patients: PatientIndex) -> tuple[Indexed, ...]:
    """Every entry, deprecated ones too, under which a repository's document is registered."""
    asked = (repository_oid, unique_id)
    return locate_each([asked], patients=patients)[asked]


def locate_each(
    documents: Iterable[tuple[str, str]],
    *,
    patients: PatientIndex,
    known: Mapping[str, Indexed] = MappingProxyType({}),
) -> Mapping[tuple[str, str], tuple[Indexed, ...]]:
    """The same for each document, by its repository and uniqueId, in the same statements.

    `known` are entries, by their entryUUID, that this request has read already.
    """
    asked = set(documents)
    found = [
        row
        for row in selection.select_by(
            selection.ENTRY, "registry_entry", "unique_id", {one for _, one in asked}
        )
        if (row[11], row[1]) in asked
    ]
    survivors = Survivors(patients)
    survivors.will_concern(map(owner, found))
    located: dict[tuple[str, str], tuple[Indexed, ...]] = dict.fromkeys(asked, ())
    for row in found:
        entry = known.get(str(row[0])) or selection.entry(row, survivors)
        located[str(row[11]), str(row[1])] += (entry,)
    return located


def readable(items: Sequence[Indexed], *, permit: Permit, patients: PatientIndex) -> Sequence[bool]:
    """Tell for each located entry whether it may be read, with all that it was assembled from."""
    return permitted_items(items, permit, Survivors(patients))


def snapshots(on_demand: Iterable[str], *, patients: PatientIndex) -> tuple[Indexed, ...]:
    """The snapshots of On-Demand entries, deprecated ones too, in the order of registration."""
    taken = associations.touching(on_demand)
    sources = {str(row[2]) for row in taken if row[1] == AssociationType.IS_SNAPSHOT_OF}
    survivors = Survivors(patients)
    return tuple(selection.entry(row, survivors) for row in entries.named(sources))


def whole(entry_uuid: str, *, patients: PatientIndex) -> DocumentEntry:
    """A registered entry as it is now, for who has decided on it already."""
    rows = entries.named([entry_uuid])
    identifiers = Survivors(patients).identifiers(map(owner, rows))
    (entry,) = entries.opened(rows, identifiers, leaf=True)
    return entry


def brought_by(entry_uuid: str, *, patients: PatientIndex) -> SubmissionSet:
    """The submission set that brought a registered entry, for who has decided on it already."""
    members = associations.opened(associations.memberships(targets=[entry_uuid]))
    original = {
        one.source for one in members if one.submission_set_status is SubmissionSetStatus.ORIGINAL
    }
    rows = packages.named(Package.Kind.SUBMISSION_SET, original)
    identifiers = Survivors(patients).identifiers(map(owner, rows))
    (submission_set,) = packages.opened_sets(rows, identifiers, leaf=True)
    return submission_set


def located(entry_uuid: str, *, patients: PatientIndex) -> Indexed | None:
    """The entry of that id, for the retrieval of its document."""
    where = Where().one_of("entry_uuid", [entry_uuid])
    found = selection.select(selection.ENTRY, "registry_entry", where)
    survivors = Survivors(patients)
    survivors.will_concern(map(owner, found))
    return selection.entry(found[0], survivors) if found else None


def is_registered(repository_oid: str, unique_id: str) -> bool:
    """Whether a repository's document is registered, for the sweep of what is not."""
    where = Where().one_of("unique_id", [unique_id]).one_of("repository", [repository_oid])
    return bool(selection.select("id", "registry_entry", where))


def holds_any(patient: UUID, *, until: datetime) -> bool:
    """Whether anything was registered under this very key, merges aside, up to that moment."""
    # Everything that is registered comes in a submission set.
    return Package.objects.filter(patient=patient, registered_at__lte=until).exists()
