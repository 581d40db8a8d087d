"""An institution: a surrogate id with any number of names on the wire, by date."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID


class InstitutionKind(StrEnum):
    """What an institution does in the exchange."""

    HUB = "hub"  # 거점의료기관: keeps a document repository for its spokes.
    MEMBER = "member"  # 협력의료기관.
    AGENCY = "agency"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Institution:
    """What the rest of the program knows of an institution on a given day."""

    id: UUID
    name: str
    kind: InstitutionKind
    oid: str | None = None
    code: str | None = None
    hub: UUID | None = None
    approved: bool = True
    valid_on: date | None = None
