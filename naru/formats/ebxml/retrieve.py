"""RetrieveDocumentSetRequest and -Response (ITI TF-2 3.43.4), for both ends of ITI-43."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from lxml.etree import _Element

from naru.domain.registry_errors import ErrorCode, RegistryFailure, RegistryResponse, failure
from naru.domain.xds import DocumentRequest
from naru.formats.ebxml import namespaces as ns
from naru.formats.ebxml import registry_response
from naru.formats.ebxml.content import Content
from naru.formats.xml.escape import escape

REQUEST_TAG: Final = f"{{{ns.XDSB}}}RetrieveDocumentSetRequest"
RESPONSE_TAG: Final = f"{{{ns.XDSB}}}RetrieveDocumentSetResponse"
MAX_DOCUMENTS: Final = 1000
"""Documents one request may name: a whole chart fits, a search for guessed ids does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentResponse:
    """One document of an answer. `home_community_id` is given only if the request gave it."""

    repository_unique_id: str
    document_unique_id: str
    mime_type: str
    home_community_id: str | None = None
    new_repository_unique_id: str | None = None
    new_document_unique_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrieveResponse:
    """An answer as a client reads it; the element of each Document holds base64 or an Include."""

    response: RegistryResponse
    documents: tuple[tuple[DocumentResponse, _Element], ...] = ()


def request_from_ebxml(element: _Element) -> tuple[DocumentRequest, ...]:
    """The documents asked for, in the order of the request. Raises RegistryFailure."""
    requests = tuple(map(_request, element.iterchildren(f"{{{ns.XDSB}}}DocumentRequest")))
    if element.tag != REQUEST_TAG or not requests:
        raise _repository_error("the request must name at least one DocumentRequest")
    if len(requests) > MAX_DOCUMENTS:
        raise failure(
            ErrorCode.XDSRepositoryOutOfResources,
            f"one request may name at most {MAX_DOCUMENTS} documents",
        )
    return requests


def request_to_ebxml(requests: Iterable[DocumentRequest]) -> str:
    """The request, an element that declares its own prefix."""
    asked = "".join(
        f"<xds:DocumentRequest>{_child('HomeCommunityId', request.home_community_id)}"
        f"{_child('RepositoryUniqueId', request.repository_unique_id)}"
        f"{_child('DocumentUniqueId', request.document_unique_id)}</xds:DocumentRequest>"
        for request in requests
    )
    return (
        f'<xds:RetrieveDocumentSetRequest xmlns:xds="{ns.XDSB}">{asked}'
        "</xds:RetrieveDocumentSetRequest>"
    )


def response_from_ebxml(element: _Element) -> RetrieveResponse:
    """The answer and the Document elements that the SOAP side resolves. Raises RegistryFailure."""
    response = element.find(registry_response.TAG)
    if element.tag != RESPONSE_TAG or response is None:
        raise _repository_error("the answer must be a RetrieveDocumentSetResponse with a status")
    return RetrieveResponse(
        response=registry_response.from_ebxml(response),
        documents=tuple(
            map(_document, element.iterchildren(f"{{{ns.XDSB}}}DocumentResponse")),
        ),
    )


def response_to_ebxml(
    response: RegistryResponse, documents: Iterable[tuple[DocumentResponse, Content]]
) -> str:
    """The answer, an element that declares its own prefixes; children in the schema's order."""
    given = "".join(
        f"<xds:DocumentResponse>{_child('HomeCommunityId', document.home_community_id)}"
        f"{_child('RepositoryUniqueId', document.repository_unique_id)}"
        f"{_child('DocumentUniqueId', document.document_unique_id)}"
        f"{_child('NewRepositoryUniqueId', document.new_repository_unique_id)}"
        f"{_child('NewDocumentUniqueId', document.new_document_unique_id)}"
        f"{_child('mimeType', document.mime_type)}"
        f"<xds:Document>{content.to_xml()}</xds:Document></xds:DocumentResponse>"
        for document, content in documents
    )
    return (
        f'<xds:RetrieveDocumentSetResponse xmlns:xds="{ns.XDSB}">'
        f"{registry_response.to_ebxml(response)}{given}</xds:RetrieveDocumentSetResponse>"
    )


def _request(element: _Element) -> DocumentRequest:
    return DocumentRequest(
        home_community_id=_optional(element, "HomeCommunityId"),
        repository_unique_id=_required(element, "RepositoryUniqueId"),
        document_unique_id=_required(element, "DocumentUniqueId"),
    )


def _document(element: _Element) -> tuple[DocumentResponse, _Element]:
    document = element.find(f"{{{ns.XDSB}}}Document")
    if document is None:
        raise _repository_error("a DocumentResponse must hold a Document")
    described = DocumentResponse(
        home_community_id=_optional(element, "HomeCommunityId"),
        repository_unique_id=_required(element, "RepositoryUniqueId"),
        document_unique_id=_required(element, "DocumentUniqueId"),
        new_repository_unique_id=_optional(element, "NewRepositoryUniqueId"),
        new_document_unique_id=_optional(element, "NewDocumentUniqueId"),
        mime_type=_required(element, "mimeType"),
    )
    return described, document


def _optional(element: _Element, name: str) -> str | None:
    text = element.findtext(f"{{{ns.XDSB}}}{name}")
    return text.strip() or None if text else None


def _required(element: _Element, name: str) -> str:
    text = _optional(element, name)
    if text is None:
        raise _repository_error(f"{name} must be present")
    return text


def _child(name: str, value: str | None) -> str:
    return "" if value is None else f"<xds:{name}>{escape(value)}</xds:{name}>"


def _repository_error(sentence: str) -> RegistryFailure:
    return failure(ErrorCode.XDSRepositoryError, sentence)
