"""A person as institutions know them: names, birth, sex, addresses, numbers."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from naru.domain.identifiers import Identifier

# Hangul syllables and jamo, and Han characters: scripts that write a name without a space.
_KOREAN: Final = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3\u4e00-\u9fff\uf900-\ufaff]+")


NOBODY: Final = UUID(int=0)
"""A key that no person has: looked up where nobody was found, so that it takes as long."""


class Gender(StrEnum):
    """HL7 AdministrativeGender (2.16.840.1.113883.5.1)."""

    MALE = "M"
    FEMALE = "F"
    UNDIFFERENTIATED = "UN"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonName:
    """A name. `text` is the whole name in the order of its script, always present for Korean names.

    Two-syllable surnames exist, so a whole Korean name is never split by counting syllables.
    `birth_family` is the family name at birth, sent beside or instead of the present one.
    """

    text: str | None = None
    family: str | None = None
    birth_family: str | None = None
    given: tuple[str, ...] = ()
    prefix: str | None = None
    suffix: str | None = None
    use: str | None = None


def written_whole(family: str | None, given: tuple[str, ...]) -> str | None:
    """The whole of a Korean name that was sent in parts; `None` for other scripts.

    Two-syllable surnames are why this goes only from parts to the whole, never back.
    """
    whole = "".join([family or "", *given])
    return whole if _KOREAN.fullmatch(whole) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A postal address; `lines` in the order written."""

    lines: tuple[str, ...] = ()
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None
    use: str | None = None


@dataclass(frozen=True, slots=True)
class Telecom:
    """A telephone number or address as a URI (`tel:`, `mailto:`)."""

    value: str
    use: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Demographics:
    """What identifies a person beside their numbers. `birth_time` is a DTM as sent.

    `deceased` and `multiple_birth` are `None` where the sender said nothing. `other_ids` are of
    patients, `register_ids` of whatever else gave the person a number (a state, a licence).
    """

    names: tuple[PersonName, ...] = ()
    gender: Gender | None = None
    birth_time: str | None = None
    addresses: tuple[Address, ...] = ()
    telecoms: tuple[Telecom, ...] = ()
    mothers_maiden_name: PersonName | None = None
    deceased: bool | None = None
    deceased_time: str | None = None
    multiple_birth: bool | None = None
    multiple_birth_order: int | None = None
    other_ids: tuple[Identifier, ...] = ()
    register_ids: tuple[Identifier, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientRecord:
    """A person as one feed knows them: their identifiers and demographics."""

    identifiers: tuple[Identifier, ...]
    demographics: Demographics = field(default_factory=Demographics)
    updated: datetime | None = None
