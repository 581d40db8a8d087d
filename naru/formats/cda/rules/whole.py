"""A document that is being checked: its tree, seen once, and the places in it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from lxml.etree import _Element

from naru.domain.findings import Finding
from naru.formats.cda.rules.paths import Found

_NAMESPACE: Final = re.compile(r"\{[^}]*\}")
_ROOT: Final = "/ClinicalDocument"
LONGEST: Final = 200
"""Characters of what a finding quotes."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A parsed document, and what its header says."""

    root: _Element
    head: Found
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


def says(element: _Element, words: str) -> bool:
    """Whether an element says these words and no others, white space apart."""
    if element.text == words and len(element) == 0:
        return True
    return squeezed("".join(map(str, element.itertext()))) == squeezed(words)


def squeezed(text: str) -> str:
    """Without white space, which a narrative may break anywhere."""
    return "".join(text.split())


def code_of(parts: Found) -> tuple[str, str]:
    """The code and code system of a section or document."""
    code = parts.first("code")
    return ("", "") if code is None else (code.get("code", ""), code.get("codeSystem", ""))


def templates_of(ids: Iterable[_Element]) -> dict[str, str]:
    """The roots of the templates that an element claims, with their versions."""
    return {each.get("root", ""): each.get("extension", "") for each in ids}
