"""What the repository hands out."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryOf:
    """A document repository and the institution that answers for it."""

    oid: str
    institution: UUID
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """Bytes that are durable but belong to no registered document yet. Digests are hex."""

    address: str
    sealed_key: bytes
    size: int
    sha1: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A document that the repository holds. Digests are hex."""

    repository_oid: str
    unique_id: str
    mime_type: str
    size: int
    sha1: str
    sha256: str
    address: str
    sealed_key: bytes
