"""Value sets: codes of some systems, whole or by name. Those of KR Core 2.0.0 are data (CC0)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from naru.domain.terminology import System, code_system, systems


@dataclass(frozen=True, slots=True)
class Include:
    """Codes of a system; without codes all that are valid on the day."""

    system: System
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueSet:
    """A value set by its canonical address."""

    url: str
    name: str
    version: str
    includes: tuple[Include, ...]


def value_set(url: str) -> ValueSet | None:
    """The value set of an address; of a system's own address with `?fhir_vs` all of its codes."""
    bare = url.partition("|")[0]
    return value_sets().get(bare)


@cache
def value_sets() -> Mapping[str, ValueSet]:
    """Every value set, by its address."""
    file = resources.files("naru.domain") / "data" / "value_sets.json"
    read = json.loads(file.read_text("utf-8"))
    named = (
        ValueSet(
            url=f"{read['base']}/{row['id']}",
            name=row["name"],
            version=row["version"],
            includes=tuple(Include(System(one["system"]), _codes(one)) for one in row["includes"]),
        )
        for row in read["value_sets"]
    )
    whole = (
        ValueSet(url=url, name=one.english, version="", includes=(Include(one.name),))
        for one in systems().values()
        for url in (f"{one.url}?fhir_vs", f"{one.url}/vs")
    )
    return {one.url: one for one in (*named, *whole)}


def _codes(include: Mapping[str, object]) -> tuple[str, ...]:
    codes = include.get("codes", ())
    assert isinstance(codes, list | tuple)
    system = code_system(System(str(include["system"])))
    return tuple(system.canonical(one) for one in codes)
