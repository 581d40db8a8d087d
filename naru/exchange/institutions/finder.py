"""Where one may go: institutions that take part at this very moment, for anybody to find.

Public and of nobody, so that it leaves no access record; what somebody typed or where they stand
is kept nowhere.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from naru.directory import queries as directory
from naru.directory import registers
from naru.domain import departments
from naru.domain.hangul import is_like
from naru.domain.institution import Institution, InstitutionKind
from naru.domain.korea import korean_day
from naru.domain.regions import Point, Region, distance_km, places, region_of
from naru.domain.registers import DepartmentAt, Profile

CARE = frozenset({InstitutionKind.HUB, InstitutionKind.MEMBER})
"""Where somebody is treated; agencies and the operating body are not."""

NOWHERE = Profile()
LONGEST = 100
"""Characters of what is typed."""

_KINDS = {"hub": InstitutionKind.HUB, "member": InstitutionKind.MEMBER}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What is looked for; what is empty is not asked.

    `name` may be typed by initials (`domain.hangul`). `department` is a canonical one
    (`domain.departments.canonical`), `near` the place from which it is measured.
    """

    name: str = ""
    region: str = ""
    department: str = ""
    kind: InstitutionKind | None = None
    near: Point | None = None


def sought(given: Mapping[str, str], *, own: Point | None = None) -> Sought:
    """What a page's fields ask for; what they cannot mean is not asked.

    A department comes as its two digits, a place by its key; `own` is where somebody stands, if
    they named no place.
    """
    place = places().get(given.get("near", ""))
    digits = given.get("department", "")[:LONGEST]
    return Sought(
        name=given.get("name", "").strip()[:LONGEST],
        region=given.get("region", ""),
        department=f"{digits}^^{_hira()}" if digits else "",
        kind=_KINDS.get(given.get("kind", "")),
        near=place.point if place else own,
    )


def _hira() -> str:
    return departments.table().schemes[departments.DepartmentSystem.HIRA]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One that takes part; `km` from the place that was given, None where nobody said where it is.

    `departments` are canonical.
    """

    institution: Institution
    profile: Profile
    region: Region | None
    departments: tuple[str, ...]
    km: float | None

    @property
    def point(self) -> Point | None:
        """Where it is."""
        return point_of(self.profile)


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """All that fit, the nearest first where a place was given, else by name.

    `departments` are those that any that takes part has.
    """

    as_of: datetime
    members: tuple[Member, ...]
    departments: tuple[str, ...]


def find(asked: Sought, as_of: datetime) -> Members:
    """Who takes part at that moment and fits."""
    profiles = registers.profiles()
    held = registers.departments(on=korean_day(as_of))
    everyone = [
        _member(one, profiles.get(one.id, NOWHERE), held.get(one.id, ()), asked.near)
        for one in directory.all_institutions(on=as_of)
        if one.approved and one.kind in CARE
    ]
    found = [one for one in everyone if _fits(one, asked)]
    if asked.near is not None:
        # Python sorts stably: those equally far, and those of no place at the end, stay by name.
        found.sort(key=lambda one: (one.km is None, one.km or 0.0))
    return Members(
        as_of=as_of,
        members=tuple(found),
        departments=tuple(sorted({each for one in everyone for each in one.departments})),
    )


def _member(
    institution: Institution, profile: Profile, held: Iterable[DepartmentAt], near: Point | None
) -> Member:
    point = point_of(profile)
    schemes = departments.table().schemes
    return Member(
        institution=institution,
        profile=profile,
        region=region_of(profile.address, point),
        departments=tuple(
            dict.fromkeys(
                departments.canonical(f"{one.code}^^{schemes[one.system]}") for one in held
            )
        ),
        km=None if near is None or point is None else distance_km(near, point),
    )


def point_of(profile: Profile) -> Point | None:
    """Where an institution is; None where nobody said."""
    if profile.latitude is None or profile.longitude is None:
        return None
    return Point(profile.latitude, profile.longitude)


def _fits(member: Member, asked: Sought) -> bool:
    region = member.region.code if member.region else ""
    return (
        (not asked.region or region == asked.region)
        and (not asked.department or asked.department in member.departments)
        and (asked.kind is None or member.institution.kind is asked.kind)
        and (not asked.name or is_like(asked.name, member.institution.name))
    )
