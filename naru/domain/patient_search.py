"""What a search says of the people it looks for, in parameters with alternatives (ITI-78).

A clause is one parameter: any of its alternatives may hold. All clauses of a search must.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from naru.domain.identifiers import Identifier
from naru.domain.person import Gender


class NamePart(StrEnum):
    """Which part of a name a text is compared with."""

    FAMILY = "family"
    GIVEN = "given"
    WHOLE = "name"
    """Any part, or all of it."""
    MOTHER = "mothersMaidenName"


class AddressPart(StrEnum):
    """Which part of an address a text is compared with."""

    ANY = "address"
    CITY = "address-city"
    STATE = "address-state"
    POSTAL_CODE = "address-postalcode"
    COUNTRY = "address-country"


@dataclass(frozen=True, slots=True)
class Named:
    """A name part begins with the text; with `exact` it is the text, in its case."""

    part: NamePart
    text: str
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Lives:
    """An address part begins with the text; with `exact` it is the text, in its case."""

    part: AddressPart
    text: str
    exact: bool = False


@dataclass(frozen=True, slots=True)
class OfSex:
    """The administrative gender; `None` is for those of whom nothing else is known."""

    gender: Gender | None


@dataclass(frozen=True, slots=True)
class Born:
    """Born between two days, years or months, both included; an absent end is open.

    DTM to the day at most: `1970` as start and as end means the whole year.
    """

    start: str | None = None
    end: str | None = None


@dataclass(frozen=True, slots=True)
class Reached:
    """Has this telephone number or address; a `scheme` as in `tel` allows no other kind."""

    value: str
    scheme: str | None = None


@dataclass(frozen=True, slots=True)
class Holds:
    """Has this identifier; an empty authority stands for any."""

    identifier: Identifier


@dataclass(frozen=True, slots=True)
class KnownIn:
    """Has an identifier of this domain, as far as whoever asks may learn that."""

    domain: str


@dataclass(frozen=True, slots=True)
class Is:
    """Is the person of this surrogate key."""

    patient: UUID


@dataclass(frozen=True, slots=True)
class Active:
    """Whether the person's record is in use; all that are kept here are."""

    active: bool


Sought = Named | Lives | OfSex | Born | Reached | Holds | KnownIn | Is | Active
Clause = tuple[Sought, ...]


class MatchGrade(StrEnum):
    """http://terminology.hl7.org/CodeSystem/match-grade, best first."""

    CERTAIN = "certain"
    PROBABLE = "probable"
    POSSIBLE = "possible"
