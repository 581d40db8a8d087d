"""ITI-43: give documents that the caller may read now."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from naru.audit.queries import DOCUMENT
from naru.audit.records import AuditedObject
from naru.domain.decision import Act
from naru.domain.registry_errors import ErrorCode, RegistryError, RegistryFailure
from naru.domain.xds import DocumentRequest
from naru.exchange import community
from naru.exchange.access import Access, busy, reading
from naru.exchange.decide import Deciding
from naru.patients import queries as patients
from naru.registry import queries as registry
from naru.repository import errors
from naru.repository import queries as repository


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievedDocument:
    """A document on its way out; its bytes are read as they are sent, or `chunks` is closed."""

    request: DocumentRequest
    mime_type: str
    size: int
    chunks: repository.Chunks


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What may be given, and an error for each document that may not or cannot."""

    documents: tuple[RetrievedDocument, ...]
    errors: tuple[RegistryError, ...]


def retrieve(access: Access, requests: Iterable[DocumentRequest]) -> Retrieved:
    """Look up, decide and open each document once; the access is durable on return.

    What does not exist and what may not be read get the same error. Raises AuditUnavailable, and
    RegistryFailure with XDSRepositoryBusy.
    """
    documents: list[RetrievedDocument] = []
    refused: list[RegistryError] = []
    with busy(ErrorCode.XDSRepositoryBusy), _closing_unless_answered(documents), reading(access):
        deciding = Deciding(access, Act.READ)
        for request in _once_each(requests):
            try:
                documents.append(_open(access, deciding, request))
            except RegistryFailure as failure:
                refused += failure.errors
                access.withheld(DOCUMENT, request.document_unique_id, request.repository_unique_id)
                access.refused(*(error.code for error in failure.errors))
            else:
                if len(documents) > 1:
                    documents[-1].chunks.rest()  # Its turn comes later.
    return Retrieved(tuple(documents), tuple(refused))


def _once_each(requests: Iterable[DocumentRequest]) -> Iterable[DocumentRequest]:
    return {(one.repository_unique_id, one.document_unique_id): one for one in requests}.values()


@contextmanager
def _closing_unless_answered(documents: list[RetrievedDocument]) -> Iterator[None]:
    try:
        yield
    except BaseException:
        for document in documents:
            document.chunks.close()
        raise


def _open(access: Access, deciding: Deciding, request: DocumentRequest) -> RetrievedDocument:
    oid, unique_id = request.repository_unique_id, request.document_unique_id
    community.require_ours(request.home_community_id, unique_id)
    if repository.repository(oid) is None:
        raise errors.unknown_repository(oid, unique_id)
    # One uniqueId may stand in several entries; none of them opens what another withholds.
    entries = registry.locate(oid, unique_id, patients=patients)
    permitted = deciding.permit(entries)
    if not (permitted and all(permitted)):
        raise errors.unknown_document(unique_id)
    held = repository.held(oid, unique_id)
    chunks = repository.chunks(held)
    access.objects += [
        AuditedObject(DOCUMENT, unique_id, oid, patient)
        for patient in dict.fromkeys(entry.patient for entry in entries)
    ]
    return RetrievedDocument(
        request=request, mime_type=held.mime_type, size=held.size, chunks=chunks
    )
