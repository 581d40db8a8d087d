"""What the repository holds, and its bytes."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Self
from uuid import UUID

from django.db import connection
from django.db.models import Sum

from naru.domain.clinical import Content
from naru.domain.findings import Finding
from naru.repository import errors, objects
from naru.repository.models import Document, Findings, Repository
from naru.repository.sealed import unseal, unseal_said
from naru.repository.values import Held, Received, RepositoryOf
from naru.security.errors import SealBroken
from naru.storage.objects import ObjectReader
from naru.storage.objects.errors import ObjectStoreError

# Written by hand: this is a part of every retrieval. A held row (2) goes before a pending one,
# which can be retrieved already since its registration may have been committed elsewhere.
_HELD: Final = (
    "SELECT d.mime_type, d.size, d.sha1, d.sha256, d.address, d.sealed_key"
    " FROM repository_document d JOIN repository_repository r ON r.id = d.repository_id"
    " WHERE r.oid = %s AND d.unique_id = %s ORDER BY d.state DESC, d.id LIMIT 1"
)

_SAID: Final = (
    "SELECT r.oid, d.unique_id, d.address, s.sealed"
    " FROM repository_document d JOIN repository_repository r ON r.id = d.repository_id"
    " LEFT JOIN repository_said s ON s.document_id = d.id"
    " WHERE d.state = 2 AND d.read_by = %s AND d.unique_id IN ({})"
)
_AT_ONCE: Final = 500


def repositories() -> tuple[RepositoryOf, ...]:
    """Every repository of this node."""
    return tuple(map(_value, Repository.objects.order_by("id")))


def repository(oid: str) -> RepositoryOf | None:
    """The repository of that OID, if it is kept here."""
    return _one("oid", oid)


def of_institution(institution: UUID) -> RepositoryOf | None:
    """The first repository for which an institution answers."""
    native = connection.features.has_native_uuid_field
    return _one("institution", institution if native else institution.hex)


def size() -> int:
    """The bytes of all documents that are held, before encryption."""
    held = Document.objects.filter(state=Document.State.HELD)
    return int(held.aggregate(bytes=Sum("size"))["bytes"] or 0)


def _one(column: str, value: str | UUID) -> RepositoryOf | None:
    # The column is one of the two words above; the value is a parameter.
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT oid, institution, name FROM repository_repository WHERE {column} = %s"  # noqa: S608  # See above.
            " ORDER BY id LIMIT 1",
            [value],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    oid, institution, name = row
    return RepositoryOf(oid=oid, institution=_uuid(institution), name=name)


def _uuid(stored: UUID | str) -> UUID:
    # SQLite keeps a UUID as its 32 digits.
    return stored if isinstance(stored, UUID) else UUID(stored)


def _value(row: Repository) -> RepositoryOf:
    return RepositoryOf(oid=row.oid, institution=row.institution, name=row.name)


def held(repository_oid: str, unique_id: str) -> Held:
    """The document; raises XDSUnknownRepositoryId or XDSDocumentUniqueIdError (ITI TF-2 3.43)."""
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [repository_oid, unique_id])
        row = cursor.fetchone()
    if row is None:
        if repository(repository_oid) is None:
            raise errors.unknown_repository(repository_oid, unique_id)
        raise errors.unknown_document(unique_id)
    mime_type, size, sha1, sha256, address, sealed_key = row
    return Held(
        repository_oid=repository_oid,
        unique_id=unique_id,
        mime_type=mime_type,
        size=size,
        sha1=sha1,
        sha256=sha256,
        address=address,
        sealed_key=bytes(sealed_key),
    )


def findings(repository_oid: str, unique_id: str) -> tuple[Finding, ...]:
    """What was found wrong with a held document when it came."""
    row = (
        Findings.objects.filter(
            document__repository__oid=repository_oid,
            document__unique_id=unique_id,
            document__state=Document.State.HELD,
        )
        .values_list("document__address", "sealed")
        .first()
    )
    return () if row is None else unseal(row[1], row[0])


def said(
    documents: Iterable[tuple[str, str]], version: int
) -> Mapping[tuple[str, str], Content | None]:
    """What held documents say, by repository and uniqueId, as far as readers of a version read it.

    None of one that they cannot read; one that they have not read yet is not among them. Nothing is
    decided here, as with `held`.
    """
    asked, found = list(dict.fromkeys(documents)), dict[tuple[str, str], Content | None]()
    known = set(asked)
    for start in range(0, len(asked), _AT_ONCE):
        names = [unique_id for _, unique_id in asked[start : start + _AT_ONCE]]
        statement = _SAID.format(",".join(["%s"] * len(names)))
        with connection.cursor() as cursor:
            cursor.execute(statement, [version, *names])
            rows = cursor.fetchall()
        for oid, unique_id, address, sealed in rows:
            if (oid, unique_id) in known:
                told = None if sealed is None else unseal_said(sealed, address)
                found[oid, unique_id] = told
    return found


def content(received: Received) -> bytes:
    """All the bytes of a document that is known to be small, before or after it is kept."""
    return objects.store().read_all(received.address, received.sealed_key)


def chunks(document: Held) -> "Chunks":
    """The document's bytes, the first of them authenticated before any answer is begun.

    Raises XDSRepositoryError where the object is missing or damaged or cannot be read.
    """
    try:
        return Chunks(document)
    except (ObjectStoreError, SealBroken) as error:
        raise errors.unreadable(document.unique_id) from error


def _open(document: Held) -> ObjectReader:
    return objects.store().open_reader(document.address, document.sealed_key)


class Chunks:
    """A document's bytes, each chunk authenticated by the store before it is given out.

    Beyond that, size and SHA-1 are compared with what was registered before the last chunk leaves,
    so that a receiver never gets to the end of other bytes: DocumentDamaged is raised instead.
    Closes itself at the end; else the caller closes.
    """

    __slots__ = ("_bytes", "_document", "_reader")

    def __init__(self, document: Held) -> None:
        self._document = document
        self._reader = _open(document)
        self._bytes: Iterator[bytes] | None = _verified(self._reader, document)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        if self._bytes is None:
            self._reader = _open(self._document)
            self._bytes = _verified(self._reader, self._document)
        return next(self._bytes)

    def rest(self) -> None:
        """Let go of the medium until the first chunk is asked for; only before that."""
        self._reader.close()
        self._bytes = None

    def close(self) -> None:
        """Let go of the medium for good. May be repeated."""
        self._reader.close()
        self._bytes = iter(())


def _verified(reader: Iterator[bytes], document: Held) -> Iterator[bytes]:
    digest, size = hashlib.sha1(usedforsecurity=False), 0  # XDS's own: ITI TF-3 4.2.3.2.10.
    waiting: bytes | None = None
    for chunk in reader:
        digest.update(chunk)
        size += len(chunk)
        if waiting is not None:
            yield waiting
        waiting = chunk
    if size != document.size or digest.hexdigest() != document.sha1:
        raise errors.DocumentDamaged("a stored document is not what was registered")
    if waiting is not None:
        yield waiting
