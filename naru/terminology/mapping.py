"""Maps between systems, each row with who says so; departments' crosswalk is that of the domain."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import Final

from naru.domain import departments
from naru.domain.departments import DepartmentSystem
from naru.domain.terminology import (
    CodeSystem,
    Concept,
    ConceptMapping,
    Relation,
    System,
    code_system,
    named,
    numbered,
)
from naru.terminology import models
from naru.terminology.days import validity
from naru.terminology.rows import AT_ONCE, with_codes

_DRUGS: Final = (System.EDI_MEDICATION, System.KD)
_DEPARTMENTS: Final[Mapping[System, DepartmentSystem]] = {
    System.HIRA_DEPARTMENT: DepartmentSystem.HIRA,
    System.HIE_DEPARTMENT: DepartmentSystem.HIE,
    System.EGEN_DEPARTMENT: DepartmentSystem.EGEN,
}


def translate(
    system: str, code: str, target: str = "", *, on: date, reverse: bool = False
) -> tuple[ConceptMapping, ...]:
    """How another system has a code on a day; without a target, every one that is known.

    In reverse, what maps to the code: each answer still reads from its source to its target.
    """
    targets = {one.name for one in named(target)} if target else None
    found: list[ConceptMapping] = []
    for one in named(system):
        canonical = one.canonical(code)
        found += _kept(one, [canonical], targets, on, reverse=reverse)
        found += _crosswalk(one, canonical, targets, on, reverse=reverse)
    return tuple(found)


def ingredient_of(code: str, on: date, system: str = "") -> tuple[Concept, ...]:
    """The ATC concepts of a drug's code (EDI or KD); none where no loaded map has it.

    Where ATC itself is not loaded, a concept has its code and no display.
    """
    return ingredients_of([code], on, system).get(code, ())


def ingredients_of(
    codes: Iterable[str], on: date, system: str = ""
) -> Mapping[str, tuple[Concept, ...]]:
    """The same of many codes, by the code as it was asked; only those that are known."""
    asked = list(dict.fromkeys(codes))
    meant = named(system) or tuple(map(code_system, _DRUGS))
    found: dict[str, dict[str, Concept]] = defaultdict(dict)
    for drugs in meant:
        by_code = {drugs.canonical(one): one for one in asked}
        maps = list(_kept(drugs, list(by_code), {System.ATC}, on))
        known = {one.code: one for one in _atc((each.target_code for each in maps), on)}
        for each in maps:
            bare = Concept(system=System.ATC, code=each.target_code, display="")
            atc = known.get(each.target_code, bare)
            found[by_code[each.source_code]].setdefault(atc.code, atc)
    return {code: tuple(each.values()) for code, each in found.items()}


def _atc(codes: Iterable[str], on: date) -> Iterator[Concept]:
    return with_codes(code_system(System.ATC).number, codes, on)


def _kept(
    system: CodeSystem,
    codes: list[str],
    targets: Collection[System] | None,
    on: date,
    *,
    reverse: bool = False,
) -> Iterator[ConceptMapping]:
    """The maps that were loaded."""
    near, far = ("target", "system") if reverse else ("system", "target")
    code = "target_code" if reverse else "code"
    for start in range(0, len(codes), AT_ONCE):
        some = codes[start : start + AT_ONCE]
        rows = models.Mapped.objects.filter(
            **{near: system.number, f"{code}__in": some}, since__lte=on, until__gt=on
        )
        if targets is not None:
            rows = rows.filter(**{f"{far}__in": [code_system(one).number for one in targets]})
        yield from map(_mapping, rows.select_related("release").order_by(*_ORDER))


_ORDER: Final = ("code", "target", "target_code")


def _mapping(row: models.Mapped) -> ConceptMapping:
    return ConceptMapping(
        source=numbered()[row.system].name,
        source_code=row.code,
        target=numbered()[row.target].name,
        target_code=row.target_code,
        relation=Relation(row.relation),
        provenance=_provenance(row.release),
        validity=validity(row.since, row.until),
    )


def _provenance(release: models.Release) -> str:
    system = numbered()[release.system].name
    return f"{system} {release.version}, {release.since.isoformat()}"


def _crosswalk(
    system: CodeSystem,
    code: str,
    targets: Collection[System] | None,
    on: date,
    *,
    reverse: bool,
) -> Iterator[ConceptMapping]:
    """진료과: one department in three systems."""
    table = departments.table()
    own = _DEPARTMENTS.get(system.name)
    for name, other in _DEPARTMENTS.items():
        if own is None or name is system.name or (targets is not None and name not in targets):
            continue
        found = departments.code_in(f"{code}^^{table.schemes[own]}", other, on=on)
        if found is None:
            continue
        ways = (name, found, system.name, code) if reverse else (system.name, code, name, found)
        yield ConceptMapping(
            source=ways[0],
            source_code=ways[1],
            target=ways[2],
            target_code=ways[3],
            relation=Relation.EQUIVALENT,
            provenance=f"naru departments {table.version}, {table.status}",
        )
