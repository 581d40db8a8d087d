"""Registry stored queries (ITI TF-2 3.18): what is asked, free of ebXML.

`()` means that the parameter was not sent. Codes that may be ANDed are a tuple of alternatives:
`((a, b), (c,))` asks for (a or b) and c. Times are half-open: from <= t < to.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from naru.domain.codes import Code
from naru.domain.identifiers import Identifier
from naru.domain.xds import (
    Association,
    AvailabilityStatus,
    DocumentEntry,
    DocumentEntryType,
    Folder,
    SubmissionSet,
)


class ReturnType(StrEnum):
    """ITI TF-2 3.18.4.1.2.2: whole objects or their ids alone."""

    LEAF_CLASS = "LeafClass"
    OBJECT_REF = "ObjectRef"


STABLE_ONLY = (DocumentEntryType.STABLE,)  # ITI TF-2 3.18.4.1.2.3.6.2: the default.


@dataclass(frozen=True, slots=True)
class TimeRange:
    """DTM texts as sent; an absent end is open."""

    start: str | None = None
    end: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FindDocuments:
    """ITI TF-2 3.18.4.1.2.3.7.1."""

    patient_id: Identifier
    status: tuple[AvailabilityStatus, ...]
    class_codes: tuple[Code, ...] = ()
    type_codes: tuple[Code, ...] = ()
    practice_setting_codes: tuple[Code, ...] = ()
    healthcare_facility_type_codes: tuple[Code, ...] = ()
    format_codes: tuple[Code, ...] = ()
    event_codes: tuple[tuple[Code, ...], ...] = ()
    confidentiality_codes: tuple[tuple[Code, ...], ...] = ()
    author_persons: tuple[str, ...] = ()
    creation_time: TimeRange = field(default_factory=TimeRange)
    service_start_time: TimeRange = field(default_factory=TimeRange)
    service_stop_time: TimeRange = field(default_factory=TimeRange)
    object_types: tuple[DocumentEntryType, ...] = STABLE_ONLY


@dataclass(frozen=True, slots=True, kw_only=True)
class FindDocumentsByReferenceId(FindDocuments):
    """ITI TF-2 3.18.4.1.2.3.7.14: FindDocuments among those with the ids, written as CXi.

    Each id is asked for as with LIKE (note 5); one without `%` and `_` is an exact match.
    """

    reference_ids: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindSubmissionSets:
    """ITI TF-2 3.18.4.1.2.3.7.2."""

    patient_id: Identifier
    status: tuple[AvailabilityStatus, ...]
    source_ids: tuple[str, ...] = ()
    submission_time: TimeRange = field(default_factory=TimeRange)
    author_person: str | None = None
    content_types: tuple[Code, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FindFolders:
    """ITI TF-2 3.18.4.1.2.3.7.3."""

    patient_id: Identifier
    status: tuple[AvailabilityStatus, ...]
    last_update_time: TimeRange = field(default_factory=TimeRange)
    codes: tuple[tuple[Code, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GetAll:
    """ITI TF-2 3.18.4.1.2.3.7.4."""

    patient_id: Identifier
    entry_status: tuple[AvailabilityStatus, ...]
    submission_set_status: tuple[AvailabilityStatus, ...]
    folder_status: tuple[AvailabilityStatus, ...]
    format_codes: tuple[Code, ...] = ()
    confidentiality_codes: tuple[tuple[Code, ...], ...] = ()
    object_types: tuple[DocumentEntryType, ...] = STABLE_ONLY


@dataclass(frozen=True, slots=True, kw_only=True)
class GetDocuments:
    """ITI TF-2 3.18.4.1.2.3.7.5: by entryUUID or by uniqueId, never both."""

    entry_uuids: tuple[str, ...] = ()
    unique_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GetFolders:
    """ITI TF-2 3.18.4.1.2.3.7.6: by entryUUID or by uniqueId, never both."""

    entry_uuids: tuple[str, ...] = ()
    unique_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GetAssociations:
    """ITI TF-2 3.18.4.1.2.3.7.7."""

    uuids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GetDocumentsAndAssociations:
    """ITI TF-2 3.18.4.1.2.3.7.8: by entryUUID or by uniqueId, never both."""

    entry_uuids: tuple[str, ...] = ()
    unique_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GetSubmissionSets:
    """ITI TF-2 3.18.4.1.2.3.7.9: those that have the documents or folders as members."""

    uuids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GetSubmissionSetAndContents:
    """ITI TF-2 3.18.4.1.2.3.7.10: by entryUUID or by uniqueId, never both."""

    entry_uuid: str | None = None
    unique_id: str | None = None
    format_codes: tuple[Code, ...] = ()
    confidentiality_codes: tuple[tuple[Code, ...], ...] = ()
    object_types: tuple[DocumentEntryType, ...] = STABLE_ONLY


@dataclass(frozen=True, slots=True, kw_only=True)
class GetFolderAndContents:
    """ITI TF-2 3.18.4.1.2.3.7.11: by entryUUID or by uniqueId, never both."""

    entry_uuid: str | None = None
    unique_id: str | None = None
    format_codes: tuple[Code, ...] = ()
    confidentiality_codes: tuple[tuple[Code, ...], ...] = ()
    object_types: tuple[DocumentEntryType, ...] = STABLE_ONLY


@dataclass(frozen=True, slots=True, kw_only=True)
class GetFoldersForDocument:
    """ITI TF-2 3.18.4.1.2.3.7.12: by entryUUID or by uniqueId, never both."""

    entry_uuid: str | None = None
    unique_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GetRelatedDocuments:
    """ITI TF-2 3.18.4.1.2.3.7.13: by entryUUID or by uniqueId, never both.

    `association_types` are texts: a type that nothing has asks for nothing.
    """

    association_types: tuple[str, ...]
    entry_uuid: str | None = None
    unique_id: str | None = None
    object_types: tuple[DocumentEntryType, ...] = STABLE_ONLY


StoredQuery = (
    FindDocuments
    | FindDocumentsByReferenceId
    | FindSubmissionSets
    | FindFolders
    | GetAll
    | GetDocuments
    | GetFolders
    | GetAssociations
    | GetDocumentsAndAssociations
    | GetSubmissionSets
    | GetSubmissionSetAndContents
    | GetFolderAndContents
    | GetFoldersForDocument
    | GetRelatedDocuments
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a stored query returns, in the order in which it was registered."""

    entries: tuple[DocumentEntry, ...] = ()
    submission_sets: tuple[SubmissionSet, ...] = ()
    folders: tuple[Folder, ...] = ()
    associations: tuple[Association, ...] = ()
