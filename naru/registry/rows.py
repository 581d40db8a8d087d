"""Values to rows: what of each object is searched, and on which day it happened."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from naru.domain import dtm
from naru.domain.codes import Code
from naru.domain.korea import korean_day, korean_day_of
from naru.domain.xds import (
    Association,
    AvailabilityStatus,
    DocumentEntry,
    DocumentEntryType,
    Folder,
    SubmissionSet,
)
from naru.registry import models, sealing
from naru.registry.values import Indexed, Origin

STATUS: Final = {
    AvailabilityStatus.APPROVED: models.Status.APPROVED.value,
    AvailabilityStatus.DEPRECATED: models.Status.DEPRECATED.value,
}
OBJECT_TYPE: Final = {
    DocumentEntryType.STABLE: models.Entry.ObjectType.STABLE.value,
    DocumentEntryType.ON_DEMAND: models.Entry.ObjectType.ON_DEMAND.value,
}


def coded(code: Code | None) -> str:
    """`code^^scheme`, as a stored query writes it (ITI TF-2 3.18.4.1.2.3.4)."""
    return f"{code.code}^^{code.scheme}" if code else ""


def listed(values: Iterable[str]) -> str:
    """A list in one column."""
    return msgspec.json.encode(tuple(values)).decode()


def seconds(text: str | None) -> int | None:
    """The first instant of a DTM, in seconds of the epoch."""
    return int(dtm.earliest(text).timestamp()) if text else None


def event_date(entry: DocumentEntry, now: datetime) -> date | None:
    """The day of care: of the service, else of the document's creation (design, section 7).

    An On-Demand entry holds nothing itself, and what is assembled for it is judged piece by piece:
    its day is the last on which care adds to it, else that on which it was registered.
    """
    if entry.object_type is DocumentEntryType.ON_DEMAND:
        stop = entry.service_stop_time
        return korean_day_of(stop) if stop else korean_day(now)
    text = entry.service_start_time or entry.creation_time
    return korean_day_of(text) if text else None


def indexed(entry: DocumentEntry, *, patient: UUID, origin: Origin, now: datetime) -> Indexed:
    """The light row of an entry that is about to be registered."""
    return Indexed(
        entry_uuid=entry.entry_uuid,
        unique_id=entry.unique_id,
        patient=patient,
        institution=origin.institution,
        event_date=event_date(entry, now),
        department=coded(entry.practice_setting_code) or None,
        kind=coded(entry.type_code),
        confidentiality=tuple(coded(code) for code in entry.confidentiality_codes),
        recipients=origin.recipients,
        object_type=entry.object_type,
        repository=entry.repository_unique_id,
        mime_type=entry.mime_type,
        hash=entry.hash,
        size=entry.size,
        format=coded(entry.format_code),
        assembled_from=origin.assembled_from,
    )


def indexed_package(
    value: SubmissionSet | Folder, day: date, *, patient: UUID, origin: Origin
) -> Indexed:
    """The light row of a submission set or folder that is about to be registered."""
    return Indexed(
        entry_uuid=value.entry_uuid,
        unique_id=value.unique_id,
        patient=patient,
        institution=origin.institution,
        event_date=day,
        recipients=origin.recipients,
    )


def of_entry(entry: DocumentEntry, *, patient: UUID, origin: Origin, now: datetime) -> models.Entry:
    """The row of a new DocumentEntry."""
    return models.Entry(
        entry_uuid=entry.entry_uuid,
        logical_id=entry.logical_id or entry.entry_uuid,
        unique_id=entry.unique_id,
        patient=patient,
        institution=origin.institution,
        repository=entry.repository_unique_id or "",
        object_type=OBJECT_TYPE[entry.object_type],
        class_code=coded(entry.class_code),
        type_code=coded(entry.type_code),
        format_code=coded(entry.format_code),
        practice_setting=coded(entry.practice_setting_code),
        facility_type=coded(entry.healthcare_facility_type_code),
        events=listed(map(coded, entry.event_codes)),
        confidentiality=listed(map(coded, entry.confidentiality_codes)),
        recipients=listed(recipient.hex for recipient in origin.recipients),
        event_date=event_date(entry, now),
        creation_time=seconds(entry.creation_time),
        service_start=seconds(entry.service_start_time),
        service_stop=seconds(entry.service_stop_time),
        mime_type=entry.mime_type,
        hash=(entry.hash or "").lower(),
        size=entry.size,
        registered_at=now,
        assembled_from="" if origin.assembled_from is None else listed(origin.assembled_from),
        sealed=sealing.ENTRY.seal(entry),
    )


def of_submission_set(
    value: SubmissionSet, *, patient: UUID, origin: Origin, now: datetime
) -> models.Package:
    """The row of a new SubmissionSet."""
    assert value.submission_time is not None
    return models.Package(
        kind=models.Package.Kind.SUBMISSION_SET,
        entry_uuid=value.entry_uuid,
        unique_id=value.unique_id,
        patient=patient,
        institution=origin.institution,
        source_id=value.source_id,
        codes=listed([coded(value.content_type_code)]),
        recipients=listed(recipient.hex for recipient in origin.recipients),
        time=int(dtm.earliest(value.submission_time).timestamp()),
        event_date=korean_day_of(value.submission_time),
        registered_at=now,
        sealed=sealing.SUBMISSION_SET.seal(value),
    )


def of_folder(value: Folder, *, patient: UUID, origin: Origin, now: datetime) -> models.Package:
    """The row of a new Folder; it was last updated now, whatever was sent."""
    return models.Package(
        kind=models.Package.Kind.FOLDER,
        entry_uuid=value.entry_uuid,
        unique_id=value.unique_id,
        patient=patient,
        institution=origin.institution,
        codes=listed(map(coded, value.codes)),
        recipients=listed(recipient.hex for recipient in origin.recipients),
        time=int(now.timestamp()),  # ITI TF-2 3.42.4.1.3.6
        event_date=korean_day(now),
        registered_at=now,
        sealed=sealing.FOLDER.seal(value),
    )


def of_association(value: Association) -> models.Association:
    """The row of a new Association."""
    whole = value.documentation or value.extra
    return models.Association(
        entry_uuid=value.entry_uuid,
        type=value.type,
        source=value.source,
        target=value.target,
        submission_set_status=value.submission_set_status or "",
        sealed=sealing.ASSOCIATION.seal(value) if whole else None,
    )
