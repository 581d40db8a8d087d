"""What was found wrong with a document: which rule, where, and how grave.

A finding's `rule`, `path` and `plain` sentence name nobody and quote nothing: they may go to a
sender, into a log or a metric. Its whole `sentence` quotes the document, which tells of a patient.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Final

from naru.domain.xds import DocumentEntry

MOST: Final = 100
"""Findings of one document that are told; who mends these finds the rest."""


class Severity(StrEnum):
    """How grave a breach is: an error may be refused, a warning is told, information is neither."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule by its stable id; `detail` are the sentences that quote what the document says."""

    id: str
    severity: Severity
    korean: str
    english: str
    detail_korean: str = ""
    detail_english: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A breach of a rule at a place: `path` is an XPath of names and positions (`""`: the whole).

    `values` are what the sentence quotes, by the names of the rule's detail.
    """

    rule: str
    path: str = ""
    values: tuple[tuple[str, str], ...] = ()

    @property
    def severity(self) -> Severity:
        """How grave it is."""
        return rules()[self.rule].severity

    @property
    def sentence(self) -> str:
        """The Korean sentence with what the document says."""
        return self.said()

    def said(self, *, english: bool = False) -> str:
        """The sentence with what the document says."""
        rule = rules()[self.rule]
        detail = rule.detail_english if english else rule.detail_korean
        plain = self.plain(english=english)
        return f"{plain} ({detail.format_map(dict(self.values))})" if self.values else plain

    def plain(self, *, english: bool = False) -> str:
        """The sentence without anything that the document says."""
        rule = rules()[self.rule]
        return rule.english if english else rule.korean


class Checking(StrEnum):
    """What becomes of a submitted document that has errors."""

    OFF = "off"
    FLAG = "flag"
    REFUSE = "refuse"


CheckDocument = Callable[[DocumentEntry, bytes, date], tuple[Finding, ...]]
"""Checks a document against its form and its entry's; handed down by the node's settings."""


def errors(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those of the findings for which a document may be refused."""
    return tuple(one for one in findings if one.severity is Severity.ERROR)


@cache
def rules() -> Mapping[str, Rule]:
    """Every rule by its id, in the order of the data file."""
    file = resources.files("naru.domain") / "data" / "document_rules.json"
    return {
        row["id"]: Rule(
            id=row["id"],
            severity=Severity(row["severity"]),
            korean=row["ko"],
            english=row["en"],
            detail_korean=row.get("detail_ko", ""),
            detail_english=row.get("detail_en", ""),
            source=row.get("source", ""),
        )
        for row in json.loads(file.read_text("utf-8"))["rules"]
    }
