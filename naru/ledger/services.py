import hmac
import os
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Literal
from uuid import UUID, uuid4

from django.db import connection

from naru.ledger.errors import UnknownCommitment
from naru.ledger.models import Commitment
from naru.ledger.operation import Operation, encode
from naru.outbox import services as outbox
from naru.security import keys
from naru.storage.rows import insert

APPEND: Final = "ledger.append"
"""The kind of outbox work that carries an operation to the engine."""

KEY_BYTES: Final = 32

DocumentAct = Literal["register", "change", "delete"]
ConsentAct = Literal["grant", "narrow", "widen", "withdraw"]


@dataclass(frozen=True, slots=True)
class MacReceipt:
    """The MAC that sender and receiver compare, and the operation that carries it."""

    operation: UUID
    mac: bytes


def commit_document(
    document: UUID, digest: bytes, operation: DocumentAct = "register"
) -> MacReceipt:
    """Commit to a document, by its SHA-256, inside the caller's transaction.

    The operation reaches the ledger after the commit; until then its receipt is pending.
    """
    return _commit("document", operation, document, digest)


def commit_record(record: UUID, content: bytes, operation: DocumentAct) -> MacReceipt:
    """Commit to a version of a single record, by its text, inside the caller's transaction.

    A deletion has no text; that it was deleted is what is committed.
    """
    return _commit("record", operation, record, sha256(content).digest())


def commit_consent(act: UUID, content: bytes, operation: ConsentAct) -> MacReceipt:
    """Commit to a consent act, by the bytes that say it, inside the caller's transaction."""
    return _commit("consent", operation, act, sha256(content).digest())


def verify_document(document: UUID, digest: bytes) -> bool:
    """Whether `digest` is the SHA-256 that was last committed for the document.

    Compared in constant time, so that a caller learns nothing of the MAC by trying.
    """
    row = Commitment.objects.filter(subject=document, contract="document").order_by("-id").first()
    if row is None:
        raise UnknownCommitment("nothing was committed for this document")
    key = keys.ring().sealer("ledger").open(bytes(row.sealed_key), row.operation.bytes)
    return hmac.compare_digest(_mac(key, digest), bytes(row.mac))


def _commit(contract: str, act: str, subject: UUID, digest: bytes) -> MacReceipt:
    assert connection.in_atomic_block, "a commitment needs the caller's transaction"
    key = os.urandom(KEY_BYTES)
    operation = Operation(
        id=uuid4(),
        contract=contract,
        act=act,
        record=_record_of(contract, act, subject),
        mac=_mac(key, digest),
    )
    insert(
        [
            Commitment(
                operation=operation.id,
                contract=contract,
                act=act,
                subject=subject,
                record=operation.record,
                sealed_key=keys.ring().sealer("ledger").seal(key, operation.id.bytes),
                mac=operation.mac,
            )
        ]
    )
    outbox.put(APPEND, encode(operation), key=str(operation.id))
    return MacReceipt(operation.id, operation.mac)


def _record_of(contract: str, act: str, subject: UUID) -> UUID:
    """The random id under which a document's operations stand together on the ledger."""
    if act == "register" or contract == "consent":
        return uuid4()  # The first of its subject; nothing to look up.
    rows = Commitment.objects.filter(subject=subject, contract=contract).order_by("id")
    return rows.values_list("record", flat=True).first() or uuid4()


def _mac(key: bytes, digest: bytes) -> bytes:
    assert len(digest) == sha256().digest_size, "a digest is the 32 bytes of a SHA-256"
    return hmac.digest(key, digest, "sha256")
