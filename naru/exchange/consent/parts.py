"""What a consent paper keeps out, as the decision knows it, and back.

A paper names a department by the exchange's four digits or by two, of which an entry's
practiceSettingCode bears the first two: a branch of a department cannot be told apart from the
whole of it in what is registered, so that the whole is kept out.
"""

from datetime import date
from typing import Final
from uuid import UUID

from naru.consent.snapshots import Exclusion, Exclusions
from naru.directory import queries as directory
from naru.domain.affinity_domain import AffinityDomain
from naru.domain.consent_paper import Part, Side

_DIGITS: Final = 2
_SETTING: Final = "practiceSettingCode"


class UnknownPart(ValueError):
    """The paper keeps out what is not known here, so that it would have no effect."""


def exclusions(part: Part, *, on: date, domain: AffinityDomain) -> tuple[Exclusion, ...]:
    """The exclusions that the part says. Raises UnknownPart."""
    if part.document:
        return (Exclusion(document=part.document),)
    source = _institution(part.institution, on) if part.institution else None
    if part.department:
        return tuple(
            Exclusion(source=source, department=each)
            for each in _departments(part.department, domain)
        )
    as_source, as_viewer = Exclusion(source=source), Exclusion(viewer=source)
    match part.side:
        case Side.SOURCE:
            return (as_source,)
        case Side.VIEWER:
            return (as_viewer,)
        case _:
            return (as_source, as_viewer)


def parts(stands: Exclusions, *, on: date, domain: AffinityDomain) -> tuple[Part, ...]:
    """What stands, as a paper names it; what the directory does not name any more is left out."""
    both = stands.sources & stands.viewers
    institutions = (
        *((each, Side.BOTH) for each in both),
        *((each, Side.SOURCE) for each in stands.sources - both),
        *((each, Side.VIEWER) for each in stands.viewers - both),
    )
    found = (
        *(_of_institution(institution, side, on) for institution, side in institutions),
        *(_of_department(each, None, on, domain) for each in stands.departments),
        *(_of_department(each, source, on, domain) for source, each in stands.departments_at),
        *(Part(document=each) for each in stands.documents),
    )
    named = (part for part in found if part is not None)
    return tuple(sorted(named, key=lambda part: (part.institution, part.department, part.document)))


def _institution(oid: str, on: date) -> UUID:
    found = directory.by_oid(oid, on=on)
    if found is None:
        raise UnknownPart("an institution that the paper keeps out is unknown here")
    return found.id


def _departments(code: str, domain: AffinityDomain) -> tuple[str, ...]:
    # As `item.department` of a decision: code and coding scheme.
    found = tuple(
        f"{each}^^{scheme}"
        for each, scheme in sorted(domain.codes.get(_SETTING, ()))
        if each in {code, code[:_DIGITS]}
    )
    if not found:
        raise UnknownPart("a department that the paper keeps out is unknown here")
    return found


def _of_institution(institution: UUID, side: Side, on: date) -> Part | None:
    known = directory.by_id(institution, on=on)
    if known is None or known.oid is None:
        return None
    return Part(institution=known.oid, institution_name=known.name, side=side)


def _of_department(
    department: str, source: UUID | None, on: date, domain: AffinityDomain
) -> Part | None:
    code, _, scheme = department.partition("^^")
    at = None if source is None else _of_institution(source, Side.SOURCE, on)
    if source is not None and at is None:
        return None
    return Part(
        institution=at.institution if at else "",
        institution_name=at.institution_name if at else "",
        department=code,
        department_name=domain.display.get((code, scheme), ""),
        side=Side.SOURCE,
    )
