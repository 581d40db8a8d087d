"""ITI-41 Provide and Register Document Set-b, as an MTOM package (ITI TF-2 3.41)."""

from collections.abc import Sequence
from typing import Final

from naru.domain.registry_errors import RegistryError, RegistryFailure, ResponseStatus
from naru.domain.xds import Submission
from naru.formats.ebxml import provide_and_register, registry_response
from naru.formats.ebxml.content import Include
from naru.formats.ebxml.provide_and_register import ProvidedDocument
from naru.link.config import LinkConfig
from naru.link.connection import Connections
from naru.link.errors import AnswerNotUnderstood, NodeRefused
from naru.link.soap import Document, ask

ACTION: Final = "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b"


def provide(
    connections: Connections,
    config: LinkConfig,
    submission: Submission,
    documents: Sequence[Document],
) -> tuple[RegistryError, ...]:
    """Hand the documents over, one for each entry in order; the node's warnings come back."""
    provided = [
        ProvidedDocument(entry.entry_uuid, Include(document.cid))
        for entry, document in zip(submission.entries, documents, strict=True)
    ]
    body = provide_and_register.to_ebxml(submission, provided)
    answer = ask(connections, config.repository, ACTION, body, documents)
    try:
        said = registry_response.from_ebxml(answer.body)
    except RegistryFailure as failure:
        raise AnswerNotUnderstood(str(failure)) from None
    if said.status is not ResponseStatus.SUCCESS:
        raise refused(said.errors)
    return said.errors


def refused(errors: Sequence[RegistryError]) -> NodeRefused:
    """The node's errors as the one exception that an EMR sees."""
    return NodeRefused(
        tuple(error.code.value for error in errors), tuple(error.context for error in errors)
    )
