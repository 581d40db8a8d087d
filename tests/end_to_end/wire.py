"""A client of the SOAP doors that is made of the writers and readers of `naru.formats` alone."""

import http.client
import io
import ssl
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from time import perf_counter

from lxml.etree import _Element

from naru.domain.identifiers import Identifier
from naru.domain.registry_errors import RegistryResponse
from naru.domain.stored_query import ReturnType, StoredQuery
from naru.domain.xds import DocumentRequest, Submission
from naru.formats.ebxml import (
    adhoc_query,
    adhoc_query_response,
    provide_and_register,
    registry_response,
    retrieve,
)
from naru.formats.ebxml.adhoc_query_response import AdhocQueryResponse
from naru.formats.ebxml.content import Include
from naru.formats.mime import Attachment, MemoryWriter
from naru.formats.soap import (
    SOAP_TYPE,
    Envelope,
    Inline,
    SoapFault,
    SoapMessage,
    binary_content,
    new_content_id,
    new_message_id,
    read_envelope,
    read_fault,
    read_message,
    write_mtom,
    write_request_envelope,
)
from tests import receptions
from tests.end_to_end import error_codes, schemas
from tests.registry.synthetic import in_the_name_of

PIX_QUERY_ACTION = "urn:hl7-org:v3:PRPA_IN201309UV02"
REGISTRY, REPOSITORY = "/ihe/registry", "/ihe/repository"
PIX, PDQ = "/ihe/pix", "/ihe/pdq"
FEED_ACTION = "urn:hl7-org:v3:PRPA_IN201301UV02"
PROVIDE_ACTION = "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b"
QUERY_ACTION = "urn:ihe:iti:2007:RegistryStoredQuery"
RETRIEVE_ACTION = "urn:ihe:iti:2007:RetrieveDocumentSet"
LARGEST_ANSWER = 128 * 1024 * 1024


@dataclass(frozen=True)
class Answer:
    """What came back, as far as it could be read."""

    status: int
    headers: dict[str, str]
    content: bytes
    seconds: float = 0.0

    @property
    def message(self) -> SoapMessage[bytes]:
        return read_message(
            self.headers["content-type"],
            io.BytesIO(self.content),
            len(self.content),
            part_sink=lambda _: MemoryWriter(LARGEST_ANSWER),
        )

    @property
    def envelope(self) -> Envelope:
        return read_envelope(self.message.root)

    @property
    def body(self) -> _Element:
        """What the envelope holds; it follows its schema, and its errors are its transaction's."""
        return _checked(self.envelope)

    @property
    def fault(self) -> SoapFault | None:
        return read_fault(self.body)

    @property
    def registry_response(self) -> RegistryResponse:
        return registry_response.from_ebxml(self.body)

    @property
    def errors(self) -> list[str]:
        return [error.code for error in self.registry_response.errors]


@dataclass
class Caller:
    """Somebody who calls a node: over TLS with a certificate, or plainly."""

    port: int
    tls: ssl.SSLContext | None = None
    timeout: float = 60
    oid: str = ""
    """The institution in whose name the caller sends; a sandbox's caller has none."""
    cookie: str = ""
    """By which the node's pages know who signed in."""
    _kept: http.client.HTTPConnection | None = field(default=None, repr=False)

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        if self._kept is not None:
            self._kept.close()
            self._kept = None

    def connect(self) -> http.client.HTTPConnection:
        if self.tls is not None:
            return http.client.HTTPSConnection(
                "127.0.0.1", self.port, context=self.tls, timeout=self.timeout
            )
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)

    def post(
        self,
        path: str,
        content_type: str,
        body: bytes | Iterable[bytes],
        length: int | None = None,
        method: str = "POST",
    ) -> Answer:
        """One request on a connection that is kept for the next one."""
        connection = self._kept or self.connect()
        headers = {"Content-Type": content_type}
        if length is not None:
            headers["Content-Length"] = str(length)
        if self.cookie:
            headers["Cookie"] = self.cookie
        try:
            begun = perf_counter()
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            seconds = perf_counter() - begun
            content = answer.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            self._kept = None
            raise
        self._kept = connection
        found = {name.lower(): value for name, value in answer.getheaders()}
        if found.get("connection", "").lower() == "close":
            connection.close()
            self._kept = None
        return Answer(answer.status, found, content, seconds)

    def soap(self, path: str, action: str, body: str) -> Answer:
        return self.post(path, SOAP_TYPE, envelope(action, body))

    def ask(self, query: StoredQuery, *, leaf: bool = True) -> AdhocQueryResponse:
        kind = ReturnType.LEAF_CLASS if leaf else ReturnType.OBJECT_REF
        body = adhoc_query.to_ebxml(adhoc_query.AdhocQueryRequest(query=query, return_type=kind))
        answer = self.soap(REGISTRY, QUERY_ACTION, body)
        assert answer.status == 200, answer.content
        return adhoc_query_response.from_ebxml(answer.body)

    def provide(self, submission: Submission, *documents: bytes) -> Answer:
        sent = in_the_name_of(submission, self.oid) if self.oid else submission
        content_type, body = provided(sent, *documents)
        return self.post(REPOSITORY, content_type, body)

    def receives(self, patient: Identifier) -> None:
        """The institution writes that the patient has come: from then on it treats them."""
        answer = self.post(receptions.ENCOUNTERS, receptions.JSON, receptions.written(patient))
        assert answer.status == 201, answer.content

    def retrieve(self, repository: str, *unique_ids: str) -> Answer:
        return self.post(REPOSITORY, SOAP_TYPE, retrieve_message(repository, *unique_ids))


def _checked(answer: Envelope) -> _Element:
    schemas.check(answer.body)
    error_codes.check(answer.addressing.action, answer.body)
    return answer.body


def envelope(action: str, body: str) -> bytes:
    return write_request_envelope(
        action=action, to="urn:test", message_id=new_message_id(), body_xml=body
    )


def retrieve_message(repository: str, *unique_ids: str) -> bytes:
    asked = [
        DocumentRequest(repository_unique_id=repository, document_unique_id=one)
        for one in unique_ids
    ]
    return envelope(RETRIEVE_ACTION, retrieve.request_to_ebxml(asked))


def streamed(
    submission: Submission, documents: Iterable[tuple[Iterable[bytes], int]]
) -> tuple[str, Iterator[bytes], int | None]:
    """An ITI-41 request by MTOM: Content-Type, chunks and length."""
    attachments = [
        Attachment(cid=new_content_id(), content_type=entry.mime_type, chunks=chunks, length=size)
        for entry, (chunks, size) in zip(submission.entries, documents, strict=True)
    ]
    body = provide_and_register.to_ebxml(
        submission,
        [
            provide_and_register.ProvidedDocument(entry.entry_uuid, Include(attachment.cid))
            for entry, attachment in zip(submission.entries, attachments, strict=True)
        ],
    )
    return write_mtom(envelope(PROVIDE_ACTION, body), attachments, action=PROVIDE_ACTION)


def provided(submission: Submission, *documents: bytes) -> tuple[str, bytes]:
    content_type, chunks, _ = streamed(submission, [((one,), len(one)) for one in documents])
    return content_type, b"".join(chunks)


def given(answer: Answer) -> list[tuple[retrieve.DocumentResponse, bytes]]:
    """The documents of an ITI-43 answer with their bytes."""
    message = answer.message
    response = retrieve.response_from_ebxml(_checked(read_envelope(message.root)))
    return [(one, _octets(element, message)) for one, element in response.documents]


def _octets(element: _Element, message: SoapMessage[bytes]) -> bytes:
    content = binary_content(element, message.parts)
    return content.octets if isinstance(content, Inline) else content.stored


def retrieval(answer: Answer) -> RegistryResponse:
    return retrieve.response_from_ebxml(answer.body).response
