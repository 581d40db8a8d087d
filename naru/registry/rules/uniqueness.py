"""Ids and uniqueIds against what the registry already holds."""

from collections.abc import Iterator, Sequence

from naru.domain.registry_errors import ErrorCode, RegistryError
from naru.domain.xds import DocumentEntry, DocumentEntryType
from naru.registry import errors, ids
from naru.registry.case import Case
from naru.registry.held import Sharing
from naru.registry.rows import OBJECT_TYPE


def entry_uuids_are_new(case: Case) -> Iterator[RegistryError]:
    """An id once assigned is permanent (ITI TF-2 3.42.4.1.3.7)."""
    held = case.held.entries.keys() | case.held.packages.keys() | case.held.associations.keys()
    for uuid in ids.of(case.submission):
        if uuid in held:
            yield errors.metadata("an id is in use in the registry", uuid)


def package_unique_ids_are_new(case: Case) -> Iterator[RegistryError]:
    """SS and Folder uniqueIds are of no other object (ITI TF-2 3.42.4.1.3.3.7)."""
    used = case.held.used_unique_ids | {row.unique_id for row in case.held.same_unique_id}
    sent = case.submission.submission_set
    if sent.unique_id in used:
        yield errors.duplicate_unique_id("SubmissionSet", sent.unique_id)
    for folder in case.submission.folders:
        if folder.unique_id in used:
            yield errors.duplicate_unique_id("Folder", folder.unique_id)


def same_document_is_identical(case: Case) -> Iterator[RegistryError]:
    """One uniqueId means one sequence of bytes (ITI TF-2 3.42.4.1.3.3.1).

    It is told to the document's own source alone: whoever else names it learns only that the
    uniqueId cannot be had, and never gets an entry of their own that leads to another's document.
    """
    for entry in case.submission.entries:
        rows = [row for row in case.held.same_unique_id if row.unique_id == entry.unique_id]
        if all(_is_own(row, case) for row in rows):
            stable = entry.object_type is DocumentEntryType.STABLE
            yield from _identical(entry, rows) if stable else _on_demand(entry, rows)
        else:
            yield errors.unique_id_taken(entry.entry_uuid)


def _is_own(row: Sharing, case: Case) -> bool:
    """From the same institution and for the same patient; a sandbox's sender has neither."""
    if case.institution is None:
        return row.institution is None
    return row.institution == case.institution and case.survivor(row.patient) == case.patient


def _on_demand(entry: DocumentEntry, rows: Sequence[Sharing]) -> Iterator[RegistryError]:
    """The uniqueId of an On-Demand entry is never that of a document (ITI TF-2 3.61.4.1.3)."""
    if any(row.object_type == OBJECT_TYPE[DocumentEntryType.STABLE] for row in rows):
        yield errors.metadata("the uniqueId is that of a document", entry.entry_uuid)


def _identical(entry: DocumentEntry, rows: Sequence[Sharing]) -> Iterator[RegistryError]:
    stable = OBJECT_TYPE[DocumentEntryType.STABLE]
    context = f"the document {entry.unique_id} is registered with another"
    if any(row.hash != (entry.hash or "").lower() for row in rows if row.object_type == stable):
        yield RegistryError(
            ErrorCode.XDSNonIdenticalHash, f"{context} hash", location=entry.entry_uuid
        )
    if any(row.size != entry.size for row in rows if row.object_type == stable):
        yield RegistryError(
            ErrorCode.XDSNonIdenticalSize, f"{context} size", location=entry.entry_uuid
        )
    if any(row.object_type != stable for row in rows):  # ITI TF-3 4.1.1.3.2
        yield errors.metadata("the uniqueId is that of an On-Demand document", entry.entry_uuid)
