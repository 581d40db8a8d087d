"""ITI-68 Retrieve Document.

MHD 2:3.68.
"""

import base64
from http import HTTPStatus
from typing import Final

from naru.domain.registry_errors import ErrorCode, RegistryFailure
from naru.exchange.documents.retrieve import RetrievedDocument
from naru.exchange.documents.retrieve_entry import NotWanted, retrieve_entry
from naru.faces.fhir import registry_outcome
from naru.faces.fhir.interaction import Code, Interaction, Octets, Request, Response
from naru.faces.fhir.not_found import not_found
from naru.formats.fhir.media_ranges import MediaRanges, media_ranges
from naru.formats.fhir.mhd import identifiers
from naru.formats.fhir.outcome import IssueType, Refused, refused

LARGEST_RESOURCE: Final = 16 * 1024 * 1024
"""A document that is asked for as a Binary resource stands in memory, in base64."""

_FHIR: Final = ("application/fhir+json", "application/fhir+xml")


def handle(request: Request) -> Response:
    """Stream the document as it was registered, or give it as a Binary resource.

    The octets are streamed wherever Accept admits the document's own media type (MHD 2:3.68.4.1.2);
    who asks for a FHIR syntax alone gets the resource (FHIR R4 2.6.5, Binary).
    """
    ranges = media_ranges(request.headers.get("accept", ""), request.query)
    document = _retrieved(request, ranges)
    if ranges.admit(document.mime_type):
        return Response(
            octets=Octets(
                content_type=document.mime_type, chunks=document.chunks, length=document.size
            )
        )
    return _as_resource(request, document)


def _retrieved(request: Request, ranges: MediaRanges) -> RetrievedDocument:
    uuid = identifiers.UUID + request.path["id"]

    def wanted(mime_type: str) -> bool:
        return ranges.admit(mime_type) or any(map(ranges.name, _FHIR))

    try:
        return retrieve_entry(request.access, uuid, wanted=wanted)
    except RegistryFailure as failure:
        raise _refused(failure) from failure
    except NotWanted:
        raise _not_acceptable() from None


def _refused(failure: RegistryFailure) -> Refused:
    codes = {error.code for error in failure.errors}
    if codes & {ErrorCode.XDSDocumentUniqueIdError, ErrorCode.XDSUnknownRepositoryId}:
        return not_found()
    if ErrorCode.XDSRegistryDeprecatedDocumentError in codes:
        return Refused(*registry_outcome.issues(failure.errors), status=HTTPStatus.GONE)
    return registry_outcome.refused(failure)


def _as_resource(request: Request, document: RetrievedDocument) -> Response:
    try:
        if document.size > LARGEST_RESOURCE:
            raise _not_acceptable()
        content = b"".join(document.chunks)
    finally:
        document.chunks.close()
    binary = {
        "resourceType": "Binary",
        "id": request.path["id"],
        "contentType": document.mime_type,
        "data": base64.b64encode(content).decode("ascii"),
    }
    return Response(resource={name: value for name, value in binary.items() if value})


def _not_acceptable() -> Refused:
    return refused(
        IssueType.NOT_SUPPORTED,
        "The document is not in a media type that was asked for.",
        status=HTTPStatus.NOT_ACCEPTABLE,
    )


READ: Final = Interaction(
    name="ITI-68",
    code=Code.READ,
    methods=("GET",),
    path="Binary/{id}",
    handle=handle,
)
