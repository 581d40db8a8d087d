"""Who takes what patients submit, and for what: data with a status and a day."""

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from uuid import UUID

from naru.deliveries.errors import NoSuchAgency
from naru.directory import queries as directory
from naru.domain.institution import GIVEN_TO, InstitutionKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """For what something is submitted; `papers` are those which the agency may ask for."""

    code: str
    korean: str
    english: str
    basis: str
    papers: tuple[str, ...]
    papers_english: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """An agency as the data has it; `checked` is the day on which somebody looked.

    `directory` are the names under which a node's directory may have it.
    """

    code: str
    name: str
    english: str
    directory: frozenset[str]
    checked: date
    purposes: tuple[Purpose, ...]

    def purpose(self, code: str) -> Purpose:
        """The purpose of that code. Raises NoSuchAgency."""
        found = next((one for one in self.purposes if one.code == code), None)
        if found is None:
            raise NoSuchAgency
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """An agency, and the institution of the directory that it is; an insurer has its `kind`."""

    agency: Agency
    institution: UUID
    kind: InstitutionKind


def taking(on: date) -> tuple[Taking, ...]:
    """The agencies that take part on that day, in the order of the data."""
    there = {
        one.name: one
        for one in directory.all_institutions(on=on)
        if one.kind in GIVEN_TO and one.approved
    }
    return tuple(
        Taking(agency=one, institution=there[name].id, kind=there[name].kind)
        for one in agencies()
        for name in sorted(one.directory & there.keys())[:1]
    )


def named(code: str, on: date) -> Taking:
    """The agency of that code, if it takes part. Raises NoSuchAgency."""
    found = next((one for one in taking(on) if one.agency.code == code), None)
    if found is None:
        raise NoSuchAgency
    return found


def known(code: str) -> Agency:
    """The agency of that code, whether or not it takes part still. Raises KeyError."""
    return {one.code: one for one in agencies()}[code]


@cache
def agencies() -> tuple[Agency, ...]:
    """All that the data file holds."""
    file = resources.files("naru.deliveries") / "data" / "agencies.json"
    read = json.loads(file.read_text("utf-8"))
    return tuple(
        Agency(
            code=told["code"],
            name=told["name"],
            english=told["english"],
            directory=frozenset(told["directory"]),
            checked=date.fromisoformat(told["checked"]),
            purposes=tuple(
                Purpose(
                    code=each["code"],
                    korean=each["ko"],
                    english=each["en"],
                    basis=each["basis"],
                    papers=tuple(each["papers"]),
                    papers_english=tuple(each["papers_en"]),
                )
                for each in told["purposes"]
            ),
        )
        for told in read["agencies"]
    )
