"""Searching and opening SubmissionSets and Folders."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from naru.domain import dtm
from naru.domain.identifiers import Identifier
from naru.domain.stored_query import FindFolders, FindSubmissionSets
from naru.domain.xds import AvailabilityStatus, Folder, SubmissionSet
from naru.registry import rows as written
from naru.registry import sealing, selection
from naru.registry.like import like
from naru.registry.models import Package
from naru.registry.selection import Row, Where

_TABLE: Final = "registry_package"
_COLUMNS: Final = f"{selection.PACKAGE}, codes, sealed, id"
_STATUS, _KIND, _TIME, _CODES, _SEALED, _ID = 6, 7, 8, 10, 11, 12


def submission_sets(query: FindSubmissionSets, patients: Sequence[UUID]) -> list[Row]:
    """The rows that match all but the author, whose name is sealed."""
    where = _of_patient(Package.Kind.SUBMISSION_SET, patients, query.status)
    where.one_of("source_id", query.source_ids).within("time", query.submission_time)
    found = selection.select(_COLUMNS, _TABLE, where)
    return selection.with_codes(found, _CODES, [query.content_types] if query.content_types else [])


def folders(query: FindFolders, patients: Sequence[UUID]) -> list[Row]:
    """The rows that match."""
    where = _of_patient(Package.Kind.FOLDER, patients, query.status)
    where.within("time", query.last_update_time)
    return selection.with_codes(selection.select(_COLUMNS, _TABLE, where), _CODES, query.codes)


def named(
    kind: Package.Kind, entry_uuids: Iterable[str], unique_ids: Iterable[str] = ()
) -> list[Row]:
    """The packages of one kind with one of the ids."""
    found = [
        *selection.select_by(_COLUMNS, _TABLE, "entry_uuid", entry_uuids),
        *selection.select_by(_COLUMNS, _TABLE, "unique_id", unique_ids),
    ]
    return sorted(of_kind(kind, found), key=_position)


def known(entry_uuid: str) -> list[Row]:
    """The package of that id, of either kind."""
    return [*selection.select_by(_COLUMNS, _TABLE, "entry_uuid", [entry_uuid])]


def of_kind(kind: Package.Kind, found: Iterable[Row]) -> list[Row]:
    """Those of them that are of one kind."""
    return [row for row in found if row[_KIND] == kind]


def _position(row: Row) -> int:
    position = row[_ID]
    assert isinstance(position, int)
    return position


def all_of(
    kind: Package.Kind, patients: Sequence[UUID], status: Iterable[AvailabilityStatus]
) -> list[Row]:
    """A patient's packages of one kind."""
    return selection.select(_COLUMNS, _TABLE, _of_patient(kind, patients, status))


def _of_patient(
    kind: Package.Kind, patients: Sequence[UUID], status: Iterable[AvailabilityStatus]
) -> Where:
    where = Where().one_of("patient", selection.patient_keys(patients))
    where.one_of("kind", [kind.value])
    return where.one_of("status", [written.STATUS[one] for one in status])


def by_author(found: list[Row], pattern: str | None) -> list[Row]:
    """Those rows one of whose authorPersons is LIKE the pattern."""
    if pattern is None:
        return found
    return [
        row
        for row in found
        if any(
            author.person is not None and like(author.person, pattern)
            for author in _set(row).authors
        )
    ]


def _set(row: Row) -> SubmissionSet:
    return sealing.SUBMISSION_SET.open(str(row[0]), _sealed(row))


def _sealed(row: Row) -> bytes:
    sealed = row[_SEALED]
    assert isinstance(sealed, bytes | memoryview)
    return bytes(sealed)


def opened_sets(
    found: Iterable[Row], identifiers: Mapping[UUID, Identifier | None], *, leaf: bool
) -> tuple[SubmissionSet, ...]:
    """The SubmissionSets under their patient's surviving id, or with their ids only."""
    if leaf:
        return tuple(_set_as_of_now(row, identifiers) for row in found)
    return tuple(
        SubmissionSet(entry_uuid=str(row[0]), unique_id=str(row[1]), patient_id=None, source_id="")
        for row in found
    )


def _set_as_of_now(row: Row, identifiers: Mapping[UUID, Identifier | None]) -> SubmissionSet:
    kept = _set(row)
    return replace(
        kept,
        patient_id=identifiers[selection.uuid_of(row[2])] or kept.patient_id,
        availability_status=selection.status_of(row[_STATUS]),
    )


def opened_folders(
    found: Iterable[Row], identifiers: Mapping[UUID, Identifier | None], *, leaf: bool
) -> tuple[Folder, ...]:
    """The Folders under their patient's surviving id, or with their ids only."""
    if leaf:
        return tuple(_folder_as_of_now(row, identifiers) for row in found)
    return tuple(
        Folder(entry_uuid=str(row[0]), unique_id=str(row[1]), patient_id=None) for row in found
    )


def _folder_as_of_now(row: Row, identifiers: Mapping[UUID, Identifier | None]) -> Folder:
    updated = row[_TIME]
    assert isinstance(updated, int)
    kept = sealing.FOLDER.open(str(row[0]), _sealed(row))
    return replace(
        kept,
        patient_id=identifiers[selection.uuid_of(row[2])] or kept.patient_id,
        availability_status=selection.status_of(row[_STATUS]),
        last_update_time=dtm.from_datetime(datetime.fromtimestamp(updated, UTC)),
    )
