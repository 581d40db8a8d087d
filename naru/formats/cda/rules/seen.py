"""What stands in a section, seen once for all rules: its rows, its entries, what these point to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lxml.etree import _Element

from naru.formats.cda.datatypes import hl7
from naru.formats.cda.rules.paths import Elements
from naru.formats.cda.rules.sections import Expected, Held

_ROWS: Final = Elements("h:text/h:table/*/h:tr")
_HEAD: Final = hl7("thead")
_ENTRY: Final = hl7("entry")
_TEXT: Final = hl7("text")
_REFERENCE: Final = hl7("reference")
TRANSLATION: Final = hl7("translation")
_CODED: Final = (hl7("code"), hl7("value"), TRANSLATION)
_TIME: Final = hl7("effectiveTime")


@dataclass(frozen=True, slots=True)
class Seen:
    """A section of the form.

    `entries` are what stands in its entries (None: an empty one); in the same order, `targets` are
    the IDs to which these point ("": nowhere), `times` their own, and `coded` all that is coded.
    """

    section: Expected
    element: _Element
    heads: Sequence[_Element]
    rows: Sequence[_Element]
    entries: Sequence[_Element | None]
    targets: Sequence[str]
    times: Sequence[_Element | None]
    coded: Sequence[Sequence[_Element]]

    def by_id(self) -> Mapping[str, _Element]:
        """The rows by their IDs."""
        return {row.get("ID", ""): row for row in self.rows}


def seen(known: Held) -> tuple[Seen, ...]:
    """The sections, in their order."""
    return tuple(_seen(section, element) for section, element in known)


def _seen(section: Expected, element: _Element) -> Seen:
    heads: list[_Element] = []
    rows: list[_Element] = []
    for row in _ROWS(element) if section.columns else ():
        above = row.getparent()
        (heads if above is not None and above.tag == _HEAD else rows).append(row)
    entries = [next(iter(entry), None) for entry in element.iterchildren(_ENTRY)]
    return Seen(
        section,
        element,
        heads,
        rows,
        entries,
        [_target(entry) for entry in entries],
        [None if one is None else next(one.iterchildren(_TIME), None) for one in entries],
        [() if one is None else list(one.iter(*_CODED)) for one in entries],
    )


def _target(entry: _Element | None) -> str:
    if entry is None:
        return ""
    for text in entry.iterchildren(_TEXT):
        for reference in text.iterchildren(_REFERENCE):
            return reference.get("value", "").removeprefix("#")
    return ""
