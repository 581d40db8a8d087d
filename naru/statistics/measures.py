"""What is counted under which name, and how a month's report is written: data of the operator."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A number that is told of regions and months: answered requests of these transactions."""

    id: str
    korean: str
    english: str
    of: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """All of them; a number below `small` is not told to the public."""

    version: str
    status: str
    small: int
    measures: tuple[Measure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of the monthly report; `measure` says what stands in it."""

    name: str
    korean: str
    english: str
    measure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportForm:
    """The monthly report's columns in their order."""

    version: str
    status: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficRule:
    """When an institution counts as silent; see the data's note."""

    weeks: int
    known_weeks: int
    expected: float
    longest_hours: int


@cache
def measures() -> Measures:
    """What measures.json says."""
    read = _read("measures.json")
    return Measures(
        version=read["version"],
        status=read["status"],
        small=read["small"],
        measures=tuple(
            Measure(id=row["id"], korean=row["ko"], english=row["en"], of=frozenset(row["of"]))
            for row in read["measures"]
        ),
    )


@cache
def report_form() -> ReportForm:
    """What exchange_report.json says."""
    read = _read("exchange_report.json")
    return ReportForm(
        version=read["version"],
        status=read["status"],
        columns=tuple(
            Column(name=row["name"], korean=row["ko"], english=row["en"], measure=row["measure"])
            for row in read["columns"]
        ),
    )


@cache
def traffic_rule() -> TrafficRule:
    """What traffic.json says."""
    read = _read("traffic.json")
    return TrafficRule(
        weeks=read["weeks"],
        known_weeks=read["known_weeks"],
        expected=read["expected"],
        longest_hours=read["longest_hours"],
    )


@cache
def by_transaction() -> Mapping[str, tuple[str, ...]]:
    """Under which names a transaction is counted."""
    found: dict[str, tuple[str, ...]] = {}
    for one in measures().measures:
        for transaction in one.of:
            found[transaction] = (*found.get(transaction, ()), one.id)
    return found


def _read(name: str) -> Any:
    file = resources.files("naru.statistics") / "data" / name
    return json.loads(file.read_text("utf-8"))
