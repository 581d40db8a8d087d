"""ITI-43 Retrieve Document Set.

ITI TF-2 3.43.
"""

from naru.domain.registry_errors import RegistryFailure, RegistryResponse, ResponseStatus
from naru.exchange.documents.retrieve import Retrieved, RetrievedDocument, retrieve
from naru.faces.iti.transaction import Request, Response, Transaction
from naru.formats.ebxml import retrieve as wire
from naru.formats.ebxml.content import Include
from naru.formats.mime import Attachment
from naru.formats.soap import new_content_id


def handle(request: Request) -> Response:
    """Give the documents that the caller may read; each other one is an error of its own."""
    retrieved = retrieve(request.access, wire.request_from_ebxml(request.body))
    attachments = tuple(map(_attachment, retrieved.documents))
    described = [
        (_described(document), Include(attachment.cid))
        for document, attachment in zip(retrieved.documents, attachments, strict=True)
    ]
    response = RegistryResponse(_status(retrieved), retrieved.errors)
    return Response(wire.response_to_ebxml(response, described), attachments)


def refuse(failure: RegistryFailure) -> Response:
    """No document, and why."""
    response = RegistryResponse(ResponseStatus.FAILURE, failure.errors)
    return Response(wire.response_to_ebxml(response, ()))


def _status(retrieved: Retrieved) -> ResponseStatus:
    # ITI TF-2 3.43.4.2.2: some and some not is a partial success.
    if not retrieved.errors:
        return ResponseStatus.SUCCESS
    return ResponseStatus.PARTIAL_SUCCESS if retrieved.documents else ResponseStatus.FAILURE


def _attachment(document: RetrievedDocument) -> Attachment:
    return Attachment(
        cid=new_content_id(),
        content_type=document.mime_type,
        chunks=document.chunks,
        length=document.size,
    )


def _described(document: RetrievedDocument) -> wire.DocumentResponse:
    # ITI TF-2 3.43.4.2.2: where the document stands that was assembled for an On-Demand entry.
    snapshot = document.snapshot
    return wire.DocumentResponse(
        home_community_id=document.request.home_community_id,
        repository_unique_id=document.request.repository_unique_id,
        document_unique_id=document.request.document_unique_id,
        new_repository_unique_id=snapshot.repository if snapshot else None,
        new_document_unique_id=snapshot.unique_id if snapshot else None,
        mime_type=document.mime_type,
    )


TRANSACTION = Transaction(
    name="ITI-43",
    actions=("urn:ihe:iti:2007:RetrieveDocumentSet",),
    response_action="urn:ihe:iti:2007:RetrieveDocumentSetResponse",
    handle=handle,
    refuse=refuse,
)
