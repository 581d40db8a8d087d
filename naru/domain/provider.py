"""Whose signatures are believed, and of what: who somebody is, or that they ask themselves."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID


class SignerKind(StrEnum):
    """What a trusted certificate may sign; a key that is for one is never taken for the other."""

    ASSERTION_PROVIDER = "assertion-provider"
    CLIENT = "client"
    UNDECLARED = "undeclared"
    """Trusted before the two were told apart: it opens nothing until it is trusted anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssertionProvider:
    """One certificate (DER) of an X-Assertion Provider, and for which institutions it speaks.

    `everywhere` if for each of them. `issuer` is the entity id that stands in its assertions.
    """

    issuer: str
    certificate: bytes
    fingerprint: str
    institutions: frozenset[UUID] = frozenset()
    everywhere: bool = False
    valid_from: date | None = None
    valid_to: date | None = None

    def speaks_for(self, institution: UUID | None) -> bool:
        """Whether what it says of an institution's people is believed."""
        return self.everywhere or institution in self.institutions


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenClient:
    """One certificate (DER) of an OAuth client, which asks in one institution's name (RFC 7523).

    `name` is its client_id. It says nothing of the institution's users.
    """

    name: str
    certificate: bytes
    fingerprint: str
    institution: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedSigner:
    """A trusted certificate as an operator looks at it; `institutions` counts those it is for."""

    name: str
    fingerprint: str
    kind: SignerKind
    institutions: int
    valid_to: date | None
