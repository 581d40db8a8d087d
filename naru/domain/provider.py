"""Who is believed when they say who somebody is."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


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
