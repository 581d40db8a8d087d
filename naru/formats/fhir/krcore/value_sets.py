"""Whether a code belongs to a value set: by codes that ship, else by whoever knows the system."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cache
from typing import Final

from naru.domain.terminology import in_force
from naru.formats.fhir.krcore import definitions

Known = Callable[[str, str, date], bool | None]
"""Tells of system, code and day whether the code is valid; None where nothing can be said."""


class Belongs(Enum):
    """Whether a code is one of a set's."""

    YES = "yes"
    NO = "no"
    UNFORMED = "unformed"
    """Its system is right, but no code of that system looks like it, or it is not valid then."""


@dataclass(frozen=True, slots=True)
class ValueSet:
    """The codes of each system; None for a system whose codes its users bring."""

    url: str
    systems: Mapping[str, frozenset[str] | None]

    def codes(self) -> frozenset[str]:
        """Every code that is told, of whatever system."""
        return frozenset().union(*(one for one in self.systems.values() if one is not None))

    def belongs(self, system: str, code: str, known: Known | None, on: date) -> Belongs:
        """Whether a code of a system is one of these on a day."""
        if system not in self.systems:
            return Belongs.NO
        codes = self.systems[system]
        if codes is not None:
            return Belongs.YES if code in codes else Belongs.NO
        said = known(system, code, on) if known is not None else None
        if said is None:
            held = in_force(system, on)
            said = held is None or held.has_form(held.canonical(code))
        return Belongs.YES if said else Belongs.UNFORMED


@cache
def value_set(url: str) -> ValueSet | None:
    """The set; None of one that is not told, which nobody can judge."""
    told = definitions.read()["value_sets"].get(url)
    if told is None:
        return None
    systems: dict[str, frozenset[str] | None] = {}
    for include in told["include"]:
        if "valueSet" in include:
            inner = value_set(include["valueSet"])
            systems |= {} if inner is None else inner.systems
        else:
            system = include["system"]
            listed = include.get("concepts") or definitions.code_system(system)
            codes = frozenset(listed) or None
            systems[system] = codes if system not in systems else _both(systems[system], codes)
    return ValueSet(url, systems)


def _both(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    return None if one is None or other is None else one | other


KCD_8: Final = "http://www.hl7korea.or.kr/fhir/krcore/ValueSet/krcore-kcd8-codes"
"""KR Core 2.0.0 demands this of diagnoses, whatever their day."""
