"""The stored queries that begin with a patient (ITI TF-2 3.18.4.1.2.3.7.1 to .4, .14)."""

from collections.abc import Collection

from naru.domain.identifiers import Identifier
from naru.domain.stored_query import (
    FindDocuments,
    FindDocumentsByReferenceId,
    FindFolders,
    FindSubmissionSets,
    Found,
    GetAll,
)
from naru.registry import associations, entries, packages
from naru.registry.asking import Asking, Identifiers, uuids
from naru.registry.models import Package
from naru.registry.selection import Row
from naru.registry.values import Resolved


def documents(query: FindDocuments, asking: Asking) -> Found:
    """FindDocuments and FindDocumentsByReferenceId."""
    person = asking.person(query.patient_id)
    if person is None:
        return Found()
    rows = asking.permitted(entries.matching(query, person.patients))
    asking.require_few(rows)
    rows = entries.by_author(rows, query.author_persons)
    if isinstance(query, FindDocumentsByReferenceId):
        rows = entries.by_reference(rows, query.reference_ids)
    return Found(entries=asking.entries(rows, _as_asked(person, query.patient_id)))


def submission_sets(query: FindSubmissionSets, asking: Asking) -> Found:
    """FindSubmissionSets."""
    person = asking.person(query.patient_id)
    if person is None:
        return Found()
    rows = asking.shown(packages.submission_sets(query, person.patients))
    asking.require_few(rows)
    rows = packages.by_author(rows, query.author_person)
    under = _as_asked(person, query.patient_id)
    return Found(submission_sets=asking.submission_sets(rows, under))


def folders(query: FindFolders, asking: Asking) -> Found:
    """FindFolders."""
    person = asking.person(query.patient_id)
    if person is None:
        return Found()
    rows = asking.shown(packages.folders(query, person.patients))
    asking.require_few(rows)
    return Found(folders=asking.folders(rows, _as_asked(person, query.patient_id)))


def everything(query: GetAll, asking: Asking) -> Found:
    """GetAll."""
    person = asking.person(query.patient_id)
    if person is None:
        return Found()
    found = entries.all_of(query, person.patients)
    sets = packages.all_of(
        Package.Kind.SUBMISSION_SET, person.patients, query.submission_set_status
    )
    filed = packages.all_of(Package.Kind.FOLDER, person.patients, query.folder_status)
    own = uuids((*found, *sets, *filed))
    touching = associations.touching(own)
    rows = asking.shown((*found, *sets, *filed, *touching))
    asking.require_few(rows)
    visible = set(uuids(rows))
    under = _as_asked(person, query.patient_id)
    shown_own = visible.intersection(own)
    return Found(
        entries=asking.entries(_of(found, visible), under),
        submission_sets=asking.submission_sets(_of(sets, visible), under),
        folders=asking.folders(_of(filed, visible), under),
        # ITI TF-2 3.18.4.1.2.3.7.4: source or target is one of the objects that are returned.
        associations=asking.associations(
            row for row in _of(touching, visible) if shown_own & {row[2], row[3]}
        ),
    )


def _of(found: list[Row], visible: Collection[str]) -> list[Row]:
    return [row for row in found if row[0] in visible]


def _as_asked(person: Resolved, patient_id: Identifier) -> Identifiers:
    """Whatever was merged into the person is shown under the id that was asked for."""
    return dict.fromkeys(person.patients, patient_id)
