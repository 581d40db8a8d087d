"""What stands in a section, seen once for all rules: its parts, its rows, its entries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lxml.etree import _Element

from naru.formats.cda.datatypes import hl7
from naru.formats.cda.forms import DocumentForm
from naru.formats.cda.rules.expected import Expected, asked
from naru.formats.cda.rules.paths import Elements, Found, Places
from naru.formats.cda.rules.whole import code_of, templates_of

_SECTIONS: Final = Elements("h:component/h:structuredBody/h:component/h:section")
_PARTS: Final = Places(("templateId", "code", "title", "text", "entry"))
_ROWS: Final = Elements("h:text/h:table/*/h:tr")
_HEAD: Final = hl7("thead")
_OF_ENTRY: Final = Places(("text/reference", "effectiveTime", "value", "interpretationCode"))
TRANSLATION: Final = hl7("translation")
_CODED: Final = (hl7("code"), hl7("value"), TRANSLATION)


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands in an entry, and the ID to which it points ("": nowhere).

    `coded` are all codes, values and translations inside it, in their order.
    """

    parts: Found
    target: str
    coded: Sequence[_Element]

    @property
    def time(self) -> _Element | None:
        """Its own time."""
        return self.parts.first("effectiveTime")


@dataclass(frozen=True, slots=True)
class Seen:
    """A section of the form: its code and system, its templates with their versions, its parts."""

    section: Expected
    element: _Element
    code: tuple[str, str]
    templates: Mapping[str, str]
    title: _Element | None
    text: _Element | None
    heads: Sequence[_Element]
    rows: Sequence[_Element]
    entries: Sequence[Entry | None]
    """None: an empty one."""

    def by_id(self) -> Mapping[str, _Element]:
        """The rows by their IDs."""
        return {row.get("ID", ""): row for row in self.rows}

    def is_empty(self) -> bool:
        """Whether it says that it has nothing to say, or says nothing."""
        if self.element.get("nullFlavor"):
            return True
        told = self.text is not None and any(str(one).strip() for one in self.text.itertext())
        return not told and not self.entries


def seen(root: _Element, form: DocumentForm) -> tuple[tuple[Seen, ...], tuple[_Element, ...]]:
    """The sections of a document that the form has, and those that it does not have."""
    wanted = asked(form)
    known: list[Seen] = []
    foreign: list[_Element] = []
    for element in _SECTIONS(root):
        parts = _PARTS(element)
        code, templates = code_of(parts), templates_of(parts.get("templateId", ()))
        section = wanted.of(code, templates)
        if section is None:
            foreign.append(element)
        else:
            known.append(_seen(section, element, code, templates, parts))
    return tuple(known), tuple(foreign)


def _seen(
    section: Expected,
    element: _Element,
    code: tuple[str, str],
    templates: Mapping[str, str],
    parts: Found,
) -> Seen:
    heads: list[_Element] = []
    rows: list[_Element] = []
    for row in _ROWS(element) if section.columns else ():
        above = row.getparent()
        (heads if above is not None and above.tag == _HEAD else rows).append(row)
    return Seen(
        section,
        element,
        code,
        templates,
        parts.first("title"),
        parts.first("text"),
        heads,
        rows,
        [_entry(next(iter(one), None)) for one in parts.get("entry", ())],
    )


def _entry(element: _Element | None) -> Entry | None:
    if element is None:
        return None
    parts = _OF_ENTRY(element)
    reference = parts.first("text/reference")
    target = "" if reference is None else reference.get("value", "").removeprefix("#")
    return Entry(parts, target, list(element.iter(*_CODED)))
