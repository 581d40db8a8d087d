"""What an access token opens: transactions of IHE by name, and types of records as SMART says it.

IUA leaves open what a scope says (ITI TF-2 3.71.4.1.2.1). A transaction is its own scope
(`ITI-67`); what FHIR itself defines is told as SMART App Launch 2 does: `system/Observation.rs`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

LETTERS: Final = "cruds"
"""create; read, vread and history of one; update; delete; search. They stand in this order."""

EVERY_TYPE: Final = "*"

_SCOPE: Final = re.compile(r"(patient|user|system)/(\*|[A-Z][A-Za-z]{1,63})\.(c?r?u?d?s?)")
_READING: Final = frozenset("rs")


class Context(StrEnum):
    """For whom a client acts: one patient, a user, or itself."""

    PATIENT = "patient"
    USER = "user"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Need:
    """What an interaction does: a letter of LETTERS to a type."""

    type: str
    letter: str


@dataclass(frozen=True, slots=True)
class RecordScope:
    """A scope of SMART."""

    context: Context
    type: str
    letters: str

    def opens(self, need: Need) -> bool:
        """Whether it opens what is needed."""
        return self.type in {need.type, EVERY_TYPE} and need.letter in self.letters

    def __str__(self) -> str:
        return f"{self.context}/{self.type}.{self.letters}"


@dataclass(frozen=True, slots=True)
class Offer:
    """What tokens of this node may open: transactions, and by type the letters answered."""

    transactions: frozenset[str]
    types: Mapping[str, str]

    def scopes(self) -> Iterator[str]:
        """Every scope that may be asked for, but for those that hold less of the same."""
        yield from sorted(self.transactions)
        for context in Context:
            for kind in (EVERY_TYPE, *sorted(self.types)):
                if letters := self._letters(context, kind):
                    yield str(RecordScope(context, kind, letters))

    def holds(self, scope: str, contexts: Iterable[Context]) -> bool:
        """Whether it may be given to whoever acts in these contexts."""
        if scope in self.transactions:
            return True
        found = read(scope)
        return (
            found is not None
            and found.context in contexts
            and set(found.letters) <= set(self._letters(found.context, found.type))
        )

    def all(self, contexts: Iterable[Context]) -> frozenset[str]:
        """The scopes that hold everything in these contexts."""
        whole = {
            str(RecordScope(context, EVERY_TYPE, self._letters(context, EVERY_TYPE)))
            for context in contexts
        }
        return self.transactions | whole

    def _letters(self, context: Context, kind: str) -> str:
        if kind == EVERY_TYPE:
            answered = set().union(*self.types.values())
        else:
            answered = set(self.types.get(kind, ""))
        if context is Context.PATIENT:
            answered &= _READING  # A patient's own records are written by who cares for them.
        return "".join(one for one in LETTERS if one in answered)


def read(scope: str) -> RecordScope | None:
    """A scope of SMART 2; None for whatever is none."""
    found = _SCOPE.fullmatch(scope)
    if found is None or not found[3]:
        return None
    return RecordScope(Context(found[1]), found[2], found[3])


def opened(scopes: Iterable[str], needs: Iterable[Need]) -> bool:
    """Whether each need is opened by one of the scopes."""
    held = [found for one in scopes if (found := read(one))]
    return all(any(one.opens(need) for one in held) for need in needs)
