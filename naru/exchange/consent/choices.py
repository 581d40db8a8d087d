"""What a person can keep out of the exchange, as a page offers it and as it comes back.

A key names an exclusion in a form: `s:` what an institution wrote, `v:` an institution's looking,
`d:` a department, `p:` a department of one institution, `o:` one document.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from naru.consent.errors import ConsentRefused
from naru.consent.snapshots import Exclusion, Exclusions
from naru.directory import queries as directory
from naru.domain.affinity_domain import AffinityDomain
from naru.domain.institution import Institution, InstitutionKind

_SETTING: Final = "practiceSettingCode"
_CARE: Final = frozenset({InstitutionKind.HUB, InstitutionKind.MEMBER})

MOST_SHOWN: Final = 30
"""Institutions that a page offers at a time; the others are found by their name."""

LONGEST_KEY: Final = 300


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be chosen, by the key of its form and its name."""

    key: str
    name: str


def departments(domain: AffinityDomain | None) -> tuple[Choice, ...]:
    """The departments (진료과) of the exchange, in the order of their codes."""
    if domain is None:
        return ()
    found = sorted(domain.codes.get(_SETTING, ()))
    return tuple(
        Choice(f"{code}^^{scheme}", domain.display.get((code, scheme), code))
        for code, scheme in found
    )


def institutions(
    *, on: date, like: str = "", first: Collection[UUID] = ()
) -> tuple[tuple[Choice, ...], int]:
    """Participating institutions of care, and how many more there are than are shown.

    Those in `first` come first: where the person has records. `like` is a part of the name.
    """
    wanted = like.strip().casefold()
    found = [
        one
        for one in directory.all_institutions(on=on)
        if one.approved and one.kind in _CARE and wanted in one.name.casefold()
    ]
    ordered = sorted(found, key=lambda one: (one.id not in first, one.name))
    shown = tuple(Choice(str(one.id), one.name) for one in ordered[:MOST_SHOWN])
    return shown, max(0, len(ordered) - MOST_SHOWN)


def key(one: Exclusion) -> str:
    """The key of an exclusion."""
    if one.document is not None:
        return f"o:{one.document}"
    if one.viewer is not None:
        return f"v:{one.viewer}"
    if one.department is None:
        return f"s:{one.source}"
    return f"d:{one.department}" if one.source is None else f"p:{one.source}:{one.department}"


def exclusion(text: str, *, on: date, domain: AffinityDomain | None) -> Exclusion:
    """The exclusion of a key; raises ConsentRefused for what is not known here."""
    kind, _, rest = text[:LONGEST_KEY].partition(":")
    match kind:
        case "o" if rest:
            return Exclusion(document=rest)
        case "v":
            return Exclusion(viewer=_known(rest, on).id)
        case "s":
            return Exclusion(source=_known(rest, on).id)
        case "d":
            return Exclusion(department=_department(rest, domain))
        case "p":
            place, _, department = rest.partition(":")
            return Exclusion(
                source=_known(place, on).id, department=_department(department, domain)
            )
    raise ConsentRefused("what is to be kept out is not named")


def chosen(
    by: str,
    *,
    department: str,
    institution: str,
    sides: Sequence[str],
    on: date,
    domain: AffinityDomain | None,
) -> tuple[Exclusion, ...]:
    """The exclusions of a form `by` department, place or institution, whose sides are `s` and `v`.

    Raises ConsentRefused for what is not known here.
    """
    match by:
        case "department":
            keys = [f"d:{department}"]
        case "place":
            keys = [f"p:{institution}:{department}"]
        case _:
            keys = [f"{side}:{institution}" for side in ("s", "v") if side in sides]
    return tuple(exclusion(one, on=on, domain=domain) for one in keys)


def each(stands: Exclusions) -> tuple[Exclusion, ...]:
    """What stands, one by one, in a steady order."""
    found = (
        *(Exclusion(department=one) for one in stands.departments),
        *(Exclusion(source=place, department=one) for place, one in stands.departments_at),
        *(Exclusion(source=one) for one in stands.sources),
        *(Exclusion(viewer=one) for one in stands.viewers),
        *(Exclusion(document=one) for one in stands.documents),
    )
    return tuple(sorted(found, key=key))


def _known(text: str, on: date) -> Institution:
    try:
        found = directory.by_id(UUID(text), on=on)
    except ValueError:
        found = None
    if found is None:
        raise ConsentRefused("an institution that is to be kept out is unknown here")
    return found


def _department(text: str, domain: AffinityDomain | None) -> str:
    code, _, scheme = text.partition("^^")
    known = domain.codes.get(_SETTING, frozenset()) if domain else frozenset()
    if (code, scheme) not in known:
        raise ConsentRefused("a department that is to be kept out is unknown here")
    return text
