"""A document that is being checked: its tree, seen once, and the places in it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from lxml.etree import _Element

from naru.domain.findings import Finding
from naru.formats.cda.datatypes import hl7
from naru.formats.cda.forms import DocumentForm, SectionForm
from naru.formats.cda.rules.paths import Elements

_NAMESPACE: Final = re.compile(r"\{[^}]*\}")
_ROOT: Final = "/ClinicalDocument"
LONGEST: Final = 200
"""Characters of what a finding quotes."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A parsed document."""

    root: _Element
    on: date
    """The day by which it is judged where an entry has none of its own."""

    def path(self, element: _Element) -> str:
        """The XPath of an element, of names and positions alone."""
        found = _NAMESPACE.sub("", self.root.getroottree().getelementpath(element))
        return _ROOT if found == "." else f"{_ROOT}/{found}"

    def finding(self, rule: str, element: _Element | None = None, /, **values: str) -> Finding:
        """A breach at an element; what it quotes is cut."""
        where = _ROOT if element is None else self.path(element)
        return Finding(rule, where, tuple((name, cut(one)) for name, one in values.items()))


def cut(text: str) -> str:
    """Of a long text the beginning."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


@dataclass(frozen=True, slots=True)
class Formed:
    """A document with its form, and those of its sections that the form has."""

    whole: Whole
    form: DocumentForm
    sections: tuple[tuple[SectionForm, _Element], ...]

    def held(self) -> Mapping[str, _Element]:
        """The sections by their names in the form."""
        return {form.name: element for form, element in self.sections}


def sections_of(root: _Element) -> Iterator[_Element]:
    """The sections of the body, in their order."""
    yield from _SECTIONS(root)


def codes_of(element: _Element) -> tuple[str, str]:
    """The code and code system of a section or document."""
    code = element.find(_CODE)
    return ("", "") if code is None else (code.get("code", ""), code.get("codeSystem", ""))


def templates_of(element: _Element) -> dict[str, str]:
    """The roots of the templates that an element claims, with their versions."""
    return {each.get("root", ""): each.get("extension", "") for each in element.iterchildren(_ID)}


_SECTIONS: Final = Elements("h:component/h:structuredBody/h:component/h:section")
_CODE: Final = hl7("code")
_ID: Final = hl7("templateId")
