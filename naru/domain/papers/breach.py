"""What a paper's values say against each other, or against the tables of papers."""

from collections.abc import Iterator
from dataclasses import dataclass

from naru.domain.papers.tables import tables

Field = tuple[str | int, ...]
"""The place of a value: names of fields, and positions in tuples."""


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that is broken, by its stable id, and where; `values` are what its sentence quotes."""

    rule: str
    field: Field
    values: tuple[tuple[str, str], ...] = ()


def unequal(rule: str, field: Field, stated: int, reckoned: int) -> Iterator[Breach]:
    """The breach of an identity, if the two amounts differ."""
    if stated != reckoned:
        yield Breach(rule, field, (("stated", f"{stated:,}"), ("reckoned", f"{reckoned:,}")))


def unknown_code(table: str, code: str, field: Field) -> Iterator[Breach]:
    """The breach of a code that its table does not have; "" is no code."""
    if code and code not in tables().codes[table]:
        yield Breach("paper.unknown-code", field, (("code", code), ("table", table)))
