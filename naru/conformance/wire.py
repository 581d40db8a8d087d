"""The node under test over HTTP or mutual TLS: one SOAP request and what came back."""

import http.client
import io
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self
from urllib.parse import urlsplit

from lxml.etree import _Element

from naru.formats.mime import Attachment, MemoryWriter, MimeLimits, Part, PartHeaders
from naru.formats.soap import (
    SOAP_TYPE,
    SoapFault,
    SoapLimits,
    SoapRefused,
    new_message_id,
    read_envelope,
    read_fault,
    read_message,
    write_mtom,
    write_request_envelope,
)

MIB: Final = 1024 * 1024
LIMITS: Final = SoapLimits(mime=MimeLimits(part=256 * MIB, message=300 * MIB))
"""What one answer may ask of the machine that runs the tests."""
REGISTRY, REPOSITORY, PIX = "registry", "repository", "pix"
PATHS: Final = {REGISTRY: "/ihe/registry", REPOSITORY: "/ihe/repository", PIX: "/ihe/pix"}
"""Where a Naru node answers; other software is told by its own addresses."""


class NoAnswer(Exception):
    """The node did not answer, or not in SOAP; the sentence says what came instead."""


class AddressWrong(Exception):
    """An address or a certificate that was given cannot be used."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The body of an answer, its fault if it is one, and the parts it may point to."""

    body: _Element
    fault: SoapFault | None = None
    parts: Mapping[str, Part[bytes]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Credentials:
    """The client's certificate and the authority that the node's own must come from."""

    certificate: Path | None = None
    key: Path | None = None
    authority: Path | None = None

    def context(self) -> ssl.SSLContext:
        """TLS 1.2 or later, the node's certificate checked. Raises AddressWrong."""
        context = ssl.create_default_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        try:
            if self.authority:
                context.load_verify_locations(cafile=str(self.authority))
            if self.certificate:
                context.load_cert_chain(str(self.certificate), self.key and str(self.key))
        except (OSError, ssl.SSLError) as error:
            raise AddressWrong(f"{self.certificate or self.authority}: {error}") from None
        return context


class Wire:
    """Keeps one connection to each host; used by one thread."""

    def __init__(
        self, addresses: Mapping[str, str], credentials: Credentials, timeout: float = 120.0
    ) -> None:
        for address in addresses.values():
            parts = urlsplit(address)
            if parts.scheme not in {"http", "https"} or not parts.hostname:
                raise AddressWrong(f"{address} is no http or https address")
        self._addresses = addresses
        self._timeout = timeout
        secure = any(address.startswith("https:") for address in addresses.values())
        self._tls = credentials.context() if secure else None
        self._kept: dict[tuple[str, str], http.client.HTTPConnection] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for connection in self._kept.values():
            connection.close()

    def ask(
        self, door: str, action: str, body: str, attachments: Sequence[Attachment] | None = None
    ) -> Reply:
        """The answer; `attachments`, even none, make the request an MTOM package.

        Raises NoAnswer.
        """
        address = self._addresses[door]
        envelope = write_request_envelope(
            action=action, to=address, body_xml=body, message_id=new_message_id()
        )
        content_type, octets = f'{SOAP_TYPE}; action="{action}"', envelope
        if attachments is not None:
            content_type, chunks, _ = write_mtom(envelope, attachments, action=action)
            octets = b"".join(chunks)
        return _reply(*self._post(address, content_type, octets))

    def _post(self, address: str, content_type: str, octets: bytes) -> tuple[int, str, bytes]:
        parts = urlsplit(address)
        connection = self._connection(parts.scheme, parts.netloc)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            connection.request("POST", path, octets, {"Content-Type": content_type})
            answer = connection.getresponse()
            content = answer.read(LIMITS.mime.message + 1)
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise NoAnswer(f"no answer from {address}: {type(error).__name__} {error}") from None
        if answer.headers.get("Connection", "").lower() == "close" or not answer.isclosed():
            connection.close()
        return answer.status, answer.headers.get("Content-Type", ""), content

    def _connection(self, scheme: str, host: str) -> http.client.HTTPConnection:
        # http.client reads no proxy settings: the message goes where it was told to.
        if (scheme, host) not in self._kept:
            self._kept[scheme, host] = (
                http.client.HTTPSConnection(host, timeout=self._timeout, context=self._tls)
                if scheme == "https"
                else http.client.HTTPConnection(host, timeout=self._timeout)
            )
        return self._kept[scheme, host]


def _reply(status: int, content_type: str, content: bytes) -> Reply:
    try:
        message = read_message(
            content_type, io.BytesIO(content), len(content), part_sink=_in_memory, limits=LIMITS
        )
        body = read_envelope(message.root).body
    except SoapRefused as refused:
        raise NoAnswer(f"HTTP {status} without a SOAP answer: {refused.fault.reason}") from None
    fault = read_fault(body)
    if fault is None and status != http.HTTPStatus.OK:
        raise NoAnswer(f"HTTP {status} with a body that is no fault")
    return Reply(body, fault, message.parts)


def _in_memory(_headers: PartHeaders) -> MemoryWriter:
    return MemoryWriter(LIMITS.mime.part)
