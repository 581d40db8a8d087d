"""What documents say: each decided on, noted and received exactly as its retrieval would be.

What its readers took from a document is kept beside it, and then its bytes stay closed (ADR 29);
of any other the bytes are opened and read now. Nobody is told which it was.
"""

from collections.abc import Iterable, Mapping
from typing import Final
from uuid import UUID

from django.conf import settings

from naru.audit.queries import DOCUMENT
from naru.audit.records import AuditedObject
from naru.domain.clinical import Content
from naru.domain.content_reading import Readers
from naru.domain.xds import DocumentRequest
from naru.exchange.access import Access
from naru.exchange.decide import Deciding
from naru.exchange.on_demand import Snapshot
from naru.exchange.retrieve import Retrieval, RetrievedDocument
from naru.repository import queries as repository

LARGEST: Final = 4 * 1024 * 1024
"""Bytes of a document that is read for its content; a larger one is told as not read."""

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
    reading = _Reading(access, deciding, repository.said(asked, _readers().version()))
    reading.carry_out(asked.values())
    found = dict.fromkeys(asked, None) | reading.read
    for document in reading.documents:
        one = document.request
        found[one.repository_unique_id, one.document_unique_id] = _read(document)
    return found


class _Reading(Retrieval):
    """A retrieval that leaves the bytes closed where it is known what they say."""

    def __init__(
        self, access: Access, deciding: Deciding | None, said: Mapping[_Asked, Content | None]
    ) -> None:
        super().__init__(access, deciding)
        self._said = said
        self.read: dict[_Asked, Content | None] = {}

    def open(
        self, request: DocumentRequest, whose: Iterable[UUID], snapshot: Snapshot | None = None
    ) -> None:
        """Note what may be given as opened, and take what is kept of it."""
        oid, unique_id = asked = request.repository_unique_id, request.document_unique_id
        if snapshot is not None or asked not in self._said:
            super().open(request, whose, snapshot)
            return
        self.read[asked] = self._said[asked]
        self._access.objects += [AuditedObject(DOCUMENT, unique_id, oid, one) for one in whose]


def _read(document: RetrievedDocument) -> Content | None:
    reader = _readers().of(document.mime_type)
    if reader is None or document.size > LARGEST:
        document.chunks.close()
        return None
    return reader(b"".join(document.chunks))


def _readers() -> Readers:
    readers: Readers = settings.READERS
    return readers
