"""A document that a page had written, handed to the exchange as any other is (ITI-41)."""

from hashlib import sha256
from uuid import UUID

from naru.domain.xds import Submission
from naru.exchange.access import Access
from naru.exchange.documents.provide_and_register import Beside, provide_and_register
from naru.ledger import services as ledger
from naru.registry.values import Registered
from naru.repository import services as repository


def provide_written(
    access: Access, submission: Submission, octets: bytes, beside: Beside
) -> Registered:
    """Keep and register the one document of a submission; what is `beside` it goes with it.

    Raises RegistryFailure, StorageFailed, AuditUnavailable, and what `beside` raises.
    """
    (entry,) = submission.entries
    writer = repository.receive()
    try:
        writer.write(octets)
        writer.close()
        documents = {entry.entry_uuid: writer}
        return provide_and_register(access, submission, documents, beside=beside)
    finally:
        writer.abort()  # Undoes only what was not settled.


def commit(document: UUID, octets: bytes) -> None:
    """Commit to a paper that goes out of the exchange, in the caller's transaction."""
    ledger.commit_document(document, sha256(octets).digest())
