"""The papers of referrals as the wire has them; this is the port, the node names who writes them.

진료의뢰서, 진료회송서, 진료회신서, 전원소견서, and the letter to whoever is outside the exchange.
"""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from naru.domain.clinical import ClinicalDocument
from naru.domain.document_submission import DocumentCodes

REPLY = "reply"
LETTER = "referral-letter"
"""The names of forms that begin no referral within the exchange; others are a `referrals.Kind`."""


class IncompletePaper(ValueError):
    """The form asks for more: `missing` are the Korean names of what is empty."""

    def __init__(self, missing: tuple[str, ...]) -> None:
        super().__init__("the form asks for more")
        self.missing = missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A paper in octets, with its title and codes; the practice setting is the general one."""

    octets: bytes
    title: str
    codes: DocumentCodes


class ReferralPapers(Protocol):
    """Who writes, reads and knows the papers."""

    def takes(self, kind: str) -> frozenset[str]:
        """The fields of `Content` that have a place in the form."""

    def write(self, document: ClinicalDocument) -> Written:
        """The paper by its form. Raises IncompletePaper."""

    def read(self, octets: bytes) -> ClinicalDocument | None:
        """The values of a paper that somebody sent; None where they cannot be read."""

    def kind_of(self, format_code: str) -> str:
        """The form that an entry's formatCode (`code^^scheme`) promises; empty for any other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A paper that came over the wire, from one participant to others by name.

    `document` is what it says, as far as it can be read.
    """

    kind: str
    unique_id: str
    patient: UUID
    sender: UUID
    recipients: tuple[UUID, ...]
    department: str
    document: ClinicalDocument | None
