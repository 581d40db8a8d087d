"""All documents of a person at once, for that person to keep: each decided on and recorded."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from naru.domain.xds import DocumentRequest
from naru.exchange.access import Access, together
from naru.exchange.charts import own_documents
from naru.exchange.charts.own_documents import OwnDocument
from naru.exchange.documents.retrieve import RetrievedDocument, retrieve

MOST_DOCUMENTS: Final = 300
"""Documents of one file, the newest."""

LARGEST: Final = 512 * 1024 * 1024
"""Octets of all documents of one file; what goes beyond is left out and named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The documents of one file, newest first; `left_out` are those that are not in it."""

    documents: tuple[tuple[OwnDocument, RetrievedDocument], ...]
    left_out: tuple[OwnDocument, ...]


def listed(access: Access, patient: UUID) -> tuple[OwnDocument, ...]:
    """What there is to keep, newest first."""
    return own_documents.of_patient(access, patient)


def all_documents(
    access: Access, patient: UUID, *, first: int = 0, most: int = MOST_DOCUMENTS
) -> Kept:
    """The documents from the `first` newest on, open to be read; the access is durable on return.

    Raises RegistryFailure, AuditUnavailable. Whoever takes them reads or closes each.
    """
    with together(access):
        wanted = own_documents.of_patient(access, patient)[first : first + most]
        given = retrieve(access, [_request(one) for one in wanted]).documents
    by_id = {one.request.document_unique_id: one for one in given}
    return _bounded(wanted, by_id)


def _bounded(wanted: Sequence[OwnDocument], given: dict[str, RetrievedDocument]) -> Kept:
    size, kept, left_out = 0, list[tuple[OwnDocument, RetrievedDocument]](), list[OwnDocument]()
    for one in wanted:
        document = given.get(one.entry.unique_id)
        if document is not None and size + document.size <= LARGEST:
            size += document.size
            kept.append((one, document))
            continue
        left_out.append(one)
        if document is not None:
            document.chunks.close()
    return Kept(documents=tuple(kept), left_out=tuple(left_out))


def _request(one: OwnDocument) -> DocumentRequest:
    return DocumentRequest(
        repository_unique_id=one.entry.repository_unique_id or "",
        document_unique_id=one.entry.unique_id,
    )
