"""All that a caller may see of one patient: single records, and what documents say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from naru.domain.content_reading import Opened
from naru.domain.person import PatientRecord
from naru.domain.records import Record
from naru.domain.xds import DocumentEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where something comes from: the institution, the document, the days."""

    institution: UUID | None
    institution_name: str
    entry_uuid: str
    unique_id: str
    title: str
    event_date: date | None
    registered: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sourced:
    """A document with its origin; `opened` is None where nobody here could read its content."""

    origin: Origin
    entry: DocumentEntry
    opened: Opened | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeRecord:
    """What stands of a patient, as far as the caller may see it.

    `institutions` are the names of those who wrote the records.
    """

    patient: UUID
    person: PatientRecord
    records: tuple[Record, ...]
    documents: tuple[Sourced, ...]
    institutions: Mapping[UUID, str] = field(default_factory=dict)
