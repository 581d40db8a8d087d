"""A few concepts to load, as a release file would tell them."""

import hashlib
from datetime import UTC, date, datetime

from naru.domain.terminology import (
    Concept,
    ConceptMapping,
    Designation,
    Language,
    Release,
    System,
    code_system,
)
from naru.terminology import services

NOW = datetime(2026, 11, 21, tzinfo=UTC)
FIRST = date(2021, 1, 1)
TODAY = date(2025, 6, 1)


def concept(
    code: str, *terms: str, system: System = System.KOSTOM, english: str = "", **more: str
) -> Concept:
    known = code_system(system)
    designations = [
        Designation(term, Language.KOREAN, preferred=place == 0) for place, term in enumerate(terms)
    ]
    if english:
        designations.append(Designation(english, Language.ENGLISH))
    return Concept(
        system=system,
        code=known.canonical(code),
        display=terms[0],
        english=english,
        parent=more.get("parent", known.parent_of(known.canonical(code))),
        replaced_by=more.get("replaced_by", ""),
        designations=tuple(designations),
    )


def release(
    *concepts: Concept,
    since: date = FIRST,
    version: str = "TEST-1",
    system: System = System.KOSTOM,
    maps: tuple[ConceptMapping, ...] = (),
) -> Release:
    return Release(
        system=system,
        version=version,
        since=since,
        digest=hashlib.sha256(repr((concepts, maps)).encode()).digest(),
        concepts=concepts,
        maps=maps,
    )


def load(*concepts: Concept, since: date = FIRST, system: System = System.KOSTOM) -> None:
    services.load(release(*concepts, since=since, system=system), now=NOW)


DIABETES = concept("TEST-H1", "당뇨병", "소모증", "당뇨", english="Diabetes mellitus")
TYPE_2 = concept("TEST-H2", "제2형 당뇨병", "인슐린비의존당뇨병", english="Type 2 diabetes")
NEUROPATHY = concept("TEST-H3", "당뇨병성 신경병증", "당뇨병에서의 신경병증")
FRACTURE = concept("TEST-H4", "대퇴골 골절", english="Fracture of femur")
"""Beside these, nothing begins like them."""

FEW = (DIABETES, TYPE_2, NEUROPATHY, FRACTURE)
