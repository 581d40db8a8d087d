"""Stored queries (ITI TF-2 3.18.4.1.2.3.7) and the location of a document for its retrieval."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

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
from naru.registry import finding, getting, selection
from naru.registry.asking import Asking
from naru.registry.identity import Survivors
from naru.registry.models import Package
from naru.registry.selection import Where
from naru.registry.values import Indexed, PatientIndex, Permit

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


def locate(repository_oid: str, unique_id: str, *, patients: PatientIndex) -> tuple[Indexed, ...]:
    """Every entry, deprecated ones too, under which a repository's document is registered."""
    where = Where().one_of("unique_id", [unique_id]).one_of("repository", [repository_oid])
    survivors = Survivors(patients)
    found = selection.select(selection.ENTRY, "registry_entry", where)
    return tuple(selection.entry(row, survivors) for row in found)


def is_registered(repository_oid: str, unique_id: str) -> bool:
    """Whether a repository's document is registered, for the sweep of what is not."""
    where = Where().one_of("unique_id", [unique_id]).one_of("repository", [repository_oid])
    return bool(selection.select("id", "registry_entry", where))


def holds_any(patient: UUID, *, until: datetime) -> bool:
    """Whether anything was registered under this very key, merges aside, up to that moment."""
    # Everything that is registered comes in a submission set.
    return Package.objects.filter(patient=patient, registered_at__lte=until).exists()
