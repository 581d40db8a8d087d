"""ProvideAndRegisterDocumentSetRequest (ITI TF-2 3.41.4.1.2), the body of ITI-41."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from lxml.etree import _Element

from naru.domain.registry_errors import ErrorCode, failure
from naru.domain.xds import Submission
from naru.formats.ebxml import namespaces as ns
from naru.formats.ebxml import submit_objects
from naru.formats.ebxml.content import Content
from naru.formats.ebxml.errors import InvalidMetadata, invalid
from naru.formats.xml.escape import escape

TAG: Final = f"{{{ns.XDSB}}}ProvideAndRegisterDocumentSetRequest"
_DOCUMENT: Final = f"{{{ns.XDSB}}}Document"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvideAndRegister:
    """A submission and the Document element of each entry, by the entry's id.

    The element holds base64 or an xop:Include, which the SOAP side resolves.
    """

    submission: Submission
    documents: Mapping[str, _Element]


@dataclass(frozen=True, slots=True)
class ProvidedDocument:
    """A document to be sent: the id of its entry and where its bytes are."""

    id: str
    content: Content


def from_ebxml(
    element: _Element, *, metadata_error: ErrorCode = ErrorCode.XDSRepositoryMetadataError
) -> ProvideAndRegister:
    """The submission and its documents, one for each entry.

    Metadata is not judged beyond its form: a repository shall not (ITI TF-2 3.41.4.1.3).
    Raises RegistryFailure; faults of form under `metadata_error`.
    """
    try:
        return _from_ebxml(element)
    except InvalidMetadata as fault:
        raise fault.answered_as(metadata_error) from None


def _from_ebxml(element: _Element) -> ProvideAndRegister:
    request = element.find(submit_objects.TAG)
    if element.tag != TAG or request is None:
        raise invalid("the request must be a ProvideAndRegisterDocumentSetRequest with metadata")
    submission = submit_objects.from_ebxml(request)
    documents = _documents(element)
    entries = {entry.entry_uuid for entry in submission.entries}
    for identity in entries - documents.keys():
        raise failure(
            ErrorCode.XDSMissingDocument, "a DocumentEntry has no Document of its id", identity
        )
    for identity in documents.keys() - entries:
        raise failure(
            ErrorCode.XDSMissingDocumentMetadata,
            "a Document has no DocumentEntry of its id",
            identity,
        )
    return ProvideAndRegister(submission=submission, documents=documents)


def _documents(element: _Element) -> dict[str, _Element]:
    documents: dict[str, _Element] = {}
    for document in element.iterchildren(_DOCUMENT):
        identity = document.get("id", "")
        if identity in documents:
            raise invalid("two Documents have the same id", identity)
        documents[identity] = document
    return documents


def to_ebxml(submission: Submission, documents: Iterable[ProvidedDocument]) -> str:
    """The request, an element that declares its own prefixes."""
    provided = "".join(
        f'<xds:Document id="{escape(document.id)}">{document.content.to_xml()}</xds:Document>'
        for document in documents
    )
    return (
        f'<xds:ProvideAndRegisterDocumentSetRequest xmlns:xds="{ns.XDSB}">'
        f"{submit_objects.to_ebxml(submission)}{provided}"
        "</xds:ProvideAndRegisterDocumentSetRequest>"
    )
