"""All that documents and records of a patient say, as far as the caller may read each of them.

One request, one record: finding, opening and the single records are its steps. What a patient had
delivered to be opened once is not opened by a look at the whole.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from naru.directory import queries as directory
from naru.domain import dtm
from naru.domain.clinical import Content
from naru.domain.codes import Code
from naru.domain.korea import korean_day
from naru.domain.overview import text_of
from naru.domain.past_history import Origin, Source
from naru.domain.records import Page, Record
from naru.domain.xds import DocumentEntry
from naru.exchange.access import Access, together
from naru.exchange.charts.gathering import Gathering, request
from naru.exchange.documents.reading import read_documents, readers

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
    gathering = Gathering(access, patient)
    with together(access):
        found = gathering.documents()
        with_content = gathering.with_content(found)
        single = tuple(_said(gathering.records(readers().record_types, MOST_RECORDS)))
        # Last, since what was sent to the caller by name is noted as received with the record.
        asked = [request(one) for one in with_content[:MOST_DOCUMENTS]]
        said, unread = _told(with_content, read_documents(access, asked, gathering.deciding))
        return Gathered((*said, *single), tuple(unread), tuple(found))


def gather_newest(access: Access, patient: UUID) -> Gathered:
    """What the newest documents and results say: for a first page, and the same work for anybody.

    Raises RegistryFailure, AuditUnavailable.
    """
    gathering = Gathering(access, patient)
    with together(access):
        found = gathering.newest(NEWEST_DOCUMENTS)
        single = tuple(_said(gathering.records(_RESULTS, NEWEST_RECORDS)))
        read = read_documents(access, map(request, found), gathering.deciding)
        said, unread = _told(found, read)
        return Gathered((*said, *single), tuple(unread), tuple(found))


def single_records(access: Access, patient: UUID | None) -> Iterator[Source]:
    """What the newest single records say, of all types that can be read."""
    return _said(Gathering(access, patient).records(readers().record_types, MOST_RECORDS))


def _said(pages: Iterable[Page]) -> Iterator[Source]:
    for page in pages:
        for record in page.records:
            content = readers().record(record.text)
            if content is not None:
                yield Source(_writer(record), content)


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
