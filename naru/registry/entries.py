"""Searching and opening DocumentEntries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from naru.domain.identifiers import Identifier
from naru.domain.stored_query import (
    FindDocuments,
    GetAll,
    GetFolderAndContents,
    GetSubmissionSetAndContents,
)
from naru.domain.xds import AvailabilityStatus, DocumentEntry, DocumentEntryType
from naru.registry import rows as written
from naru.registry import sealing, selection
from naru.registry.identity import Survivors
from naru.registry.like import like
from naru.registry.selection import Row, Where
from naru.registry.values import Permit
from naru.registry.visibility import permitted_items

_TABLE: Final = "registry_entry"
_COLUMNS: Final = f"{selection.ENTRY}, events, id, sealed"
_CONFIDENTIALITY, _STATUS, _OBJECT_TYPE, _FORMAT = 7, 9, 10, 15
_EVENTS, _ID, _SEALED = 18, 19, 20

_ON_DEMAND: Final = f"object_type = {written.OBJECT_TYPE[DocumentEntryType.ON_DEMAND]}"


def matching(query: FindDocuments, patients: Sequence[UUID]) -> list[Row]:
    """The rows that match all but the author, whose name is sealed."""
    where = _of_patient(patients, query.status, query.object_types)
    where.coded("class_code", query.class_codes).coded("type_code", query.type_codes)
    where.coded("practice_setting", query.practice_setting_codes)
    where.coded("facility_type", query.healthcare_facility_type_codes)
    where.coded("format_code", query.format_codes)
    # ITI TF-2 3.18.4.1.2.3.7.1 note 6: not looked at for an On-Demand entry.
    where.within("creation_time", query.creation_time, unless=_ON_DEMAND)
    # ITI TF-2 3.18.4.1.2.3.3.1: an entry without the time is not judged by it.
    where.within("service_start", query.service_start_time, unless="service_start IS NULL")
    where.within("service_stop", query.service_stop_time, unless="service_stop IS NULL")
    found = selection.select(_COLUMNS, _TABLE, where)
    found = selection.with_codes(found, _EVENTS, query.event_codes)
    return selection.with_codes(found, _CONFIDENTIALITY, query.confidentiality_codes)


def newest(patients: Sequence[UUID], most: int) -> list[Row]:
    """A patient's newest approved documents, the newest first, however many others there are."""
    where = _of_patient(patients, (AvailabilityStatus.APPROVED,), (DocumentEntryType.STABLE,))
    return selection.select(_COLUMNS, _TABLE, where, order="id DESC", most=most)


def all_of(query: GetAll, patients: Sequence[UUID]) -> list[Row]:
    """The entries that GetAll asks for."""
    where = _of_patient(patients, query.entry_status, query.object_types)
    where.coded("format_code", query.format_codes)
    found = selection.select(_COLUMNS, _TABLE, where)
    return selection.with_codes(found, _CONFIDENTIALITY, query.confidentiality_codes)


def contained(
    query: GetSubmissionSetAndContents | GetFolderAndContents, members: Iterable[str]
) -> list[Row]:
    """Those members of a package that are entries, as far as the query asks for them."""
    found = of_types(members, query.object_types)
    if query.format_codes:
        formats = set(map(written.coded, query.format_codes))
        found = [row for row in found if row[_FORMAT] in formats]
    return selection.with_codes(found, _CONFIDENTIALITY, query.confidentiality_codes)


def of_types(entry_uuids: Iterable[str], types: Iterable[DocumentEntryType]) -> list[Row]:
    """Those of the objects that are entries of one of the types."""
    wanted = {written.OBJECT_TYPE[one] for one in types}
    return [row for row in named(entry_uuids) if row[_OBJECT_TYPE] in wanted]


def named(entry_uuids: Iterable[str], unique_ids: Iterable[str] = ()) -> list[Row]:
    """The entries with one of the ids; a uniqueId may name several."""
    found = [
        *selection.select_by(_COLUMNS, _TABLE, "entry_uuid", entry_uuids),
        *selection.select_by(_COLUMNS, _TABLE, "unique_id", unique_ids),
    ]
    return sorted(found, key=_position)


def _position(row: Row) -> int:
    position = row[_ID]
    assert isinstance(position, int)
    return position


def _of_patient(
    patients: Sequence[UUID],
    status: Iterable[AvailabilityStatus],
    types: Iterable[DocumentEntryType],
) -> Where:
    where = Where().one_of("patient", selection.patient_keys(patients))
    where.one_of("status", [written.STATUS[one] for one in status])
    return where.one_of("object_type", [written.OBJECT_TYPE[one] for one in types])


def permitted(found: list[Row], permit: Permit, survivors: Survivors) -> list[Row]:
    """Those rows that may be shown; it is asked as well where nothing was found."""
    survivors.will_concern(map(patient_of, found))
    answers = permitted_items([selection.entry(row, survivors) for row in found], permit, survivors)
    return [row for row, answer in zip(found, answers, strict=True) if answer]


def by_author(found: list[Row], patterns: Sequence[str]) -> list[Row]:
    """Those rows one of whose authorPersons is LIKE one of the patterns."""
    if not patterns:
        return found
    return [row for row in found if _is_by(_open(row), patterns)]


def _is_by(entry: DocumentEntry, patterns: Sequence[str]) -> bool:
    persons = [author.person for author in entry.authors if author.person is not None]
    return any(like(person, pattern) for person in persons for pattern in patterns)


def by_reference(found: list[Row], wanted: Sequence[Sequence[str]]) -> list[Row]:
    """Those rows whose referenceIdList has an id LIKE one of each group."""
    return [row for row in found if _refers(_open(row).reference_ids, wanted)]


def _refers(references: Sequence[str], wanted: Sequence[Sequence[str]]) -> bool:
    return all(
        any(like(one, pattern) for one in references for pattern in group) for group in wanted
    )


def patient_of(row: Row) -> UUID:
    """The person to whom a row belongs."""
    return selection.uuid_of(row[2])


def opened(
    found: Iterable[Row], identifiers: Mapping[UUID, Identifier | None], *, leaf: bool
) -> tuple[DocumentEntry, ...]:
    """The entries, whole under the patient's surviving id, or with their ids only."""
    if not leaf:
        return tuple(_reference(row) for row in found)
    return tuple(_as_of_now(row, identifiers[patient_of(row)]) for row in found)


def _open(row: Row) -> DocumentEntry:
    sealed = row[_SEALED]
    assert isinstance(sealed, bytes | memoryview)
    return sealing.ENTRY.open(str(row[0]), bytes(sealed))


def _as_of_now(row: Row, patient_id: Identifier | None) -> DocumentEntry:
    """The entry as registered, under its present status and its patient's present id."""
    entry = _open(row)
    status = selection.status_of(row[_STATUS])
    patient_id = patient_id or entry.patient_id
    if entry.availability_status is status and entry.patient_id == patient_id:
        return entry
    return replace(entry, availability_status=status, patient_id=patient_id)


def _reference(row: Row) -> DocumentEntry:
    return DocumentEntry(
        entry_uuid=str(row[0]),
        unique_id=str(row[1]),
        patient_id=None,
        object_type=selection.object_type_of(row[_OBJECT_TYPE]),
        availability_status=selection.status_of(row[_STATUS]),
    )
