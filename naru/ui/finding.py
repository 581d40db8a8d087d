"""How an institution is looked for on a page: the fields of the search, and how far it is.

Whoever finds institutions asks the same fields (`ui/finding.html`); what they are for, and what a
row of the answer leads to, is the page's own.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from naru.domain import departments, regions


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """What the fields of the search offer, each by its code and word."""

    regions: tuple[tuple[str, str], ...]
    places: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    departments: tuple[tuple[str, str], ...]


def fields(held: Iterable[str]) -> Fields:
    """The fields, with the departments that are held; those are canonical."""
    table = regions.table()
    return Fields(
        regions=tuple((one.code, region_name(one)) for one in table.regions),
        places=tuple(
            (region_name(one), tuple((place.key, place.name) for place in one.places))
            for one in table.regions
        ),
        departments=tuple((one.partition("^^")[0], department(one)) for one in held),
    )


def away(km: float) -> str:
    """How far it is."""
    if km < 1:
        return _("1 km 안")
    return _("약 %(km)d km") % {"km": round(km)}


def department(canonical: str) -> str:
    """What a department is called, or its code."""
    english = get_language() == "en"
    return departments.name_of(canonical, english=english) or canonical.partition("^^")[0]


def region_name(region: regions.Region) -> str:
    """What a region is called."""
    return region.english if get_language() == "en" else region.korean
