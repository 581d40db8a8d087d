"""The arithmetic of a chain: what a record's stored bytes are and how it follows the one before.

The hash is keyed (HMAC-SHA-256), so that whoever can write to the database but has not the node's
key cannot mend a chain after changing it. It is taken over the bytes as stored, never over a value
encoded again, and over the sealed part as ciphertext, so that a chain is verified without opening
anything and stays whole when a key is destroyed.
"""

import hmac
import struct
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

import msgspec

from naru.audit.records import (
    NO_REQUEST,
    AccessRecord,
    AuditedDecision,
    AuditedObject,
    AuditedRequest,
    Outcome,
    found_under,
)
from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role, User
from naru.security import keys

_LINK: Final = struct.Struct(">16sQQ32s16sQ")
_BEGINNING: Final = struct.Struct(">16s16sQ32s")
_HEAD: Final = struct.Struct(">4s16sQ32s")
_START: Final = struct.Struct(">5s16s16sQ32s16s")
NO_HASH: Final = bytes(32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What is stored in the clear: surrogate ids, codes and times."""

    transaction: str
    role: Role
    purpose: PurposeOfUse
    assurance: Assurance
    institution: UUID | None
    person: UUID | None
    patient: UUID | None
    outcome: Outcome
    time: datetime
    request_id: UUID
    patients: tuple[UUID, ...]
    objects: tuple[AuditedObject, ...]
    errors: tuple[str, ...]
    decisions: tuple[AuditedDecision, ...]
    seen: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Particulars:
    """What is stored sealed."""

    address: str
    query: str | None
    request: AuditedRequest = NO_REQUEST
    user: User | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A record ready to be linked into a chain.

    `institution` saw something of the patients in `seen`; `under` is where the record is found.
    """

    id: UUID
    body: bytes
    sealed: bytes
    patients: tuple[UUID, ...]
    institution: UUID | None = None
    seen: tuple[UUID, ...] = ()
    under: UUID | None = None


_bodies: Final = msgspec.json.Decoder(Body)
_particulars: Final = msgspec.json.Decoder(Particulars)


def prepare(record: AccessRecord) -> Prepared:
    """The stored form of `record` under a fresh id."""
    caller, record_id = record.caller, uuid4()
    body = Body(
        transaction=record.transaction,
        role=caller.role,
        purpose=caller.purpose,
        assurance=caller.assurance,
        institution=caller.institution,
        person=caller.person,
        patient=caller.patient,
        outcome=record.outcome,
        time=record.time,
        request_id=record.request_id,
        patients=tuple(dict.fromkeys(record.patients)),
        objects=record.objects,
        errors=record.errors,
        decisions=record.decisions,
        seen=record.seen,
    )
    particulars = msgspec.json.encode(
        Particulars(caller.address, record.query, record.request, caller.user)
    )
    sealed = keys.ring().sealer("audit").seal(particulars, record_id.bytes)
    return Prepared(
        record_id,
        msgspec.json.encode(body),
        sealed,
        body.patients,
        institution=body.institution,
        seen=body.seen,
        under=found_under(body.role, body.institution),
    )


def read_body(body: bytes) -> Body:
    """The clear part again."""
    return _bodies.decode(body)


def open_particulars(record_id: UUID, sealed: bytes) -> bytes:
    """The sealed part as it was encoded."""
    return keys.ring().sealer("audit").open(sealed, record_id.bytes)


def read_record(record_id: UUID, body: bytes, sealed: bytes) -> AccessRecord:
    """The whole record again; opens the sealed part."""
    clear = read_body(body)
    opened = _particulars.decode(open_particulars(record_id, sealed))
    caller = Caller(
        role=clear.role,
        purpose=clear.purpose,
        assurance=clear.assurance,
        institution=clear.institution,
        person=clear.person,
        patient=clear.patient,
        user=opened.user,
        address=opened.address,
    )
    return AccessRecord(
        transaction=clear.transaction,
        caller=caller,
        outcome=clear.outcome,
        time=clear.time,
        request_id=clear.request_id,
        patients=clear.patients,
        objects=clear.objects,
        query=opened.query,
        errors=clear.errors,
        decisions=clear.decisions,
        request=opened.request,
        seen=clear.seen,
    )


def link(writer: UUID, seq: int, place: int, previous: bytes, prepared: Prepared) -> bytes:
    """The hash of the record at `seq` of the writer's chain, after the one hashed `previous`.

    `place` is the row's number among all records, by which they are read in time.
    """
    size = len(prepared.body)
    fixed = _LINK.pack(writer.bytes, seq, place, previous, prepared.id.bytes, size)
    return _keyed(fixed + prepared.body + prepared.sealed)


def seal_head(writer: UUID, seq: int, hash_: bytes) -> bytes:
    """What vouches for a chain's head, so that none but the node can move it back."""
    return _keyed(_HEAD.pack(b"head", writer.bytes, seq, hash_))


def seal_start(table: str, writer: UUID, seq: int, hash_: bytes, record: UUID) -> bytes:
    """What vouches for where a chain begins since its older part went, as `record` says."""
    kind = table.encode().ljust(16, b"\0")
    return _keyed(_START.pack(b"start", kind, writer.bytes, seq, hash_, record.bytes))


def beginning(writer: UUID, after: tuple[UUID, int, bytes] | None) -> bytes:
    """What the first record of a chain follows: the newest record of another chain, if any."""
    other, seq, hash_ = after or (UUID(int=0), 0, NO_HASH)
    return _keyed(_BEGINNING.pack(writer.bytes, other.bytes, seq, hash_))


def _keyed(content: bytes) -> bytes:
    return hmac.digest(keys.ring().derive("audit/chain"), content, "sha256")
