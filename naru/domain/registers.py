"""What is kept of institutions beside their names: place, departments, custody, closure, groups."""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

from naru.domain.departments import DepartmentSystem

LEAST_CONTRAST: Final = 4.5
LARGEST_LOGO: Final = 64 * 1024
_COLOUR: Final = re.compile(r"#[0-9a-f]{6}")
_HOURS: Final = re.compile(r"(mon|tue|wed|thu|fri|sat|sun|holiday) \d\d:\d\d-\d\d:\d\d")
_LONGEST: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Where an institution is and when it serves; `hours` as `mon 09:00-18:00`, one each.

    Latitude and longitude are WGS 84, in degrees. Raises ValueError for what cannot be so.
    """

    address: str = ""
    telephone: str = ""
    latitude: float | None = None
    longitude: float | None = None
    hours: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (self.latitude is None) is not (self.longitude is None):
            raise ValueError("a place has both a latitude and a longitude")
        if self.latitude is not None and not -90 <= self.latitude <= 90:  # noqa: PLR2004  # Degrees.
            raise ValueError("a latitude lies between -90 and 90")
        if self.longitude is not None and not -180 <= self.longitude <= 180:  # noqa: PLR2004  # Same.
            raise ValueError("a longitude lies between -180 and 180")
        if not all(map(_HOURS.fullmatch, self.hours)):
            raise ValueError("hours are written as mon 09:00-18:00")
        if len(self.address) > _LONGEST or len(self.telephone) > 40:  # noqa: PLR2004  # The columns'.
            raise ValueError("an address or a telephone number is too long")


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentAt:
    """A department of an institution by one system's code."""

    system: DepartmentSystem
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Custody:
    """A contract of custody: with whom, over what, where the records lie (고시 2016-233)."""

    custodian: str
    contract: str
    scope: str
    location: str
    valid_from: date
    valid_to: date | None = None

    def __post_init__(self) -> None:
        if not all((self.custodian, self.contract, self.scope, self.location)):
            raise ValueError("a custody says with whom, by which contract, over what, and where")
        if self.valid_to is not None and self.valid_to <= self.valid_from:
            raise ValueError("a custody ends after it begins")


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """Who keeps a closed institution's records, where, and until which day at least."""

    closed: date
    keeper: str
    location: str
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """How a hospital shows itself in a portal that it shares: its colour (`#rrggbb`), its logo.

    `logo` is a PNG, or empty. The colour can be read on white, and white on it (WCAG 2.2, 1.4.3).
    """

    english: str = ""
    colour: str
    logo: bytes = b""

    def __post_init__(self) -> None:
        if not _COLOUR.fullmatch(self.colour) or contrast_with_white(self.colour) < LEAST_CONTRAST:
            raise ValueError("a colour is written as #0b50d0, and dark enough to be read on white")
        if len(self.logo) > LARGEST_LOGO:
            raise ValueError(f"a logo has {LARGEST_LOGO} bytes at most")


def contrast_with_white(colour: str) -> float:
    """The contrast of a colour `#rrggbb` and white (WCAG 2.2, relative luminance)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4  # noqa: PLR2004  # sRGB's.
        for one in parts
    )
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Hospitals with one portal: their name, their colour (`#rrggbb`), who they are."""

    id: UUID
    name: str
    english: str
    colour: str
    members: tuple[UUID, ...] = field(default=())

    def __post_init__(self) -> None:
        if not self.name or not _COLOUR.fullmatch(self.colour):
            raise ValueError("a group has a name, and a colour written as #0b50d0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A row of HIRA's open data; `ykiho` is encrypted and means nobody by itself."""

    ykiho: str
    name: str
    kind: str
    address: str
    telephone: str
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A row about an institution that is known by its OID."""

    oid: str
    profile: Profile
    departments: tuple[DepartmentAt, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import did, or would do: numbers, and the lines that were not taken, with why."""

    new: int = 0
    changed: int = 0
    same: int = 0
    refused: tuple[tuple[int, str], ...] = ()
