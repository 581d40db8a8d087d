"""An institution: a surrogate id with any number of names on the wire, by date."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID


class InstitutionKind(StrEnum):
    """What an institution does in the exchange."""

    HUB = "hub"  # 거점의료기관: keeps a document repository for its spokes.
    MEMBER = "member"  # 협력의료기관.
    AGENCY = "agency"
    INSURER = "insurer"  # Has of what a patient sends only the papers that the law names.
    OPERATOR = "operator"


GIVEN_TO: Final = frozenset({InstitutionKind.AGENCY, InstitutionKind.INSURER})
"""What gives no care and is given documents."""


class Stop(StrEnum):
    """Why the operating body lets an institution take part no more; a word, since it is kept."""

    KEY_LOST = "key-lost"
    NETWORK_UNSAFE = "network-unsafe"
    RECORDS_FAULTY = "records-faulty"
    AGREEMENT_ENDED = "agreement-ended"
    DRILL = "drill"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """Since when an institution takes part no more, and why where a reason was given."""

    since: datetime
    reason: Stop | None


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
