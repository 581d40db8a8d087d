"""Stored queries (ITI TF-2 3.18.4.1.2.3.7) and the location of a document for its retrieval."""

from datetime import datetime
from uuid import UUID

from naru.domain.registry_errors import ErrorCode, failure
from naru.domain.stored_query import (
    FindDocuments,
    FindSubmissionSets,
    Found,
    GetAll,
    GetAssociations,
    GetDocuments,
    GetDocumentsAndAssociations,
    StoredQuery,
)
from naru.domain.xds import DocumentEntry
from naru.registry import associations, entries, packages, selection
from naru.registry.ceiling import require_few
from naru.registry.identity import Survivors, known
from naru.registry.models import Package
from naru.registry.selection import Where
from naru.registry.values import Indexed, PatientIndex, Permit
from naru.registry.visibility import shown


def run(query: StoredQuery, *, patients: PatientIndex, permit: Permit, leaf: bool) -> Found:
    """Answer a stored query with what `permit` lets through, in the order of registration.

    With `leaf` objects are whole (LeafClass); without it they carry their ids only (ObjectRef).
    `permit` judges before any sealed value is opened and before anything is counted. An unknown
    or subsumed patient has nothing. Raises XDSResultNotSinglePatient, XDSTooManyResults.
    """
    survivors = Survivors(patients)
    match query:
        case FindDocuments():
            return _find_documents(query, survivors, permit, leaf=leaf)
        case FindSubmissionSets():
            return _find_submission_sets(query, survivors, permit, leaf=leaf)
        case GetAll():
            return _get_all(query, survivors, permit, leaf=leaf)
        case GetDocuments():
            return Found(entries=_get(query, survivors, permit, leaf=leaf))
        case GetAssociations():
            return Found(associations=associations.around(query.uuids, permit, survivors))
        case GetDocumentsAndAssociations():
            return _get_with_associations(query, survivors, permit, leaf=leaf)


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


def _find_documents(
    query: FindDocuments, survivors: Survivors, permit: Permit, *, leaf: bool
) -> Found:
    resolved = known(query.patient_id, survivors.patients)
    if resolved is None:
        return Found()
    survivors.learn(resolved)
    rows = entries.matching(query, resolved.patients)
    rows = entries.permitted(rows, permit, survivors)
    require_few(rows, leaf=leaf)
    rows = entries.by_author(rows, query.author_persons)
    return Found(
        entries=entries.opened(rows, dict.fromkeys(resolved.patients, query.patient_id), leaf=leaf)
    )


def _find_submission_sets(
    query: FindSubmissionSets, survivors: Survivors, permit: Permit, *, leaf: bool
) -> Found:
    resolved = known(query.patient_id, survivors.patients)
    if resolved is None:
        return Found()
    survivors.learn(resolved)
    rows = packages.submission_sets(query, resolved.patients)
    visible = shown((str(row[0]) for row in rows), permit, survivors)
    rows = [row for row in rows if row[0] in visible]
    require_few(rows, leaf=leaf)
    rows = packages.by_author(rows, query.author_person)
    return Found(submission_sets=packages.opened_sets(rows, query.patient_id, leaf=leaf))


def _get_all(query: GetAll, survivors: Survivors, permit: Permit, *, leaf: bool) -> Found:
    resolved = known(query.patient_id, survivors.patients)
    if resolved is None:
        return Found()
    survivors.learn(resolved)
    documents = entries.all_of(query, resolved.patients)
    sets = packages.all_of(
        Package.Kind.SUBMISSION_SET, resolved.patients, query.submission_set_status
    )
    folders = packages.all_of(Package.Kind.FOLDER, resolved.patients, query.folder_status)
    own = [str(row[0]) for row in (*documents, *sets, *folders)]
    touching = associations.touching(own)
    visible = shown((*own, *(str(row[0]) for row in touching)), permit, survivors)
    require_few(visible, leaf=leaf)
    return Found(
        entries=entries.opened(
            [row for row in documents if row[0] in visible],
            dict.fromkeys(resolved.patients, query.patient_id),
            leaf=leaf,
        ),
        submission_sets=packages.opened_sets(
            [row for row in sets if row[0] in visible], query.patient_id, leaf=leaf
        ),
        folders=packages.opened_folders(
            [row for row in folders if row[0] in visible], query.patient_id, leaf=leaf
        ),
        # ITI TF-2 3.18.4.1.2.3.7.4: source or target is one of the objects that are returned.
        associations=associations.opened(
            [row for row in touching if row[0] in visible and _touches(row, visible, own)]
        ),
    )


def _touches(row: selection.Row, visible: set[str], own: list[str]) -> bool:
    return bool({row[2], row[3]} & visible.intersection(own))


def _get(
    query: GetDocuments | GetDocumentsAndAssociations,
    survivors: Survivors,
    permit: Permit,
    *,
    leaf: bool,
) -> tuple[DocumentEntry, ...]:
    rows = entries.named(query.entry_uuids, query.unique_ids)
    rows = entries.permitted(rows, permit, survivors)
    stored = {entries.patient_of(row) for row in rows}
    _single_patient({survivors.of(patient) for patient in stored}, leaf=leaf)
    identifiers = survivors.identifiers(stored) if leaf else {}
    return entries.opened(rows, identifiers, leaf=leaf)


def _single_patient(owners: set[UUID], *, leaf: bool) -> None:
    # ITI TF-2 3.18.4.1.2.3.7.5 note 3. What is withheld is not counted, or it would show.
    if leaf and len(owners) > 1:
        raise failure(
            ErrorCode.XDSResultNotSinglePatient,
            "the documents belong to more than one patient; ask for ObjectRef",
        )


def _get_with_associations(
    query: GetDocumentsAndAssociations, survivors: Survivors, permit: Permit, *, leaf: bool
) -> Found:
    found = _get(query, survivors, permit, leaf=leaf)
    return Found(
        entries=found,
        associations=associations.around([entry.entry_uuid for entry in found], permit, survivors),
    )
