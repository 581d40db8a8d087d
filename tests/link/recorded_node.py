"""A node that knows only what a test tells it: real sockets, real TLS, answers of the standard."""

import http
import json
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from naru.domain.dtm import from_datetime
from naru.domain.identifiers import Identifier, new_oid
from naru.domain.patient_messages import II
from naru.domain.person import PatientRecord
from naru.domain.registry_errors import (
    ErrorCode,
    RegistryError,
    RegistryResponse,
    ResponseStatus,
)
from naru.domain.stored_query import FindDocuments, Found, GetDocuments
from naru.domain.xds import DocumentEntry
from naru.formats.ebxml import (
    adhoc_query,
    adhoc_query_response,
    provide_and_register,
    registry_response,
    retrieve,
)
from naru.formats.ebxml.content import Include
from naru.formats.ebxml.retrieve import DocumentResponse
from naru.formats.hl7v3 import (
    accept,
    answer_identifiers,
    answer_unknown_patient,
    copy_of_query,
    read_feed,
    read_identifier_request,
    write_accept_acknowledgement,
    write_identifier_response,
)
from naru.formats.mime import Attachment, MemoryWriter, Part
from naru.formats.soap import (
    SOAP_TYPE,
    SoapMessage,
    binary_content,
    read_envelope,
    read_message,
    write_envelope,
    write_mtom,
)
from tests.link.emr import AFFINITY, REPOSITORY

SUCCESS = RegistryResponse(ResponseStatus.SUCCESS)
Answer = tuple[str, list[tuple[str, bytes]]]


def failed(code: ErrorCode, context: str = "recorded") -> RegistryResponse:
    return RegistryResponse(ResponseStatus.FAILURE, (RegistryError(code, context),))


@dataclass
class RecordedNode:
    """`before` and `after` run around each request's work: they raise to cut the connection."""

    entries: dict[str, DocumentEntry] = field(default_factory=dict)
    documents: dict[str, bytes] = field(default_factory=dict)
    submission_sets: set[str] = field(default_factory=set)
    patients: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    records: list[PatientRecord] = field(default_factory=list)
    encounters: dict[str, dict[str, Any]] = field(default_factory=dict)
    refuses: list[ErrorCode] = field(default_factory=list)
    says: str = "recorded"
    before: Callable[[str], None] = lambda _action: None
    after: Callable[[str], None] = lambda _action: None
    status: int = 200
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, action: str, message: SoapMessage[bytes]) -> Answer:
        body = read_envelope(message.root).body
        with self.lock:
            self.asked.append(action)
            name = action.rpartition(":")[2]
            work: dict[str, Callable[[Any, SoapMessage[bytes]], Answer]] = {
                "PRPA_IN201301UV02": self._feed,
                "PRPA_IN201309UV02": self._identify,
                "ProvideAndRegisterDocumentSet-b": self._provide,
                "RegistryStoredQuery": self._query,
                "RetrieveDocumentSet": self._retrieve,
            }
            return work[name](body, message)

    def keep_encounter(self, encounter: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """FHIR create with If-None-Exist: the status, and what is kept."""
        with self.lock:
            self.asked.append("Encounter")
            (identifier,) = encounter["identifier"]
            status = 200 if identifier["value"] in self.encounters else 201
            return status, self.encounters.setdefault(
                identifier["value"], {**encounter, "id": f"e{len(self.encounters)}"}
            )

    def _feed(self, body: Any, _message: SoapMessage[bytes]) -> Answer:
        told = read_feed(body)
        for act in told.acts:
            self.records.append(act.record)  # type: ignore[union-attr]  # Links send no merge.
            self.patients.update(each.value for each in act.record.identifiers)  # type: ignore[union-attr]
        return write_accept_acknowledgement(accept(told.transmission, **_stamp())), []

    def _identify(self, body: Any, _message: SoapMessage[bytes]) -> Answer:
        request = read_identifier_request(body)
        mrn = request.query.patient.value
        found = (
            answer_identifiers(request, [Identifier(f"P-{mrn}", AFFINITY)], **_stamp())
            if mrn in self.patients
            else answer_unknown_patient(request, **_stamp())
        )
        return write_identifier_response(found, copy=copy_of_query(body), custodian="2.999.1"), []

    def _provide(self, body: Any, message: SoapMessage[bytes]) -> Answer:
        if self.refuses:
            return registry_response.to_ebxml(failed(self.refuses.pop(0), self.says)), []
        asked = provide_and_register.from_ebxml(body)
        entry, unique = asked.submission.entries[0], asked.submission.submission_set.unique_id
        if unique in self.submission_sets:
            return registry_response.to_ebxml(failed(ErrorCode.XDSDuplicateUniqueIdInRegistry)), []
        content = binary_content(asked.documents[entry.entry_uuid], message.parts)
        assert isinstance(content, Part)
        assert entry.unique_id not in self.documents, "a document came twice"
        self.submission_sets.add(unique)
        self.documents[entry.unique_id] = content.stored
        self.entries[entry.unique_id] = entry
        return registry_response.to_ebxml(SUCCESS), []

    def _query(self, body: Any, _message: SoapMessage[bytes]) -> Answer:
        query = adhoc_query.from_ebxml(body).query
        held = tuple(self.entries.values())
        if isinstance(query, FindDocuments):
            held = tuple(each for each in held if each.patient_id == query.patient_id)
        if isinstance(query, GetDocuments):
            held = tuple(each for each in held if each.unique_id in query.unique_ids)
        return adhoc_query_response.to_ebxml(Found(entries=held)), []

    def _retrieve(self, body: Any, _message: SoapMessage[bytes]) -> Answer:
        (wanted,) = retrieve.request_from_ebxml(body)
        octets = self.documents.get(wanted.document_unique_id)
        if octets is None:
            unknown = failed(ErrorCode.XDSDocumentUniqueIdError)
            return retrieve.response_to_ebxml(unknown, ()), []
        described = DocumentResponse(
            repository_unique_id=REPOSITORY,
            document_unique_id=wanted.document_unique_id,
            mime_type="text/xml",
        )
        answer = retrieve.response_to_ebxml(SUCCESS, [(described, Include("one@test"))])
        return answer, [("one@test", octets)]


def _stamp() -> dict[str, Any]:
    return {"message_id": II(new_oid()), "creation_time": from_datetime(datetime.now(UTC))}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10
    node: RecordedNode

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        if self.path == "/fhir/Encounter":
            self._encounter(self.rfile.read(length))
            return
        message = read_message(
            self.headers["Content-Type"],
            self.rfile,
            length,
            part_sink=lambda _headers: MemoryWriter(10**8),
        )
        action = read_envelope(message.root).addressing.action
        try:
            self.node.before(action)
            body, parts = self.node.answer(action, message)
            self.node.after(action)
        except ConnectionAbortedError:
            self.close_connection = True
            return
        self._write(action, body, parts, mtom=message.was_mtom)

    def _encounter(self, octets: bytes) -> None:
        encounter = json.loads(octets)
        (identifier,) = encounter["identifier"]
        named = f"identifier={identifier['system']}|{identifier['value']}"
        assert self.headers["If-None-Exist"] == named
        try:
            self.node.before("Encounter")
            status, kept = self.node.keep_encounter(encounter)
            self.node.after("Encounter")
        except ConnectionAbortedError:
            self.close_connection = True
            return
        if self.node.status != http.HTTPStatus.OK:
            issue = {"severity": "error", "code": "forbidden", "diagnostics": self.node.says}
            status, kept = self.node.status, {"resourceType": "OperationOutcome", "issue": [issue]}
        content = json.dumps(kept).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/fhir+json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _write(self, action: str, body: str, parts: list[tuple[str, bytes]], *, mtom: bool) -> None:
        envelope = write_envelope(f"{action}Response", "urn:uuid:0", body)
        content_type, content = SOAP_TYPE, envelope
        if mtom:
            attachments = [
                Attachment(cid=cid, content_type="text/xml", chunks=(octets,), length=len(octets))
                for cid, octets in parts
            ]
            content_type, chunks, _ = write_mtom(envelope, attachments)
            content = b"".join(chunks)
        self.send_response(self.node.status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_args: object) -> None:
        """Say nothing: a test's output is its own."""


class Server(ThreadingHTTPServer):
    daemon_threads = False  # Every thread is waited for, so that no socket outlives its test.

    def __init__(
        self, node: RecordedNode, address: tuple[str, int], tls: ssl.SSLContext | None
    ) -> None:
        handler = type("Handler", (_Handler,), {"node": node})
        super().__init__(address, handler)
        self._tls = tls

    def finish_request(self, request: Any, client_address: Any) -> None:
        # The handshake happens in the connection's own thread, so that nobody waits for another.
        if self._tls is not None:
            try:
                request = self._tls.wrap_socket(request, server_side=True)
            except OSError:
                return
        with request:
            super().finish_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        request.close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A peer that goes away is part of the tests."""
