"""XDS metadata (ITI TF-3 4.2): what a registry keeps, free of ebXML.

Attribute names are the standard's, in Python's spelling; times are DTM texts as sent; author,
legalAuthenticator, referenceIdList and sourcePatientInfo keep their HL7 v2 encoding as sent.
"""

from dataclasses import dataclass
from enum import StrEnum

from naru.domain.codes import Code, LocalizedString
from naru.domain.identifiers import Identifier


class AvailabilityStatus(StrEnum):
    """ITI TF-3 4.2.3.2.2."""

    APPROVED = "urn:oasis:names:tc:ebxml-regrep:StatusType:Approved"
    DEPRECATED = "urn:oasis:names:tc:ebxml-regrep:StatusType:Deprecated"


class DocumentEntryType(StrEnum):
    """ITI TF-3 4.2.5.2: the objectType of a DocumentEntry."""

    STABLE = "urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1"
    ON_DEMAND = "urn:uuid:34268e47-fdf5-41a6-ba33-82133c465248"


class AssociationType(StrEnum):
    """ITI TF-3 4.2.2."""

    HAS_MEMBER = "urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember"
    RPLC = "urn:ihe:iti:2007:AssociationType:RPLC"
    XFRM = "urn:ihe:iti:2007:AssociationType:XFRM"
    APND = "urn:ihe:iti:2007:AssociationType:APND"
    XFRM_RPLC = "urn:ihe:iti:2007:AssociationType:XFRM_RPLC"
    SIGNS = "urn:ihe:iti:2007:AssociationType:signs"
    IS_SNAPSHOT_OF = "urn:ihe:iti:2010:AssociationType:IsSnapshotOf"


class SubmissionSetStatus(StrEnum):
    """ITI TF-3 4.2.2.1.1: whether a SubmissionSet brought its member or only refers to it."""

    ORIGINAL = "Original"
    REFERENCE = "Reference"


@dataclass(frozen=True, slots=True)
class Slot:
    """An extra metadata attribute (ITI TF-3 4.2.3.1.6), kept and returned as sent."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """ITI TF-3 4.2.3.2.1: person is an XCN, institutions XON, telecommunications XTN."""

    person: str | None = None
    institutions: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    specialties: tuple[str, ...] = ()
    telecommunications: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentEntry:
    """ITI TF-3 4.2.3.2. `None` and `()` mean that the sender gave nothing."""

    entry_uuid: str
    unique_id: str
    patient_id: Identifier | None
    object_type: DocumentEntryType = DocumentEntryType.STABLE
    mime_type: str = ""
    availability_status: AvailabilityStatus | None = None
    authors: tuple[Author, ...] = ()
    class_code: Code | None = None
    comments: tuple[LocalizedString, ...] = ()
    confidentiality_codes: tuple[Code, ...] = ()
    creation_time: str | None = None
    event_codes: tuple[Code, ...] = ()
    format_code: Code | None = None
    hash: str | None = None
    healthcare_facility_type_code: Code | None = None
    home_community_id: str | None = None
    language_code: str | None = None
    legal_authenticator: str | None = None
    logical_id: str | None = None
    practice_setting_code: Code | None = None
    reference_ids: tuple[str, ...] = ()
    repository_unique_id: str | None = None
    service_start_time: str | None = None
    service_stop_time: str | None = None
    size: int | None = None
    source_patient_id: Identifier | None = None
    source_patient_info: tuple[str, ...] = ()
    title: tuple[LocalizedString, ...] = ()
    type_code: Code | None = None
    uri: str | None = None
    version: int = 1
    extra: tuple[Slot, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionSet:
    """ITI TF-3 4.2.3.3."""

    entry_uuid: str
    unique_id: str
    patient_id: Identifier | None
    source_id: str
    submission_time: str | None = None
    content_type_code: Code | None = None
    authors: tuple[Author, ...] = ()
    availability_status: AvailabilityStatus | None = None
    comments: tuple[LocalizedString, ...] = ()
    home_community_id: str | None = None
    intended_recipients: tuple[str, ...] = ()
    title: tuple[LocalizedString, ...] = ()
    extra: tuple[Slot, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """ITI TF-3 4.2.3.4."""

    entry_uuid: str
    unique_id: str
    patient_id: Identifier | None
    codes: tuple[Code, ...] = ()
    availability_status: AvailabilityStatus | None = None
    comments: tuple[LocalizedString, ...] = ()
    home_community_id: str | None = None
    last_update_time: str | None = None
    logical_id: str | None = None
    title: tuple[LocalizedString, ...] = ()
    version: int = 1
    extra: tuple[Slot, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Association:
    """ITI TF-3 4.2.2: `source` and `target` are entryUUIDs, or symbolic ids in a submission."""

    entry_uuid: str
    type: str
    source: str
    target: str
    availability_status: AvailabilityStatus | None = None
    documentation: Code | None = None
    submission_set_status: SubmissionSetStatus | None = None
    extra: tuple[Slot, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """Everything that one SubmitObjectsRequest carries (ITI TF-2 3.42.4.1.2)."""

    submission_set: SubmissionSet
    entries: tuple[DocumentEntry, ...] = ()
    folders: tuple[Folder, ...] = ()
    associations: tuple[Association, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRequest:
    """One document asked for (ITI TF-2 3.43.4.1.2)."""

    repository_unique_id: str
    document_unique_id: str
    home_community_id: str | None = None
