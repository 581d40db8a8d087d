"""One SOAP request to the node and its answer (ITI TF-2 Appendix V)."""

import hashlib
import http
import http.client
import io
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from lxml.etree import _Element

from naru.formats.mime import Attachment, MimeLimits, Part, PartHeaders
from naru.formats.soap import (
    SOAP_TYPE,
    SoapLimits,
    SoapMessage,
    SoapRefused,
    new_message_id,
    read_envelope,
    read_fault,
    read_message,
    write_mtom,
    write_request_envelope,
)
from naru.link import user
from naru.link.config import Endpoint
from naru.link.connection import Connections
from naru.link.errors import AnswerNotUnderstood, NodeRefused, NodeUnreachable

MIB: Final = 1024 * 1024
CHUNK: Final = 64 * 1024
IN_MEMORY: Final = 8 * MIB
"""A received document larger than this waits in a temporary file instead of in memory."""
LIMITS: Final = SoapLimits(mime=MimeLimits(part=1024 * MIB, message=1100 * MIB))
"""What one answer may ask of the machine beside an EMR."""
_AWAY: Final = frozenset({502, 503, 504})
_ANSWERS: Final = frozenset({200, 400, 500})  # 400 and 500 carry SOAP faults.


@dataclass(frozen=True, slots=True)
class Held:
    """A received part and what it was when it came."""

    file: IO[bytes]
    size: int
    sha1: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document to be sent: its Content-ID and where its octets are."""

    cid: str
    octets: bytes | Path
    mime_type: str

    def attachment(self) -> Attachment:
        """The part, read anew each time it is sent."""
        if isinstance(self.octets, bytes):
            return Attachment(
                cid=self.cid,
                content_type=self.mime_type,
                chunks=(self.octets,),
                length=len(self.octets),
            )
        return Attachment(
            cid=self.cid,
            content_type=self.mime_type,
            chunks=_chunks(self.octets),
            length=self.octets.stat().st_size,
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """The body's element and the parts it may point to."""

    body: _Element
    parts: Mapping[str, Part[Held]]


def ask(
    connections: Connections,
    door: Endpoint,
    action: str,
    body_xml: str,
    documents: Sequence[Document] | None = None,
) -> Answer:
    """The node's answer; `documents`, even none, make the request an MTOM package.

    Raises NodeRefused for a SOAP fault, NodeUnreachable where no answer came. The assertion that
    `user.bearing` names goes with it.
    """

    def request() -> tuple[dict[str, str], Iterable[bytes]]:
        # Each attempt is a message of its own: with an assertion, the node takes a message once.
        envelope = write_request_envelope(
            action=action,
            to=door.url,
            body_xml=body_xml,
            message_id=new_message_id(),
            security=user.security(),
        )
        return _request(envelope, action, documents)

    response = connections.post(door, request)
    try:
        return _answer(response)
    except BaseException:
        connections.drop(door)
        raise


def _request(
    envelope: bytes, action: str, documents: Sequence[Document] | None
) -> tuple[dict[str, str], Iterable[bytes]]:
    chunks: Iterable[bytes] = (envelope,)
    content_type, length = f'{SOAP_TYPE}; action="{action}"', len(envelope)
    if documents is not None:
        attachments = [document.attachment() for document in documents]
        content_type, chunks, whole = write_mtom(envelope, attachments, action=action)
        assert whole is not None  # Every attachment has its length.
        length = whole
    return {"Content-Type": content_type, "Content-Length": str(length)}, chunks


def _answer(response: http.client.HTTPResponse) -> Answer:
    if response.status in _AWAY:
        raise NodeUnreachable(f"HTTP {response.status}")
    if response.status not in _ANSWERS:
        raise NodeRefused((f"HTTP {response.status}",))
    try:
        message = _read(response)
        body = read_envelope(message.root).body
    except SoapRefused as refusal:
        if response.status != http.HTTPStatus.OK:
            raise NodeRefused((f"HTTP {response.status}",)) from None
        raise AnswerNotUnderstood(refusal.fault.reason) from None
    except (OSError, http.client.HTTPException) as error:
        raise NodeUnreachable(type(error).__name__) from None
    fault = read_fault(body)
    if fault is not None:
        code = fault.subcode.local if fault.subcode else fault.code.value
        raise NodeRefused((code,), (fault.reason,))
    return Answer(body, message.parts)


def _read(response: http.client.HTTPResponse) -> SoapMessage[Held]:
    length = response.headers.get("Content-Length", "")
    message = read_message(
        response.headers.get("Content-Type", ""),
        response,
        int(length) if length.isdecimal() else None,
        part_sink=_Keeper,
        limits=LIMITS,
    )
    response.read()  # What stands behind the message, so that the connection can be used again.
    return message


class _Keeper:
    """Takes a part as it comes, and counts and hashes it."""

    def __init__(self, _headers: PartHeaders | None = None) -> None:
        self._file: IO[bytes] = io.BytesIO()
        self._sha1 = hashlib.sha1(usedforsecurity=False)  # The hash of XDS metadata.
        self._sha256 = hashlib.sha256()
        self._size = 0

    def write(self, chunk: bytes, /) -> None:
        """Takes the next octets."""
        if self._size <= IN_MEMORY < self._size + len(chunk):
            self._spill()
        self._file.write(chunk)
        self._sha1.update(chunk)
        self._sha256.update(chunk)
        self._size += len(chunk)

    def _spill(self) -> None:
        memory, self._file = self._file, tempfile.TemporaryFile()  # noqa: SIM115  # Held closes it.
        memory.seek(0)
        self._file.write(memory.read())

    def close(self) -> Held:
        """The whole part."""
        self._file.seek(0)
        return Held(self._file, self._size, self._sha1.hexdigest(), self._sha256.hexdigest())

    def abort(self) -> None:
        """Leaves nothing behind."""
        self._file.close()


def kept(octets: bytes) -> Held:
    """Octets that stood inline, in the same form as a part."""
    keeper = _Keeper()
    keeper.write(octets)
    return keeper.close()


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as source:
        while chunk := source.read(CHUNK):
            yield chunk
