"""Searching and opening SubmissionSets and Folders."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from naru.domain import dtm
from naru.domain.identifiers import Identifier
from naru.domain.stored_query import FindSubmissionSets
from naru.domain.xds import AvailabilityStatus, Folder, SubmissionSet
from naru.registry import rows as written
from naru.registry import sealing, selection
from naru.registry.like import like
from naru.registry.models import Package
from naru.registry.selection import Row, Where

_TABLE: Final = "registry_package"
_COLUMNS: Final = f"{selection.PACKAGE}, codes, sealed"
_STATUS, _TIME, _CODES, _SEALED = 6, 8, 10, 11


def submission_sets(query: FindSubmissionSets, patients: Sequence[UUID]) -> list[Row]:
    """The rows that match all but the author, whose name is sealed."""
    where = _of_patient(Package.Kind.SUBMISSION_SET, patients, query.status)
    where.one_of("source_id", query.source_ids).within("time", query.submission_time)
    found = selection.select(_COLUMNS, _TABLE, where)
    wanted = {written.coded(code) for code in query.content_types}
    if not wanted:
        return found
    return [row for row in found if not wanted.isdisjoint(selection.listed(str(row[_CODES])))]


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
    found: Iterable[Row], patient_id: Identifier, *, leaf: bool
) -> tuple[SubmissionSet, ...]:
    """The SubmissionSets under the patient's surviving id, or with their ids only."""
    if leaf:
        return tuple(
            replace(
                _set(row),
                patient_id=patient_id,
                availability_status=selection.status_of(row[_STATUS]),
            )
            for row in found
        )
    return tuple(
        SubmissionSet(entry_uuid=str(row[0]), unique_id=str(row[1]), patient_id=None, source_id="")
        for row in found
    )


def opened_folders(
    found: Iterable[Row], patient_id: Identifier, *, leaf: bool
) -> tuple[Folder, ...]:
    """The Folders under the patient's surviving id, or with their ids only."""
    if leaf:
        return tuple(_folder(row, patient_id) for row in found)
    return tuple(
        Folder(entry_uuid=str(row[0]), unique_id=str(row[1]), patient_id=None) for row in found
    )


def _folder(row: Row, patient_id: Identifier) -> Folder:
    updated = row[_TIME]
    assert isinstance(updated, int)
    return replace(
        sealing.FOLDER.open(str(row[0]), _sealed(row)),
        patient_id=patient_id,
        availability_status=selection.status_of(row[_STATUS]),
        last_update_time=dtm.from_datetime(datetime.fromtimestamp(updated, UTC)),
    )
