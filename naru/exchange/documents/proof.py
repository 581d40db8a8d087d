"""What proves that a document is the one that was registered; nothing of its content is told."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from naru.domain.registry_errors import RegistryFailure
from naru.ledger import queries as ledger
from naru.ledger import services as commitments
from naru.ledger.errors import UnknownCommitment
from naru.ledger.queries import Receipt
from naru.patients import queries as patients
from naru.registry import queries as registry
from naru.repository import queries as repository
from naru.repository.errors import DocumentDamaged


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Of one document, whose octets were read and compared.

    `same`: size and hash are those that were registered. `committed`: the ledger's operation bears
    these very octets; None where nothing was committed. `sha256` in hex, "" where damaged.
    """

    same: bool
    committed: bool | None
    sha256: str = ""
    receipt: Receipt | None = None


def of_documents(asked: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], Proof]:
    """The proof of each document by repository and uniqueId; the octets are read, and kept back."""
    return {one: _proof(*one) for one in asked}


def _proof(repository_oid: str, unique_id: str) -> Proof:
    entries = registry.locate(repository_oid, unique_id, patients=patients)
    try:
        held = repository.held(repository_oid, unique_id)
        chunks = repository.chunks(held)
        digest = sha256()
        for chunk in chunks:  # Compared with the registered size and hash before the last leaves.
            digest.update(chunk)
    except (RegistryFailure, DocumentDamaged):
        return Proof(same=False, committed=None)
    registered = bool(entries) and all(_as_registered(one.hash, held.sha1) for one in entries)
    subjects = [UUID(one.entry_uuid.removeprefix("urn:uuid:")) for one in entries]
    receipts = [(one, found) for one in subjects if (found := ledger.receipt(one))]
    if not receipts:
        return Proof(same=registered, committed=None, sha256=digest.hexdigest())
    return Proof(
        same=registered,
        committed=all(_bears(one, digest.digest()) for one, _ in receipts),
        sha256=digest.hexdigest(),
        receipt=receipts[0][1],
    )


def _as_registered(registered: str | None, sha1: str) -> bool:
    return registered is not None and registered.casefold() == sha1.casefold()


def _bears(document: UUID, digest: bytes) -> bool:
    try:
        return commitments.verify_document(document, digest)
    except UnknownCommitment:
        return False
