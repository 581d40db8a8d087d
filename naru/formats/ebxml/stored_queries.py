"""The stored queries as data (ITI TF-2 3.18.4.1.2.3.7): id, parameters, and the value they fill.

A query more is an entry more here and a value more in `domain.stored_query`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from naru.domain import stored_query
from naru.domain.stored_query import StoredQuery
from naru.formats.ebxml.query_parameter import Anded, Many, One, Parameter, Times, Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One query. `required` and `one_of` name fields; of `one_of` exactly one must be sent."""

    id: str
    value: Callable[..., StoredQuery]
    parameters: tuple[Parameter, ...]
    required: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()


_ENTRY: Final = "$XDSDocumentEntry"
_SET: Final = "$XDSSubmissionSet"
_FOLDER: Final = "$XDSFolder"

_ENTRY_FORMAT: Final = Many(f"{_ENTRY}FormatCode", "format_codes", Type.CODE)
_ENTRY_CONFIDENTIALITY: Final = Anded(
    f"{_ENTRY}ConfidentialityCode", "confidentiality_codes", Type.CODE
)
_ENTRY_TYPE: Final = Many(f"{_ENTRY}Type", "object_types", Type.OBJECT_TYPE)

_FIND_DOCUMENTS: Final = (
    One(f"{_ENTRY}PatientId", "patient_id", Type.CX),
    Many(f"{_ENTRY}ClassCode", "class_codes", Type.CODE),
    Many(f"{_ENTRY}TypeCode", "type_codes", Type.CODE),
    Many(f"{_ENTRY}PracticeSettingCode", "practice_setting_codes", Type.CODE),
    Times(f"{_ENTRY}CreationTime", "creation_time"),
    Times(f"{_ENTRY}ServiceStartTime", "service_start_time"),
    Times(f"{_ENTRY}ServiceStopTime", "service_stop_time"),
    Many(f"{_ENTRY}HealthcareFacilityTypeCode", "healthcare_facility_type_codes", Type.CODE),
    Anded(f"{_ENTRY}EventCodeList", "event_codes", Type.CODE),
    _ENTRY_CONFIDENTIALITY,
    Many(f"{_ENTRY}AuthorPerson", "author_persons", Type.PATTERN),
    _ENTRY_FORMAT,
    Many(f"{_ENTRY}Status", "status", Type.STATUS),
    _ENTRY_TYPE,
)
FIND_DOCUMENTS: Final = Definition(
    id="urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d",
    value=stored_query.FindDocuments,
    parameters=_FIND_DOCUMENTS,
    required=("patient_id", "status"),
)
FIND_DOCUMENTS_BY_REFERENCE_ID: Final = Definition(
    id="urn:uuid:12941a89-e02e-4be5-967c-ce4bfc8fe492",
    value=stored_query.FindDocumentsByReferenceId,
    parameters=(
        *_FIND_DOCUMENTS,
        Anded(f"{_ENTRY}ReferenceIdList", "reference_ids", Type.PATTERN),
    ),
    required=("patient_id", "status", "reference_ids"),
)
FIND_SUBMISSION_SETS: Final = Definition(
    id="urn:uuid:f26abbcb-ac74-4422-8a30-edb644bbc1a9",
    value=stored_query.FindSubmissionSets,
    parameters=(
        One(f"{_SET}PatientId", "patient_id", Type.CX),
        Many(f"{_SET}SourceId", "source_ids"),
        Times(f"{_SET}SubmissionTime", "submission_time"),
        One(f"{_SET}AuthorPerson", "author_person", Type.PATTERN),
        Many(f"{_SET}ContentType", "content_types", Type.CODE),
        Many(f"{_SET}Status", "status", Type.STATUS),
    ),
    required=("patient_id", "status"),
)
FIND_FOLDERS: Final = Definition(
    id="urn:uuid:958f3006-baad-4929-a4de-ff1114824431",
    value=stored_query.FindFolders,
    parameters=(
        One(f"{_FOLDER}PatientId", "patient_id", Type.CX),
        Times(f"{_FOLDER}LastUpdateTime", "last_update_time"),
        Anded(f"{_FOLDER}CodeList", "codes", Type.CODE),
        Many(f"{_FOLDER}Status", "status", Type.STATUS),
    ),
    required=("patient_id", "status"),
)
GET_ALL: Final = Definition(
    id="urn:uuid:10b545ea-725c-446d-9b95-8aeb444eddf3",
    value=stored_query.GetAll,
    parameters=(
        One("$patientId", "patient_id", Type.CX),
        Many(f"{_ENTRY}Status", "entry_status", Type.STATUS),
        Many(f"{_SET}Status", "submission_set_status", Type.STATUS),
        Many(f"{_FOLDER}Status", "folder_status", Type.STATUS),
        _ENTRY_FORMAT,
        _ENTRY_CONFIDENTIALITY,
        _ENTRY_TYPE,
    ),
    required=("patient_id", "entry_status", "submission_set_status", "folder_status"),
)
_ENTRY_IDS: Final = (
    Many(f"{_ENTRY}EntryUUID", "entry_uuids"),
    Many(f"{_ENTRY}UniqueId", "unique_ids"),
)
_ENTRY_ID: Final = (
    One(f"{_ENTRY}EntryUUID", "entry_uuid"),
    One(f"{_ENTRY}UniqueId", "unique_id"),
)
_BY_IDS: Final = ("entry_uuids", "unique_ids")
_BY_ID: Final = ("entry_uuid", "unique_id")
GET_DOCUMENTS: Final = Definition(
    id="urn:uuid:5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4",
    value=stored_query.GetDocuments,
    parameters=_ENTRY_IDS,
    one_of=_BY_IDS,
)
GET_FOLDERS: Final = Definition(
    id="urn:uuid:5737b14c-8a1a-4539-b659-e03a34a5e1e4",
    value=stored_query.GetFolders,
    parameters=(
        Many(f"{_FOLDER}EntryUUID", "entry_uuids"),
        Many(f"{_FOLDER}UniqueId", "unique_ids"),
    ),
    one_of=_BY_IDS,
)
GET_ASSOCIATIONS: Final = Definition(
    id="urn:uuid:a7ae438b-4bc2-4642-93e9-be891f7bb155",
    value=stored_query.GetAssociations,
    parameters=(Many("$uuid", "uuids"),),
    required=("uuids",),
)
GET_DOCUMENTS_AND_ASSOCIATIONS: Final = Definition(
    id="urn:uuid:bab9529a-4a10-40b3-a01f-f68a615d247a",
    value=stored_query.GetDocumentsAndAssociations,
    parameters=_ENTRY_IDS,
    one_of=_BY_IDS,
)
GET_SUBMISSION_SETS: Final = Definition(
    id="urn:uuid:51224314-5390-4169-9b91-b1980040715a",
    value=stored_query.GetSubmissionSets,
    parameters=(Many("$uuid", "uuids"),),
    required=("uuids",),
)
GET_SUBMISSION_SET_AND_CONTENTS: Final = Definition(
    id="urn:uuid:e8e3cb2c-e39c-46b9-99e4-c12f57260b83",
    value=stored_query.GetSubmissionSetAndContents,
    parameters=(
        One(f"{_SET}EntryUUID", "entry_uuid"),
        One(f"{_SET}UniqueId", "unique_id"),
        _ENTRY_FORMAT,
        _ENTRY_CONFIDENTIALITY,
        _ENTRY_TYPE,
    ),
    one_of=_BY_ID,
)
GET_FOLDER_AND_CONTENTS: Final = Definition(
    id="urn:uuid:b909a503-523d-4517-8acf-8e5834dfc4c7",
    value=stored_query.GetFolderAndContents,
    parameters=(
        One(f"{_FOLDER}EntryUUID", "entry_uuid"),
        One(f"{_FOLDER}UniqueId", "unique_id"),
        _ENTRY_FORMAT,
        _ENTRY_CONFIDENTIALITY,
        _ENTRY_TYPE,
    ),
    one_of=_BY_ID,
)
GET_FOLDERS_FOR_DOCUMENT: Final = Definition(
    id="urn:uuid:10cae35a-c7f9-4cf5-b61e-fc3278ffb578",
    value=stored_query.GetFoldersForDocument,
    parameters=_ENTRY_ID,
    one_of=_BY_ID,
)
GET_RELATED_DOCUMENTS: Final = Definition(
    id="urn:uuid:d90e5407-b356-4d91-a89f-873917b4b0e6",
    value=stored_query.GetRelatedDocuments,
    parameters=(*_ENTRY_ID, Many("$AssociationTypes", "association_types"), _ENTRY_TYPE),
    required=("association_types",),
    one_of=_BY_ID,
)

DEFINITIONS: Final = (
    FIND_DOCUMENTS,
    FIND_DOCUMENTS_BY_REFERENCE_ID,
    FIND_SUBMISSION_SETS,
    FIND_FOLDERS,
    GET_ALL,
    GET_DOCUMENTS,
    GET_FOLDERS,
    GET_ASSOCIATIONS,
    GET_DOCUMENTS_AND_ASSOCIATIONS,
    GET_SUBMISSION_SETS,
    GET_SUBMISSION_SET_AND_CONTENTS,
    GET_FOLDER_AND_CONTENTS,
    GET_FOLDERS_FOR_DOCUMENT,
    GET_RELATED_DOCUMENTS,
)
BY_ID: Final = {definition.id: definition for definition in DEFINITIONS}
BY_VALUE: Final = {definition.value: definition for definition in DEFINITIONS}
