"""What the audit record repository was sent by others, and how it is kept.

A message is kept as it came, to the last octet, beside what could be read of it. The clear part
holds codes and times; who and what stands in the sealed one.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid4

import msgspec

from naru.audit.chain import Prepared
from naru.domain.audit_message import AuditMessage
from naru.security import keys

EACH_OBJECT: Final = 100
"""Objects of one message by which it is found; no sender's has a tenth of it."""

_SEARCH_TOKEN_BYTES: Final = 16


class Kind(StrEnum):
    """What a message turned out to be."""

    AUDIT = "audit"  # An audit message of DICOM PS3.15 A.5.
    BROKEN = "broken audit"  # Its header says it is one; cut off on the way, or never whole.
    SYSLOG = "syslog"  # Any other message of RFC 5424.
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedMessage:
    """A message as it came. `peer` is the SHA-256 of its certificate, where it showed one."""

    octets: bytes
    kind: Kind
    transport: str
    address: str
    time: datetime
    peer: str = ""
    message: AuditMessage | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedBody:
    """What is stored in the clear."""

    kind: Kind
    transport: str
    time: datetime
    event: str
    type: str
    outcome: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Particulars:
    octets: bytes
    address: str
    peer: str
    message: AuditMessage | None


@dataclass(frozen=True, slots=True)
class PreparedMessage:
    """A message ready to be linked into a chain, and by what it will be found."""

    prepared: Prepared
    body: ReceivedBody
    tokens: frozenset[bytes]


_bodies: Final = msgspec.json.Decoder(ReceivedBody)
_particulars: Final = msgspec.msgpack.Decoder(_Particulars)


def prepare_received(given: ReceivedMessage) -> PreparedMessage:
    """The stored form under a fresh id."""
    message_id, event = uuid4(), given.message.event if given.message else None
    body = ReceivedBody(
        kind=given.kind,
        transport=given.transport,
        time=given.time,
        event=event.id.code[:64] if event else "",
        type=event.types[0].code[:64] if event and event.types else "",
        outcome=event.outcome if event else None,
    )
    particulars = msgspec.msgpack.encode(
        _Particulars(
            octets=given.octets, address=given.address, peer=given.peer, message=given.message
        )
    )
    sealed = keys.ring().sealer("audit/received").seal(particulars, message_id.bytes)
    prepared = Prepared(message_id, msgspec.json.encode(body), sealed, ())
    return PreparedMessage(prepared, body, _tokens(given.message))


def read_received(message_id: UUID, body: bytes, sealed: bytes) -> ReceivedMessage:
    """The message again; opens the sealed part."""
    clear = _bodies.decode(body)
    opener = keys.ring().sealer("audit/received")
    opened = _particulars.decode(opener.open(sealed, message_id.bytes))
    return ReceivedMessage(
        octets=opened.octets,
        kind=clear.kind,
        transport=clear.transport,
        address=opened.address,
        time=clear.time,
        peer=opened.peer,
        message=opened.message,
    )


def read_received_body(body: bytes) -> ReceivedBody:
    """The clear part again."""
    return _bodies.decode(body)


def token(identifier: str) -> bytes:
    """By what a message is found that names this object: a patient (CX), a document's uniqueId."""
    return keys.ring().token("audit/received", identifier)[:_SEARCH_TOKEN_BYTES]


def _tokens(message: AuditMessage | None) -> frozenset[bytes]:
    named = [one.id for one in (message.objects if message else ()) if one.id]
    return frozenset(map(token, named[:EACH_OBJECT]))
