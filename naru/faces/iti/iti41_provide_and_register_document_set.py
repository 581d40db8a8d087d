"""ITI-41 Provide and Register Document Set-b.

ITI TF-2 3.41.
"""

from collections.abc import Mapping

from lxml.etree import _Element

from naru.domain.registry_errors import ErrorCode, failure
from naru.exchange.documents.provide_and_register import provide_and_register
from naru.faces.iti import registry_response
from naru.faces.iti.transaction import Request, Response, Transaction
from naru.formats.cda.consent_paper import read_paper
from naru.formats.ebxml import attribute_forms
from naru.formats.ebxml import provide_and_register as wire
from naru.formats.mime import Part
from naru.formats.soap import Inline, binary_content
from naru.formats.xmldsig import read_detached
from naru.repository import services as repository
from naru.storage.objects import ObjectWriter


def handle(request: Request) -> Response:
    """Keep the documents and register them: all of the submission or nothing."""
    provided = wire.from_ebxml(request.body)
    attribute_forms.check(provided.submission)  # The registry's duty, which is this node's too.
    documents = {
        identity: _received(element, request.parts)
        for identity, element in provided.documents.items()
    }
    if len({id(writer) for writer in documents.values()}) < len(documents):
        # Each document has its own key and its own life, so its own part.
        raise failure(
            ErrorCode.XDSRepositoryMetadataError, "two documents point to one part of the message"
        )
    registered = provide_and_register(
        request.access, provided.submission, documents, read_paper, read_detached
    )
    return registry_response.success(registered.warnings)


def _received(element: _Element, parts: Mapping[str, Part[ObjectWriter]]) -> ObjectWriter:
    content = binary_content(element, parts)
    if not isinstance(content, Inline):
        return content.stored
    writer = repository.receive()
    writer.write(content.octets)
    return writer.close()


TRANSACTION = Transaction(
    name="ITI-41",
    actions=("urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b",),
    response_action="urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-bResponse",
    handle=handle,
    refuse=registry_response.refuse,
    takes_documents=True,
)
