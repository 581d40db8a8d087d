"""What a code means on a day, what stands near it, and how other systems have it.

Systems are named by URL, OID or short name (`domain.terminology.named`); codes are taken in any way
to write them. Nothing here is about a patient. Few indexed queries each, and no cache: a release
holds from the moment at which it is loaded.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Final

from django.db import connection

from naru.domain.terminology import (
    LONGEST_CODE,
    CodeSystem,
    Concept,
    Designation,
    Language,
    LoadedRelease,
    Standing,
    System,
    Verdict,
    code_system,
    named,
    numbered,
)
from naru.terminology import models
from naru.terminology.errors import UnknownCode
from naru.terminology.mapping import ingredient_of, ingredients_of, translate
from naru.terminology.nearest import nearest
from naru.terminology.rows import CONCEPT, VALID, concept_of, concepts, with_codes
from naru.terminology.search import search

__all__ = [
    "ancestors",
    "children",
    "displays",
    "in_use",
    "ingredient_of",
    "ingredients_of",
    "lookup",
    "page",
    "releases",
    "require",
    "search",
    "translate",
    "validate",
    "validate_all",
]

DEEPEST: Final = 20
"""Levels of a hierarchy that are climbed."""

_Held = Mapping[tuple[int, str], list[Concept]]


def validate(system: str, code: str, on: date) -> Verdict:
    """What is said of a code on a day, with the nearest valid codes where it is not valid.

    Where the name stands for several systems (an OID), the code is looked for in those that are in
    force first. A code of a system out of force (KCD-8 in 2026) is retired.
    """
    return validate_all([(system, code)], on)[0]


def validate_all(codes: Iterable[tuple[str, str]], on: date) -> tuple[Verdict, ...]:
    """The verdicts on pairs of system and code, in their order; in as few queries as may be."""
    asked = [(named(system), code) for system, code in codes]
    wanted: dict[int, list[str]] = defaultdict(list)
    for meant, code in asked:
        for one in meant:
            wanted[one.number].append(one.canonical(code[: LONGEST_CODE + 1]))
    held: dict[tuple[int, str], list[Concept]] = defaultdict(list)
    for number, each in wanted.items():
        for concept in with_codes(number, each):
            held[number, concept.code].append(concept)
    return tuple(_verdict(meant, code, on, held) for meant, code in asked)


def _verdict(meant: tuple[CodeSystem, ...], sent: str, on: date, held: _Held) -> Verdict:
    past: Concept | None = None
    for one in meant:
        for concept in held.get((one.number, one.canonical(sent)), ()):
            if one.in_force.holds(on) and concept.validity.holds(on):
                return Verdict(
                    standing=Standing.VALID, system=one.name, code=concept.code, concept=concept
                )
            past = concept
    return _not_valid(meant, sent, on, past)


def _not_valid(meant: tuple[CodeSystem, ...], sent: str, on: date, past: Concept | None) -> Verdict:
    current = [one for one in meant if one.in_force.holds(on)] or list(meant)
    if not current:
        return Verdict(standing=Standing.UNKNOWN, system=None, code=sent[:LONGEST_CODE])
    loaded = _loaded(current, on)
    if past is not None and (loaded or (len(meant) == 1 and _was_valid(past, on))):
        system, standing = code_system(past.system), Standing.RETIRED
    else:
        system = _by_form(current, sent)
        standing = Standing.UNKNOWN if loaded else Standing.UNLOADED
    code = system.canonical(sent)[:LONGEST_CODE]
    known = standing is not Standing.UNLOADED
    return Verdict(
        standing=standing,
        system=system.name,
        code=code,
        concept=past,
        nearest=nearest(system, code, on, past) if known else (),
    )


def _by_form(meant: list[CodeSystem], sent: str) -> CodeSystem:
    """Of several systems the one whose codes look like this one."""
    return next((one for one in meant if one.has_form(one.canonical(sent))), meant[0])


def _was_valid(past: Concept, on: date) -> bool:
    """Whether it was once, before the day: a code of later says nothing of a day before."""
    return past.validity.since is None or past.validity.since <= on


def _loaded(meant: Collection[CodeSystem], on: date) -> bool:
    """Whether a release of each system tells of that day: only then is a code unknown."""
    wanted = {one.number for one in meant}
    found = models.Release.objects.filter(
        system__in=wanted, loaded__isnull=False, concepts__gt=0, since__lte=on
    ).values_list("system", flat=True)
    return wanted <= set(found)


def lookup(system: str, code: str, on: date) -> Concept | None:
    """The concept that a code is on a day, with all its terms; None where it is none then."""
    meant = sorted(named(system), key=lambda one: not one.in_force.holds(on))
    for one in meant:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT c.id, {CONCEPT} FROM terminology_concept c"  # noqa: S608  # Our own words; values are parameters.
                f" WHERE c.system = %s AND c.code = %s AND {VALID}",
                [one.number, one.canonical(code), on, on],
            )
            row = cursor.fetchone()
        if row is not None:
            return concept_of(row[1:], _designations(row[0]))
    return None


def require(system: str, code: str, on: date) -> tuple[Concept, LoadedRelease | None]:
    """The concept that a code is on a day, and the release in use. Raises UnknownCode."""
    found = lookup(system, code, on)
    if found is None:
        raise UnknownCode("The code is not valid on that day, or its system is not loaded here.")
    return found, in_use(found.system, on)


def displays(codes: Iterable[tuple[str, str]], on: date) -> Mapping[tuple[str, str], str]:
    """What codes are called on a day, by system and code as they were asked; valid ones only."""
    asked = list(dict.fromkeys(codes))
    verdicts = zip(asked, validate_all(asked, on), strict=True)
    return {
        pair: one.concept.display for pair, one in verdicts if one.valid and one.concept is not None
    }


def children(system: str, code: str, on: date) -> tuple[Concept, ...]:
    """The concepts directly below a code."""
    found: list[Concept] = []
    for one in named(system):
        found += concepts(
            f"c.system = %s AND c.parent = %s AND {VALID}",
            [one.number, one.canonical(code), on, on],
        )
    return tuple(found)


def ancestors(system: System, code: str, on: date) -> tuple[str, ...]:
    """The codes above a code, the nearest first; those that a release names, else by its form."""
    known, found = code_system(system), list[str]()
    current = known.canonical(code)
    for _ in range(DEEPEST):
        held = next(iter(with_codes(known.number, [current], on)), None)
        current = held.parent if held and held.parent else known.parent_of(current)
        if not current or current in found:
            break
        found.append(current)
    return tuple(found)


def page(
    system: System, on: date, *, offset: int = 0, count: int = 100
) -> tuple[tuple[Concept, ...], int]:
    """Concepts of a system on a day by their codes, from an offset, and how many there are."""
    number = code_system(system).number
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM terminology_concept c WHERE c.system = %s AND {VALID}",  # noqa: S608  # Our own words.
            [number, on, on],
        )
        total: int = cursor.fetchone()[0]
        cursor.execute(
            f"SELECT {CONCEPT} FROM terminology_concept c WHERE c.system = %s AND {VALID}"  # noqa: S608  # As above.
            " ORDER BY c.code LIMIT %s OFFSET %s",
            [number, on, on, count, offset],
        )
        return tuple(concept_of(row) for row in cursor.fetchall()), total


def releases() -> tuple[LoadedRelease, ...]:
    """Every release that was loaded, the newest first within each system."""
    rows = models.Release.objects.filter(loaded__isnull=False).order_by("system", "-since", "-id")
    return tuple(_release(row) for row in rows)


def in_use(system: System, on: date) -> LoadedRelease | None:
    """The release of a system's concepts that is in force on a day; None where none is."""
    rows = models.Release.objects.filter(
        system=code_system(system).number, loaded__isnull=False, concepts__gt=0, since__lte=on
    )
    found = rows.order_by("-since", "-id").first()
    return None if found is None else _release(found)


def _release(row: models.Release) -> LoadedRelease:
    assert row.loaded is not None
    return LoadedRelease(
        system=numbered()[row.system].name,
        target=None if row.target is None else numbered()[row.target].name,
        version=row.version,
        since=row.since,
        loaded=row.loaded,
        loaded_by=row.loaded_by,
        concepts=row.concepts,
        terms=row.terms,
        maps=row.maps,
        added=row.added,
        changed=row.changed,
        retired=row.retired,
    )


def _designations(concept: int) -> tuple[Designation, ...]:
    rows = models.Term.objects.filter(concept_id=concept).order_by("-preferred", "id")
    return tuple(
        Designation(text, Language(language), preferred)
        for text, language, preferred in rows.values_list("text", "language", "preferred")
    )
