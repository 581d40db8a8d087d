"""What changes the repository: bytes are received and settled, then kept or forgotten.

Settled bytes are durable and belong to nobody; the transaction that registers the document keeps
them. What is settled and never kept, since the registration failed or the process died, is swept.
Where the registry is another node, bytes are kept as pending before it is told and confirmed after.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from naru.domain.findings import Finding
from naru.domain.registry_errors import ErrorCode, RegistryFailure
from naru.repository import errors, objects
from naru.repository.models import Document, Findings, Repository
from naru.repository.sealed import seal
from naru.repository.values import Received
from naru.storage.objects import ObjectWriter
from naru.storage.objects.errors import StorageFull
from naru.storage.rows import insert

_HELD: Final = (
    "SELECT sha256, size, address FROM repository_document"
    " WHERE repository_id = %s AND unique_id = %s AND state = 2"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a submission says of a document; hash and size where it says them."""

    unique_id: str
    mime_type: str
    hash: str | None = None
    size: int | None = None


def establish(*, oid: str, institution: UUID, name: str) -> None:
    """Set up an institution's repository, or change its name. Raises RepositoryTaken."""
    row, _ = Repository.objects.get_or_create(
        oid=oid, defaults={"institution": institution, "name": name}
    )
    if row.institution != institution:
        raise errors.RepositoryTaken(f"The repository {oid} is another institution's already.")
    if row.name != name:
        row.name = name
        row.save(update_fields=["name"])


def receive() -> ObjectWriter:
    """A sink for the bytes of one document; whoever leaves it unsettled aborts it.

    Size and hashes are its `written` once it is closed. Plaintext never reaches the disk.
    """
    return objects.store().open_writer()


def check_message(claims: Collection[Claim]) -> None:
    """Refuse a message that names one document twice (ITI TF-3 Table 4.2.4.1-2)."""
    seen: set[str] = set()
    for claim in claims:
        if claim.unique_id in seen:
            raise errors.twice_in_message(claim.unique_id)
        seen.add(claim.unique_id)


def settle(writer: ObjectWriter, claim: Claim) -> Received:
    """Make the bytes durable, before and outside of the transaction that keeps them.

    Raises RegistryFailure with nothing stored: XDSRepositoryMetadataError where the claim's hash
    or size is not that of the bytes (ITI TF-2 3.41.4.1.3), XDSRepositoryOutOfResources where there
    is no room.
    """
    try:
        _check_claim(writer, claim)
    except RegistryFailure:
        writer.abort()
        raise
    try:
        stored = writer.commit()
    except StorageFull as full:
        raise errors.no_room() from full
    return Received(
        address=stored.address,
        sealed_key=stored.sealed_key,
        size=stored.size,
        sha1=stored.sha1,
        sha256=stored.sha256,
    )


def _check_claim(writer: ObjectWriter, claim: Claim) -> None:
    written = writer.close().written
    wrong = [
        *(["hash"] if claim.hash is not None and claim.hash.lower() != written.sha1 else []),
        *(["size"] if claim.size is not None and claim.size != written.size else []),
    ]
    if wrong:
        raise RegistryFailure(*(errors.wrong_metadata(what, claim.unique_id) for what in wrong))


def keep(
    received: Received,
    claim: Claim,
    *,
    repository_oid: str,
    now: datetime,
    pending: bool = False,
) -> None:
    """Hold the bytes as the repository's document, inside the caller's transaction.

    The same bytes under a uniqueId that is held are accepted and not stored twice; other bytes
    raise XDSNonIdenticalHash or XDSNonIdenticalSize. Raises XDSUnknownRepositoryId.
    """
    assert connection.in_atomic_block
    repository = Repository.objects.filter(oid=repository_oid).first()
    if repository is None:
        raise errors.unknown_repository(repository_oid)
    document = Document(
        repository=repository,
        unique_id=claim.unique_id,
        state=Document.State.PENDING if pending else Document.State.HELD,
        address=received.address,
        sealed_key=received.sealed_key,
        size=received.size,
        sha1=received.sha1,
        sha256=received.sha256,
        mime_type=claim.mime_type,
        received_at=now,
        held_at=None if pending else now,
    )
    if not _is_held(document):
        _insert(document)


def note(received: Received, findings: tuple[Finding, ...]) -> None:
    """Keep what was found wrong with a document that was just kept, inside the transaction.

    Of bytes that were held already nothing more is kept: what was found then stands.
    """
    assert connection.in_atomic_block
    document = Document.objects.filter(address=received.address).first()
    if document is not None:
        Findings.objects.create(document=document, sealed=seal(findings, received.address))


def _insert(document: Document) -> None:
    try:
        with transaction.atomic():
            insert([document])
    except IntegrityError:
        # Another transaction held the uniqueId first; a broken insert without it is a fault.
        if not _is_held(document):
            raise


def _is_held(document: Document) -> bool:
    """Whether these very bytes are held already; the copy then goes when the caller commits."""
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [document.repository_id, document.unique_id])
        row = cursor.fetchone()
    if row is None:
        return False
    sha256, size, address = row
    _refuse_other_bytes(document, sha256, size)
    if address != document.address:
        transaction.on_commit(partial(objects.store().delete, document.address))
    return True


def _refuse_other_bytes(document: Document, sha256: str, size: int) -> None:
    # ITI TF-2 3.41.4.1.3: one uniqueId means one sequence of bytes.
    if size != document.size:
        raise RegistryFailure(
            errors.other_bytes(ErrorCode.XDSNonIdenticalSize, document.unique_id),
            errors.other_bytes(ErrorCode.XDSNonIdenticalHash, document.unique_id),
        )
    if sha256 != document.sha256:
        raise RegistryFailure(errors.other_bytes(ErrorCode.XDSNonIdenticalHash, document.unique_id))


def confirm(received: Iterable[Received], *, now: datetime) -> None:
    """Hold what was pending, after the registry has accepted it; inside a transaction."""
    assert connection.in_atomic_block
    addresses = [one.address for one in received]
    pending = Document.objects.select_for_update().filter(
        address__in=addresses, state=Document.State.PENDING
    )
    for document in pending.order_by("id"):
        hold(document, now=now)


def hold(document: Document, *, now: datetime) -> None:
    """Turn a pending row into a held one, or drop it where the same bytes are held already."""
    if _is_held(document):
        document.delete()
        return
    document.state = Document.State.HELD
    document.held_at = now
    document.save(update_fields=["state", "held_at"])


def forget(received: Iterable[Received]) -> None:
    """Remove bytes that were settled for a registration that failed; never what is held."""
    for one in received:
        Document.objects.filter(address=one.address, state=Document.State.PENDING).delete()
        if not Document.objects.filter(address=one.address).exists():
            objects.store().delete(one.address)
