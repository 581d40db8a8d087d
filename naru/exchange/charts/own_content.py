"""What the caller's institution itself wrote of a patient, as content: its own chart (rule 3).

From it a doctor picks what goes into a referral. Nothing that others wrote is opened for that: the
receiver asks the exchange for it, as far as the patient lets it.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final
from uuid import UUID

from naru.audit.records import AuditedObject
from naru.domain import dtm
from naru.domain.past_history import Origin, Source
from naru.domain.records import Criteria
from naru.domain.xds import DocumentEntry, DocumentRequest
from naru.exchange.access import Access, reading, together
from naru.exchange.charts import own_documents
from naru.exchange.charts.past_history import MOST_RECORDS
from naru.exchange.documents.reading import readers
from naru.exchange.documents.retrieve import retrieve
from naru.exchange.records.visibility import RECORD
from naru.patients import queries as patients
from naru.records import queries as kept

LARGEST: Final = 4 * 1024 * 1024
"""Octets of a document that is read for its content; a larger one offers nothing to pick."""

MOST_DOCUMENTS: Final = 100
"""Documents of the institution that are opened, the newest."""


def gather(access: Access, patient: UUID) -> tuple[Source, ...]:
    """All that the institution wrote and that can be read as content, newest document first.

    Raises NotRegisteredHere, RegistryFailure, AuditUnavailable.
    """
    with together(access):
        written = own_documents.written_here(access, patient)
        readable = [one for one in written if readers().of(one.mime_type)][:MOST_DOCUMENTS]
        return (*_documents(access, readable), *_records(access, patient))


def _documents(access: Access, written: list[DocumentEntry]) -> Iterator[Source]:
    asked = [
        DocumentRequest(
            repository_unique_id=one.repository_unique_id or "", document_unique_id=one.unique_id
        )
        for one in written
    ]
    opened = {one.request.document_unique_id: one for one in retrieve(access, asked).documents}
    for entry in written:
        document, read = opened.get(entry.unique_id), readers().of(entry.mime_type)
        if document is None or read is None:
            continue
        if document.size > LARGEST:
            document.chunks.close()
            continue
        content = read(b"".join(document.chunks))
        if content is not None:
            yield Source(_origin(entry.unique_id, _written(entry)), content)


def _written(entry: DocumentEntry) -> datetime:
    return dtm.earliest(entry.service_start_time or entry.creation_time or "1900")


def _records(access: Access, patient: UUID) -> Iterator[Source]:
    own, members = access.caller.institution, patients.identity_set(patient)
    with reading(access):
        now = kept.newest()
        for type_ in readers().record_types:
            found = kept.matching(Criteria(type=type_), members, at=now)
            mine = [one for one in found if one.institution == own and not one.deleted]
            for record in kept.opened(mine[-MOST_RECORDS:]):
                access.objects.append(AuditedObject(RECORD, str(record.held.key), None, patient))
                content = readers().record(record.text)
                if content is not None:
                    yield Source(_origin(str(record.held.key), record.held.updated), content)


def _origin(document: str, written: datetime) -> Origin:
    return Origin(institution="", title="", document=document, written=written)
