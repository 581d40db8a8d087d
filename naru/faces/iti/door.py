"""The SOAP door: a request becomes a call of one transaction, its result an answer.

ITI TF-2 Appendix V. A refusal is the standard's fault with a sentence; an error of ours is a fault
that says nothing about us, and a line in the log that says nothing about a patient.
"""

import logging
import traceback
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone

from naru.audit.errors import AuditUnavailable
from naru.domain.assertion import AssertionRefused
from naru.domain.caller import XuaRule
from naru.domain.registry_errors import RegistryFailure
from naru.exchange import identify
from naru.exchange.access import Access, close
from naru.exchange.callers import strangers
from naru.faces.iti.transaction import Request, Response, Transaction
from naru.faces.iti.transactions import BY_ACTION, TRANSACTIONS
from naru.formats.mime import Attachment, MimeLimits, PartHeaders
from naru.formats.saml import read_security
from naru.formats.soap import (
    SOAP_TYPE,
    Envelope,
    FaultCode,
    QName,
    SoapFault,
    SoapLimits,
    SoapMessage,
    SoapReason,
    SoapRefused,
    fault_envelope,
    read_envelope,
    read_message,
    write_envelope,
    write_mtom,
)
from naru.formats.soap.addressing import require_anonymous
from naru.formats.soap.fault import ACTION_NOT_SUPPORTED
from naru.formats.xml import XmlLimits
from naru.formats.xml.namespaces import WSSE
from naru.repository import services as repository
from naru.repository.queries import Chunks
from naru.storage.objects import ObjectWriter
from naru.storage.objects.errors import StorageFull
from naru.storage.waiting import had_no_room

if TYPE_CHECKING:
    from wsgiref.types import StartResponse

PEER_CERTIFICATE: Final = "naru.peer_certificate"
"""Where the web server leaves the verified DER certificate of the peer."""

FAILED_AUTHENTICATION: Final = QName(WSSE, "FailedAuthentication")  # WS-Security 1.1, section 12.

_MIB: Final = 1024 * 1024

DOCUMENTS: Final = SoapLimits(mime=MimeLimits(parts=100))
"""Where documents are taken: far more parts than a referral has; one may stand inline."""

METADATA: Final = SoapLimits(
    xml=XmlLimits(size=2 * _MIB, text=_MIB),
    mime=MimeLimits(parts=8, root=2 * _MIB, part=_MIB, message=4 * _MIB),
)
"""Everywhere else a message is a question, a patient or descriptions: some kilobytes of text."""

log = logging.getLogger(__name__)


def answer(
    environ: dict[str, Any], start_response: "StartResponse", transactions: frozenset[str]
) -> Iterable[bytes]:
    """Answer one request at a door that is open for the named `transactions`."""
    close_old_connections()
    visit = _Visit(environ, transactions)
    try:
        return visit.reply(start_response)
    except SoapRefused as refusal:
        return _fault(start_response, refusal, visit.message_id)
    except Exception as error:  # noqa: BLE001  # The door's last resort; it is logged and told.
        _log(error)
        return _fault(start_response, _ours(error), visit.message_id)


class _Visit:
    """One request on its way through the door; whatever becomes of it leaves one access record."""

    def __init__(self, environ: dict[str, Any], transactions: frozenset[str]) -> None:
        self._environ = environ
        self._transactions = transactions
        self._access = Access(
            transaction="SOAP",  # Until the message says which transaction it is.
            caller=identify.stranger(address=environ.get("REMOTE_ADDR", "")),
            time=timezone.now(),
            endpoint=_endpoint(environ),
        )
        self._identified = False
        self.message_id: str | None = None

    def reply(self, start_response: "StartResponse") -> Iterable[bytes]:
        try:
            return self._reply(start_response)
        except SoapRefused as refusal:
            self._access.refused(str(refusal.reason))
            if self._identified:
                close(self._access)
            else:
                strangers.close(self._access)
            raise
        except Exception as error:  # Recorded by its kind, then raised again.
            self._access.failed(error)
            close(self._access)
            raise

    def _reply(self, start_response: "StartResponse") -> Iterable[bytes]:
        # Before a byte of the body is read: a stranger gets nothing stored, not even for a while.
        self._identify()
        self._require_post()
        message = self._read()
        try:
            envelope = read_envelope(message.root)
            self.message_id = envelope.addressing.message_id
            require_anonymous(envelope.addressing)
            transaction = self._transaction(envelope)
            self._identify_user(envelope)
            response = self._handle(transaction, message, envelope)
        finally:
            message.discard()  # Undoes only what no transaction has taken for keeps.
        return self._write(start_response, transaction, response, was_mtom=message.was_mtom)

    def _identify(self) -> None:
        try:
            self._access.caller = identify.at_wire(
                self._environ[PEER_CERTIFICATE],
                address=self._access.caller.address,
                now=self._access.time,
            )
        except identify.NotIdentified as stranger:
            fault = SoapFault(
                code=FaultCode.SENDER, subcode=FAILED_AUTHENTICATION, reason=str(stranger)
            )
            raise SoapRefused(
                SoapReason.SECURITY, fault, http_status=HTTPStatus.FORBIDDEN
            ) from stranger
        self._identified = True

    def _identify_user(self, envelope: Envelope) -> None:
        """ITI TF-2 3.40.4.1.3; WS-Security 1.1 section 12 names the faults."""
        try:
            # A sandbox takes recorded messages, whose assertions expired long ago.
            ignored = settings.NARU.xua_rule is XuaRule.IGNORED
            self._access.caller = identify.by_assertion(
                self._access.caller,
                None if ignored else read_security(envelope.security),
                certificate=self._environ[PEER_CERTIFICATE],
                transaction=self._access.transaction,
                message_id=self.message_id,
                now=self._access.time,
            )
        except AssertionRefused as refusal:
            self._access.user_refused = True
            fault = SoapFault(
                code=FaultCode.SENDER, subcode=QName(WSSE, refusal.code), reason=str(refusal)
            )
            raise SoapRefused(SoapReason.SECURITY, fault) from refusal

    def _require_post(self) -> None:
        if self._environ["REQUEST_METHOD"] != "POST":
            # SOAP 1.2 part 2, 7.4: the request-response pattern is POST; we offer no other.
            fault = SoapFault(code=FaultCode.SENDER, reason="Only POST is answered here.")
            raise SoapRefused(SoapReason.ENVELOPE, fault, http_status=HTTPStatus.METHOD_NOT_ALLOWED)

    def _read(self) -> SoapMessage[ObjectWriter]:
        length = self._environ.get("CONTENT_LENGTH") or None
        keeps = any(each.takes_documents for each in TRANSACTIONS if self._opens(each))
        return read_message(
            self._environ.get("CONTENT_TYPE", ""),
            self._environ["wsgi.input"],
            int(length) if length else None,
            part_sink=_keep if keeps else _refuse_part,
            limits=DOCUMENTS if keeps else METADATA,
        )

    def _opens(self, transaction: Transaction) -> bool:
        return transaction.name in self._transactions

    def _transaction(self, envelope: Envelope) -> Transaction:
        # ITI TF-2 V.3.2: by wsa:Action, never by the HTTP header.
        transaction = BY_ACTION.get(envelope.addressing.action)
        if transaction is None or not self._opens(transaction):
            fault = SoapFault(
                code=FaultCode.SENDER,
                subcode=ACTION_NOT_SUPPORTED,
                reason="This wsa:Action is not answered at this address.",
            )
            raise SoapRefused(SoapReason.ADDRESSING, fault)
        self._access.transaction = transaction.name
        return transaction

    def _handle(
        self, transaction: Transaction, message: SoapMessage[ObjectWriter], envelope: Envelope
    ) -> Response:
        request = Request(
            body=envelope.body,
            action=envelope.addressing.action,
            access=self._access,
            parts=message.parts,
            size=len(message.root_xml),
        )
        try:
            return transaction.handle(request)
        except RegistryFailure as failure:
            if self._access.recorded is None:
                self._access.refused(*(error.code for error in failure.errors))
                close(self._access)
            return transaction.refuse(failure)

    def _write(
        self,
        start_response: "StartResponse",
        transaction: Transaction,
        response: Response,
        *,
        was_mtom: bool,
    ) -> Iterable[bytes]:
        action = response.action or transaction.response_action
        envelope = write_envelope(action, self.message_id, response.body)
        # ITI TF-2 V.8.1: the answer uses the request's encoding; octets need MTOM in any case.
        if not (was_mtom or response.attachments):
            return _whole(start_response, HTTPStatus.OK, SOAP_TYPE, envelope)
        content_type, chunks, length = write_mtom(envelope, response.attachments)
        headers = [("Content-Type", content_type)]
        if length is not None:
            headers.append(("Content-Length", str(length)))
        start_response("200 OK", headers)
        return _Streamed(chunks, response.attachments)


class _Streamed:
    """An answer that is written as it is read; what was not sent is let go of (PEP 3333)."""

    def __init__(self, chunks: Iterator[bytes], attachments: Iterable[Attachment]) -> None:
        self._chunks = chunks
        self._attachments = attachments

    def __iter__(self) -> Iterator[bytes]:
        return self._chunks

    def close(self) -> None:
        """The server calls this however the answer ended, if it was ever begun or not."""
        for attachment in self._attachments:
            if isinstance(attachment.chunks, Chunks):
                attachment.chunks.close()


def _endpoint(environ: dict[str, Any]) -> str:
    """Where this was answered, by our own names: a caller's Host header may say anything."""
    host, port = environ.get("SERVER_NAME", ""), environ.get("SERVER_PORT", "")
    scheme, path = environ.get("wsgi.url_scheme", "http"), environ.get("PATH_INFO", "")
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}{path}"


def _keep(_headers: PartHeaders) -> ObjectWriter:
    return repository.receive()


def _refuse_part(_headers: PartHeaders) -> ObjectWriter:
    fault = SoapFault(code=FaultCode.SENDER, reason="No attachment is taken at this address.")
    raise SoapRefused(SoapReason.INCLUDE, fault)


def _ours(error: Exception) -> SoapRefused:
    fault = SoapFault(code=FaultCode.RECEIVER, reason=_reason(error))
    return SoapRefused(SoapReason.ENVELOPE, fault)


def _reason(error: Exception) -> str:
    if isinstance(error, AuditUnavailable):
        return "No access can be recorded now, so that none is answered. Try again later."
    if isinstance(error, StorageFull) or had_no_room(error):
        return "There is no room for the request; nothing of it was kept. Try again later."
    return "The request could not be answered."


def _fault(
    start_response: "StartResponse", refusal: SoapRefused, relates_to: str | None
) -> Iterable[bytes]:
    content = fault_envelope(refusal.fault, relates_to=relates_to)
    return _whole(start_response, HTTPStatus(refusal.http_status), SOAP_TYPE, content)


def _whole(
    start_response: "StartResponse", status: HTTPStatus, content_type: str, content: bytes
) -> Iterable[bytes]:
    headers = [("Content-Type", content_type), ("Content-Length", str(len(content)))]
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        headers.append(("Allow", "POST"))  # RFC 9110 15.5.6.
    start_response(f"{status.value} {status.phrase}", headers)
    return (content,)


def _log(error: Exception) -> None:
    # Neither the message nor the values of an error are logged: they may name a patient.
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    path = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))
    log.error("request %s failed: %s at %s", uuid4(), type(error).__name__, path)
