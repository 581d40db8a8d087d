"""The tables of papers, as data: codes, rows and columns of a receipt, kinds of certificates.

All of it is unofficial or unverified and carries its source; an operator replaces the file.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources


class Bearer(StrEnum):
    """Who bears what stands in a column of a receipt."""

    PATIENT = "patient"
    PAYER = "payer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What a code means."""

    korean: str
    english: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a receipt."""

    korean: str
    english: str
    bearer: Bearer
    uncovered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateKind:
    """A kind of certificate: its usual amount, and what its paper must and must not carry.

    `dated` says whether each diagnosis needs the day on which it was made.
    """

    korean: str
    english: str
    won: int | None
    requires: tuple[str, ...]
    forbids: tuple[str, ...]
    dated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """The whole file."""

    version: str
    status: str
    codes: Mapping[str, Mapping[str, Named]]
    """The codes of each table by its name."""
    of_prescribed_items: tuple[str, ...]
    rows: Mapping[str, Named]
    columns: Mapping[str, Column]
    certificates: Mapping[str, CertificateKind]
    rounding: Mapping[str, int]
    """To how many won a patient's share is rounded down, by insurance; "" for any other."""

    def floor(self, won: int, insurance: str) -> int:
        """A patient's share after rounding; the rest is the payer's."""
        unit = self.rounding.get(insurance, self.rounding[""])
        return won - won % unit


@cache
def tables() -> Tables:
    """The tables in force."""
    file = resources.files("naru.domain.papers") / "data" / "papers.json"
    data = json.loads(file.read_text("utf-8"))
    return Tables(
        version=data["version"],
        status=data["status"],
        codes={name: _named(table["codes"]) for name, table in data["tables"].items()},
        of_prescribed_items=tuple(data["of_prescribed_items"]),
        rows=_named(data["receipt"]["rows"]),
        columns={
            row["code"]: Column(
                korean=row["ko"],
                english=row["en"],
                bearer=Bearer(row["bearer"]),
                uncovered=row.get("uncovered", False),
            )
            for row in data["receipt"]["columns"]
        },
        certificates={row["code"]: _kind(row, data) for row in data["certificates"]["kinds"]},
        rounding=data["rounding"]["won"],
    )


def _named(rows: list[dict[str, str]]) -> dict[str, Named]:
    return {row["code"]: Named(korean=row["ko"], english=row["en"]) for row in rows}


def _kind(
    row: dict[str, str], data: dict[str, dict[str, dict[str, dict[str, list[str]]]]]
) -> CertificateKind:
    carries = data["certificates"]["carries"][row["as"]]
    won = row.get("won")
    return CertificateKind(
        korean=row["ko"],
        english=row["en"],
        won=None if won is None else int(won),
        requires=tuple(carries["requires"]),
        forbids=tuple(carries["forbids"]),
        dated=bool(carries["dated"]),
    )
