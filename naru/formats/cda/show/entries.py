"""What coded entries say, for sections that have no words: what, its value, when."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from lxml.etree import _Element

from naru.formats.cda.datatypes import hl7
from naru.formats.cda.show.limits import Budget
from naru.formats.cda.show.shown import Cell, Row, RowGroup, Table
from naru.formats.cda.show.telling import coded_of, first, name_of, short, time_of, words_of
from naru.formats.cda.show.words import Words

MOST_ROWS: Final = 500
_STATEMENTS: Final = tuple(
    hl7(name)
    for name in (
        "observation",
        "substanceAdministration",
        "procedure",
        "encounter",
        "act",
        "supply",
    )
)
_XSI_TYPE: Final = "{http://www.w3.org/2001/XMLSchema-instance}type"
_MATERIAL: Final = ("consumable", "manufacturedProduct", "manufacturedMaterial")
_PRODUCT: Final = ("product", "manufacturedProduct", "manufacturedMaterial")


def from_entries(section: _Element, words: Words, budget: Budget) -> Table | None:
    """A table of a section's statements; None where they say nothing."""
    rows = tuple(islice(_rows(section, words, budget), MOST_ROWS))
    if not rows:
        return None
    budget.parts -= len(rows) * 4
    names = [words(name) for name in ("entry_what", "entry_value", "entry_time")]
    head = RowGroup("thead", (Row(tuple(Cell((one,), header=True, scope="col") for one in names)),))
    body = RowGroup("tbody", tuple(Row(tuple(Cell((one,)) for one in row)) for row in rows))
    return Table((), (head, body), len(names))


def _rows(section: _Element, words: Words, budget: Budget) -> Iterator[tuple[str, str, str]]:
    for entry in section.iterchildren(hl7("entry")):
        for statement in entry.iter(*_STATEMENTS):
            if budget.spent:
                return
            # One that says nothing is looked at too, and again in each section around it.
            budget.parts -= 1
            what, value = _what(statement), _value(statement)
            if what or value:
                yield what, value, time_of(first(statement, "effectiveTime"), words)


def _what(statement: _Element) -> str:
    for way in (_MATERIAL, _PRODUCT):
        material = first(statement, *way)
        if material is not None:
            return coded_of(first(material, "code")) or name_of(material)
    told = coded_of(first(statement, "code"))
    return f"{told} (✕)" if told and statement.get("negationInd") == "true" else told


def _value(statement: _Element) -> str:
    told = [_one(value) for value in islice(statement.iterchildren(hl7("value")), 8)]
    dose = first(statement, "doseQuantity")
    if dose is not None:
        told.append(_quantity(dose))
    return short(", ".join(one for one in told if one))


def _one(value: _Element) -> str:
    kind = value.get(_XSI_TYPE, "").rpartition(":")[2]
    if kind in {"PQ", "INT", "REAL", "MO"}:
        return _quantity(value)
    if kind == "IVL_PQ":
        ends = [first(value, name) for name in ("low", "high")]
        return " ~ ".join("" if end is None else _quantity(end) for end in ends)
    if kind in {"TS", "BL"}:
        return short(value.get("value", ""))
    return coded_of(value) or words_of(value) or _quantity(value)


def _quantity(value: _Element) -> str:
    unit = value.get("unit", "")
    return short(f"{value.get('value', '')} {'' if unit == '1' else unit}")
