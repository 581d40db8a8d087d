"""The code systems that ship with Naru: KR Core's own (CC0), and the departments' three systems."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, Final

from naru.domain import departments
from naru.domain.departments import DepartmentSystem
from naru.domain.terminology import (
    Concept,
    Designation,
    Language,
    Release,
    System,
    Validity,
    code_system,
)
from naru.terminology.days import EARLIEST

_ALWAYS: Final = Validity(EARLIEST)
_DEPARTMENTS: Final[Mapping[System, DepartmentSystem]] = {
    System.HIE_DEPARTMENT: DepartmentSystem.HIE,
    System.EGEN_DEPARTMENT: DepartmentSystem.EGEN,
}


@cache
def releases() -> tuple[Release, ...]:
    """Each system whole, from the day of its data file; its codes are valid on every day."""
    file = resources.files("naru.terminology") / "data" / "built_in.json"
    read = json.loads(file.read_text("utf-8"))
    day = date.fromisoformat(read["in_force"])
    shipped = (_shipped(row, day) for row in read["systems"])
    table = departments.table()
    own = (
        Release(
            system=system,
            version=table.version,
            since=day,
            digest=b"",
            concepts=tuple(_departments(system, known)),
        )
        for system, known in _DEPARTMENTS.items()
    )
    return tuple(_digested(one) for one in (*shipped, *own))


def _shipped(row: Mapping[str, Any], day: date) -> Release:
    system = System(row["system"])
    return Release(
        system=system,
        version=row["version"],
        since=day,
        digest=b"",
        concepts=tuple(_concept(system, code, display) for code, display in row["codes"]),
    )


def _concept(system: System, code: str, display: str) -> Concept:
    english, other = "", ""
    if system is System.HIRA_DEPARTMENT:
        written = f"{code}^^{departments.table().schemes[DepartmentSystem.HIRA]}"
        english = departments.name_of(written, english=True)
        other = departments.name_of(written)
    return _named(system, code, display, english, other)


def _departments(system: System, known: DepartmentSystem) -> Iterator[Concept]:
    table = departments.table()
    for one in table.departments:
        if known in one.codes:
            yield _named(system, one.codes[known], one.korean, one.english)
    if known is DepartmentSystem.HIE:
        for code, (korean, english) in table.branches.items():
            yield replace(_named(system, code, korean, english), parent=f"{code[:2]}00")


def _named(system: System, code: str, korean: str, english: str = "", other: str = "") -> Concept:
    terms = [Designation(korean, Language.KOREAN, preferred=True)]
    if other and other != korean:
        terms.append(Designation(other, Language.KOREAN))
    if english:
        terms.append(Designation(english, Language.ENGLISH))
    return Concept(
        system=system,
        code=code_system(system).canonical(code),
        display=korean,
        english=english,
        validity=_ALWAYS,
        designations=tuple(terms),
    )


def _digested(release: Release) -> Release:
    said = repr((release.version, release.concepts)).encode()
    return replace(release, digest=hashlib.sha256(said).digest())
