"""In which 시·도 institutions lie, by the register as it is now."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from naru.directory import registers
from naru.domain.regions import Point, region_of
from naru.domain.registers import Profile
from naru.statistics.counting import NOBODY

AT_NONE: Final = ""
"""Those at no institution: citizens and strangers."""

UNKNOWN: Final = "?"
"""Institutions of whose place nobody said anything."""


def regions_of(institutions: Collection[UUID]) -> dict[UUID, str]:
    """The region's code of each, or one of the two above."""
    profiles = registers.profiles()
    return {one: AT_NONE if one == NOBODY else code_of(profiles.get(one)) for one in institutions}


def code_of(profile: Profile | None) -> str:
    """The region in which a place is."""
    if profile is None:
        return UNKNOWN
    point = None
    if profile.latitude is not None and profile.longitude is not None:
        point = Point(profile.latitude, profile.longitude)
    found = region_of(profile.address, point)
    return found.code if found else UNKNOWN
