"""All that documents and records of a patient say, as far as the caller may read each of them.

One request, one record: finding, opening and the single records are its steps. What a patient had
delivered to be opened once is not opened by a look at the whole.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.conf import settings

from naru.directory import queries as directory
from naru.domain import dtm
from naru.domain.clinical import Content
from naru.domain.codes import Code
from naru.domain.content_reading import Readers
from naru.domain.decision import Act, Reason
from naru.domain.identifiers import Identifier
from naru.domain.korea import korean_day
from naru.domain.overview import text_of
from naru.domain.past_history import Origin, Source
from naru.domain.person import NOBODY
from naru.domain.privacy_policies import privacy_policies
from naru.domain.records import Criteria, Find, Record, Sorting
from naru.domain.registry_errors import ErrorCode
from naru.domain.stored_query import FindDocuments
from naru.domain.xds import (
    AvailabilityStatus,
    DocumentEntry,
    DocumentEntryType,
    DocumentRequest,
)
from naru.exchange import records, stored_query
from naru.exchange.access import Access, busy, reading, together
from naru.exchange.decide import Deciding
from naru.exchange.read_documents import read_documents
from naru.patients import queries as patients
from naru.registry import queries as registry
from naru.registry.values import Indexed

_OF_NOBODY: Final = Identifier("NOBODY", "2.999")
"""No feed told of it: what is asked of an unknown person takes the same steps."""

LOOK: Final = "past history"
"""The transaction of a page that shows it, as the audit names it."""

MOST_DOCUMENTS: Final = 300
"""Documents that one look opens, the newest; the others are named as not read."""

MOST_RECORDS: Final = 500
"""Single records of each type that one look opens, the newest."""

NEWEST_DOCUMENTS: Final = 12
"""Of the newest documents so many are looked at for a first page."""

NEWEST_RECORDS: Final = 50
_RESULTS: Final = ("Observation",)
_NEWEST_FIRST: Final = (Sorting("_lastUpdated", descending=True),)


@dataclass(frozen=True, slots=True)
class Gathered:
    """What was read, and the documents that could not be read as content, newest first.

    `found` are all documents that the caller may know of, also those that tell nothing of care.
    """

    sources: tuple[Source, ...]
    unread: tuple[Origin, ...]
    found: tuple[DocumentEntry, ...] = ()


def gather(access: Access, patient: UUID | None) -> Gathered:
    """Everything of the patient that the caller may read; the access is durable on return.

    Of somebody whom nobody knows there is nothing, and it takes no less to find that out.

    Raises RegistryFailure, AuditUnavailable.
    """
    deciding = Deciding(access, Act.READ)
    with together(access):
        found, with_content = _found(access, patient, deciding)
        single = tuple(single_records(access, patient, deciding=deciding))
        # Last, since what was sent to the caller by name is noted as received with the record.
        asked = [_request(one) for one in with_content[:MOST_DOCUMENTS]]
        read = read_documents(access, asked, deciding)
        said, unread = _told(with_content, read)
        return Gathered((*said, *single), tuple(unread), tuple(found))


def gather_newest(access: Access, patient: UUID) -> Gathered:
    """What the newest documents and results say: for a first page, and the same work for anybody.

    Raises RegistryFailure, AuditUnavailable.
    """
    deciding = Deciding(access, Act.READ)
    with together(access):
        found = _newest(access, patient, deciding)
        single = tuple(
            single_records(access, patient, _RESULTS, most=NEWEST_RECORDS, deciding=deciding)
        )
        said, unread = _told(found, read_documents(access, map(_request, found), deciding))
        return Gathered((*said, *single), tuple(unread), tuple(found))


def _newest(access: Access, patient: UUID, deciding: Deciding) -> list[DocumentEntry]:
    identifier = patients.affinity_id(patient)
    if identifier is None:
        return []
    with busy(ErrorCode.XDSRegistryBusy), reading(access):

        def permit(asked: Sequence[Indexed]) -> Sequence[bool]:
            told = [one for one in asked if _tells(one)]
            may = iter(deciding.permit(told))
            return [_tells(one) and next(may) for one in asked]

        people = deciding.people
        return [*registry.newest(identifier, NEWEST_DOCUMENTS, patients=people, permit=permit)]


def _found(
    access: Access, patient: UUID | None, deciding: Deciding
) -> tuple[list[DocumentEntry], list[DocumentEntry]]:
    """The documents, and those of them with content, newest first."""
    identifier = patients.affinity_id(patient or NOBODY) or _OF_NOBODY
    with busy(ErrorCode.XDSRegistryBusy), reading(access):
        access.patient_id = "" if identifier is _OF_NOBODY else str(identifier)
        people, kinds = deciding.people, dict[str, Indexed]()

        def permit(asked: Sequence[Indexed]) -> Sequence[bool]:
            kinds.update((one.entry_uuid, one) for one in asked)
            return deciding.permit(asked)

        query = FindDocuments(patient_id=identifier, status=(AvailabilityStatus.APPROVED,))
        found = registry.run(query, patients=people, permit=permit, leaf=True)
        stored_query.note(access, query, found, deciding, people)
        newest_first = list(reversed(found.entries))
        return newest_first, [
            one
            for one in newest_first
            if _has_content(one, kinds[one.entry_uuid])
            and deciding.reason_of(one.entry_uuid) is not Reason.PATIENT_DIRECTED
        ]


def _has_content(entry: DocumentEntry, item: Indexed) -> bool:
    """Whether a document may tell of care: not a consent, and not what is assembled of others."""
    return item.object_type is DocumentEntryType.STABLE and _tells(item, entry.mime_type)


def _tells(item: Indexed, mime_type: str = "") -> bool:
    return (
        not privacy_policies().is_consent_format(item.format, item.kind)
        and _readers().of(mime_type or item.mime_type) is not None
    )


def _request(entry: DocumentEntry) -> DocumentRequest:
    return DocumentRequest(
        repository_unique_id=entry.repository_unique_id or "", document_unique_id=entry.unique_id
    )


def _told(
    entries: Iterable[DocumentEntry], read: Mapping[tuple[str, str], Content | None]
) -> tuple[list[Source], list[Origin]]:
    said, unread = list[Source](), list[Origin]()
    for entry in entries:
        origin = _origin(entry)
        content = read.get((origin.repository, origin.document))
        if content is None:
            unread.append(origin)
        else:
            said.append(Source(origin, content))
    return said, unread


def _origin(entry: DocumentEntry) -> Origin:
    author = next(iter(entry.authors), None)
    told = next(iter(author.institutions), "") if author else ""
    kind = text_of(entry.type_code.display) if isinstance(entry.type_code, Code) else ""
    return Origin(
        institution=told.partition("^")[0],
        title=text_of(entry.title) or kind,
        document=entry.unique_id,
        repository=entry.repository_unique_id or "",
        written=dtm.earliest(entry.service_start_time or entry.creation_time or "1900"),
    )


def single_records(
    access: Access,
    patient: UUID | None,
    types: Sequence[str] | None = None,
    *,
    most: int = MOST_RECORDS,
    deciding: Deciding | None = None,
) -> Iterator[Source]:
    """What the newest single records of these types say, or of all that can be read."""
    asked = [
        Find(
            criteria=Criteria(type=type_, patients=(patient or NOBODY,)),
            count=most,
            sorting=_NEWEST_FIRST,
        )
        for type_ in (_readers().record_types if types is None else types)
    ]
    for page in records.look_each(access, asked, deciding or Deciding(access, Act.READ)):
        for record in page.records:
            content = _readers().record(record.text)
            if content is not None:
                yield Source(_writer(record), content)


def _writer(record: Record) -> Origin:
    held = record.held
    on = korean_day(held.updated)
    known = None if held.institution is None else directory.by_id(held.institution, on=on)
    return Origin(
        institution="" if known is None else known.name,
        title=held.key.type,
        document=str(held.key),
        written=held.updated,
    )


def _readers() -> Readers:
    readers: Readers = settings.READERS
    return readers
