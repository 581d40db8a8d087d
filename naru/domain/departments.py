"""진료과 in the code systems that name them, and the crosswalk between, as data with a validity.

A department is written `code^^scheme`, as an entry's practiceSettingCode is kept. One department
has a code in each system; a branch (as 소화기내과) counts as the department that it is of, since
what is registered often tells no more.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache, lru_cache
from importlib import resources


class DepartmentSystem(StrEnum):
    """Who gave the codes."""

    HIRA = "hira"  # 진료과목, two digits.
    HIE = "hie"  # The exchange's, four digits: two and those of a branch.
    EGEN = "egen"  # The emergency service's, D001 and on.


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """A department with its codes, from a day until before another where the data say so."""

    korean: str
    english: str
    codes: Mapping[DepartmentSystem, str]
    valid_from: date | None = None
    valid_to: date | None = None

    def holds(self, on: date | None) -> bool:
        """Whether it is known so on that day; without a day, ever."""
        if on is None:
            return True
        since, until = self.valid_from, self.valid_to
        return (since is None or since <= on) and (until is None or on < until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Departments:
    """The whole table."""

    version: str
    status: str
    schemes: Mapping[DepartmentSystem, str]
    departments: tuple[Department, ...]
    branches: Mapping[str, tuple[str, str]]
    """Korean and English by the exchange's code."""


@lru_cache(maxsize=4096)  # Asked for each item of each decision.
def canonical(department: str, *, on: date | None = None) -> str:
    """The one way to write a department, whichever code a document uses; unknown ones unchanged.

    `on` is the day of care: a code means what it meant then. What a patient excludes and what an
    item says are compared in this form.
    """
    found = _found(department, on)
    if found is None:
        return department
    hira = found.codes[DepartmentSystem.HIRA]
    return f"{hira}^^{table().schemes[DepartmentSystem.HIRA]}"


def code_in(department: str, system: DepartmentSystem, *, on: date | None = None) -> str | None:
    """The department's code in a system; None where it has none or is unknown."""
    found = _found(department, on)
    return None if found is None else found.codes.get(system)


def name_of(department: str, *, english: bool = False, on: date | None = None) -> str:
    """What the department, or its branch, is called; empty where it is unknown."""
    code, _, scheme = department.partition("^^")
    if scheme == table().schemes[DepartmentSystem.HIE] and code in table().branches:
        return table().branches[code][english]
    found = _found(department, on)
    return "" if found is None else (found.english if english else found.korean)


@cache
def table() -> Departments:
    """What the data file says."""
    file = resources.files("naru.domain") / "data" / "departments.json"
    read = json.loads(file.read_text("utf-8"))
    return Departments(
        version=read["version"],
        status=read["status"],
        schemes={DepartmentSystem(name): uri for name, uri in read["systems"].items()},
        departments=tuple(
            Department(
                korean=row["ko"],
                english=row["en"],
                codes={one: row[one.value] for one in DepartmentSystem if one.value in row},
                valid_from=_day(row.get("valid_from")),
                valid_to=_day(row.get("valid_to")),
            )
            for row in read["departments"]
        ),
        branches={row["hie"]: (row["ko"], row["en"]) for row in read["branches"]},
    )


def _found(department: str, on: date | None) -> Department | None:
    code, _, scheme = department.partition("^^")
    rows = _index().get((_whole(code, scheme), scheme), ())
    return next((one for one in rows if one.holds(on)), None)


def _whole(code: str, scheme: str) -> str:
    """The code of the department that a branch is of."""
    known = table().schemes[DepartmentSystem.HIE]
    return f"{code[:2]}00" if scheme == known and len(code) == len("0100") else code


@cache
def _index() -> Mapping[tuple[str, str], tuple[Department, ...]]:
    found: dict[tuple[str, str], tuple[Department, ...]] = {}
    for one in table().departments:
        for system, code in one.codes.items():
            key = code, table().schemes[system]
            found[key] = (*found.get(key, ()), one)
    return found


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
