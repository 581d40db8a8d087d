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

_ENTRY_FORMAT: Final = Many(f"{_ENTRY}FormatCode", "format_codes", Type.CODE)
_ENTRY_CONFIDENTIALITY: Final = Anded(
    f"{_ENTRY}ConfidentialityCode", "confidentiality_codes", Type.CODE
)
_ENTRY_TYPE: Final = Many(f"{_ENTRY}Type", "object_types", Type.OBJECT_TYPE)

FIND_DOCUMENTS: Final = Definition(
    id="urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d",
    value=stored_query.FindDocuments,
    parameters=(
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
    ),
    required=("patient_id", "status"),
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
GET_ALL: Final = Definition(
    id="urn:uuid:10b545ea-725c-446d-9b95-8aeb444eddf3",
    value=stored_query.GetAll,
    parameters=(
        One("$patientId", "patient_id", Type.CX),
        Many(f"{_ENTRY}Status", "entry_status", Type.STATUS),
        Many(f"{_SET}Status", "submission_set_status", Type.STATUS),
        Many("$XDSFolderStatus", "folder_status", Type.STATUS),
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
GET_DOCUMENTS: Final = Definition(
    id="urn:uuid:5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4",
    value=stored_query.GetDocuments,
    parameters=_ENTRY_IDS,
    one_of=("entry_uuids", "unique_ids"),
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
    one_of=("entry_uuids", "unique_ids"),
)

DEFINITIONS: Final = (
    FIND_DOCUMENTS,
    FIND_SUBMISSION_SETS,
    GET_ALL,
    GET_DOCUMENTS,
    GET_ASSOCIATIONS,
    GET_DOCUMENTS_AND_ASSOCIATIONS,
)
BY_ID: Final = {definition.id: definition for definition in DEFINITIONS}
BY_VALUE: Final = {definition.value: definition for definition in DEFINITIONS}
