"""What documents say: each decided on, noted and received exactly as its retrieval would be.

What its readers took from a document is kept beside it, and then its bytes stay closed (ADR 29);
of any other the bytes are opened and read now. Nobody is told which it was.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeVar

from django.conf import settings

from naru.domain.clinical import Content
from naru.domain.content_reading import Opened, Readers
from naru.domain.xds import DocumentRequest
from naru.exchange.access import Access
from naru.exchange.decide import Deciding
from naru.exchange.documents.on_demand import Snapshot
from naru.exchange.documents.retrieve import Retrieval, RetrievedDocument
from naru.repository import queries as repository

LARGEST: Final = 4 * 1024 * 1024
"""Bytes of a document that is read for its content; a larger one is told as not read."""

_Told = TypeVar("_Told")
_Asked = tuple[str, str]
"""Repository and uniqueId."""


def read_documents(
    access: Access, requests: Iterable[DocumentRequest], deciding: Deciding | None = None
) -> Mapping[_Asked, Content | None]:
    """What each document says, by repository and uniqueId; the access is durable on return.

    None where it may not be read, is not there, or nobody here can read it. `deciding` is what the
    request has decided so far. Raises RegistryFailure with XDSRepositoryBusy, AuditUnavailable.
    """
    asked = {(one.repository_unique_id, one.document_unique_id): one for one in requests}
    reading = _Reading(access, deciding, repository.said(asked, readers().version()))
    reading.carry_out(asked.values())
    found = dict.fromkeys(asked, None) | reading.read
    for document in reading.documents:
        one = document.request
        found[one.repository_unique_id, one.document_unique_id] = _read(document, readers().of)
    return found


def open_documents(
    access: Access, requests: Iterable[DocumentRequest], deciding: Deciding
) -> Mapping[_Asked, Opened]:
    """All that each document tells, its author and visit too, which are not kept beside it.

    Decided on, noted and received as above; what cannot be opened and read is not among them.
    Raises RegistryFailure with XDSRepositoryBusy, AuditUnavailable.
    """
    retrieval = Retrieval(access, deciding)
    retrieval.carry_out(requests)
    read = ((one.request, _read(one, readers().opening)) for one in retrieval.documents)
    return {
        (one.repository_unique_id, one.document_unique_id): opened
        for one, opened in read
        if opened is not None
    }


class _Reading(Retrieval):
    """A retrieval that leaves the bytes closed where it is known what they say."""

    def __init__(
        self, access: Access, deciding: Deciding | None, said: Mapping[_Asked, Content | None]
    ) -> None:
        super().__init__(access, deciding)
        self._said = said
        self.read: dict[_Asked, Content | None] = {}

    def open(self, request: DocumentRequest, snapshot: Snapshot | None = None) -> None:
        """Note what may be given as opened, and take what is kept of it."""
        oid, unique_id = asked = request.repository_unique_id, request.document_unique_id
        if snapshot is not None or asked not in self._said:
            super().open(request, snapshot)
            return
        self.read[asked] = self._said[asked]
        self.note_opened(request, oid, unique_id)


def _read(
    document: RetrievedDocument, reader_of: Callable[[str], Callable[[bytes], _Told | None] | None]
) -> _Told | None:
    reader = reader_of(document.mime_type)
    if reader is None or document.size > LARGEST:
        document.chunks.close()
        return None
    return reader(b"".join(document.chunks))


def readers() -> Readers:
    """Who reads what documents and records say, as the node names them."""
    found: Readers = settings.READERS
    return found
