"""The stored queries that begin with ids of objects (ITI TF-2 3.18.4.1.2.3.7.5 to .13).

A package is shown only with everything that it leads to (see `visibility`), so that the contents of
one that is shown need no further decision.
"""

from naru.domain.stored_query import (
    Found,
    GetAssociations,
    GetDocuments,
    GetDocumentsAndAssociations,
    GetFolderAndContents,
    GetFolders,
    GetFoldersForDocument,
    GetRelatedDocuments,
    GetSubmissionSetAndContents,
    GetSubmissionSets,
)
from naru.domain.xds import AssociationType
from naru.registry import associations, entries, packages
from naru.registry.asking import Asking, uuids
from naru.registry.models import Package
from naru.registry.selection import Row


def documents(query: GetDocuments, asking: Asking) -> Found:
    """GetDocuments."""
    return Found(entries=asking.entries(_documents(query, asking)))


def folders(query: GetFolders, asking: Asking) -> Found:
    """GetFolders."""
    found = packages.named(Package.Kind.FOLDER, query.entry_uuids, query.unique_ids)
    rows = asking.shown(found)
    asking.require_few(rows)
    asking.require_single_patient(rows)
    return Found(folders=asking.folders(rows))


def around(query: GetAssociations, asking: Asking) -> Found:
    """GetAssociations."""
    rows = asking.shown(associations.touching(query.uuids))
    asking.require_few(rows)
    return Found(associations=asking.associations(rows))


def documents_and_associations(query: GetDocumentsAndAssociations, asking: Asking) -> Found:
    """GetDocumentsAndAssociations."""
    rows = _documents(query, asking)
    touching = asking.shown(associations.touching(uuids(rows)))
    asking.require_few(rows, touching)
    return Found(entries=asking.entries(rows), associations=asking.associations(touching))


def submission_sets(query: GetSubmissionSets, asking: Asking) -> Found:
    """GetSubmissionSets."""
    members = associations.memberships(targets=query.uuids)
    sets = packages.named(Package.Kind.SUBMISSION_SET, {str(row[2]) for row in members})
    sets = asking.shown(sets)
    selected = set(uuids(sets))
    members = [row for row in members if row[2] in selected]
    asking.require_few(sets, members)
    asking.require_single_patient(sets)
    return Found(
        submission_sets=asking.submission_sets(sets), associations=asking.associations(members)
    )


def submission_set_and_contents(query: GetSubmissionSetAndContents, asking: Asking) -> Found:
    """GetSubmissionSetAndContents."""
    sets = packages.named(Package.Kind.SUBMISSION_SET, *_ids(query.entry_uuid, query.unique_id))
    sets = asking.shown(sets)
    members = associations.memberships(sources=uuids(sets))
    targets = {str(row[3]) for row in members}
    found = entries.contained(query, targets)
    filed = packages.named(Package.Kind.FOLDER, targets)
    objects = set(uuids((*sets, *found, *filed)))
    joining = [row for row in associations.named(targets) if objects >= {row[2], row[3]}]
    returned = objects.union(uuids(joining))
    members = [row for row in members if row[3] in returned]
    asking.require_few(sets, found, filed, joining, members)
    asking.require_single_patient(sets, found, filed)
    return Found(
        entries=asking.entries(found),
        submission_sets=asking.submission_sets(sets),
        folders=asking.folders(filed),
        associations=asking.associations((*members, *joining)),
    )


def folder_and_contents(query: GetFolderAndContents, asking: Asking) -> Found:
    """GetFolderAndContents."""
    filed = packages.named(Package.Kind.FOLDER, *_ids(query.entry_uuid, query.unique_id))
    filed = asking.shown(filed)
    members = associations.memberships(sources=uuids(filed))
    found = entries.contained(query, {str(row[3]) for row in members})
    returned = set(uuids(found))
    members = [row for row in members if row[3] in returned]
    asking.require_few(found, filed, members)
    asking.require_single_patient(found, filed)
    return Found(
        entries=asking.entries(found),
        folders=asking.folders(filed),
        associations=asking.associations(members),
    )


def folders_for_document(query: GetFoldersForDocument, asking: Asking) -> Found:
    """GetFoldersForDocument."""
    rows = asking.permitted(entries.named(*_ids(query.entry_uuid, query.unique_id)))
    members = associations.memberships(targets=uuids(rows))
    filed = packages.named(Package.Kind.FOLDER, {str(row[2]) for row in members})
    filed = asking.shown(filed)
    asking.require_few(filed)
    return Found(folders=asking.folders(filed))


def related_documents(query: GetRelatedDocuments, asking: Asking) -> Found:
    """GetRelatedDocuments; a document of a type that is not asked for relates to nothing."""
    rows = asking.permitted(entries.named(*_ids(query.entry_uuid, query.unique_id)))
    types = set(query.association_types) - {AssociationType.HAS_MEMBER}  # It joins no documents.
    touching = [row for row in associations.touching(uuids(rows)) if row[1] in types]
    touching = asking.shown(touching)
    found = entries.of_types({str(end) for row in touching for end in row[2:4]}, query.object_types)
    ends = set(uuids(found))
    touching = [row for row in touching if ends >= {row[2], row[3]}]
    joined = {end for row in touching for end in row[2:4]}
    found = [row for row in found if row[0] in joined]
    asking.require_few(found, touching)
    return Found(entries=asking.entries(found), associations=asking.associations(touching))


def _documents(query: GetDocuments | GetDocumentsAndAssociations, asking: Asking) -> list[Row]:
    rows = asking.permitted(entries.named(query.entry_uuids, query.unique_ids))
    asking.require_few(rows)
    asking.require_single_patient(rows)
    return rows


def _ids(entry_uuid: str | None, unique_id: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The one id by which a query names an object, as the lists that a search takes."""
    return (entry_uuid,) if entry_uuid else (), (unique_id,) if unique_id else ()
