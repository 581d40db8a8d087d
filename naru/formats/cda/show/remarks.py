"""Findings laid at the places of a shown document that they speak of."""

from collections.abc import Iterable

from naru.domain.findings import Finding, Severity
from naru.formats.cda.show.shown import Shown

WHOLE = "/"
"""The place of what speaks of no section: the head of the document."""


def laid(shown: Shown, findings: Iterable[Finding]) -> dict[str, list[str]]:
    """Of errors and warnings the sentences, by the path of their section, else under `WHOLE`."""
    places = {_plain(one.path): one.path for _, one in shown.each_section() if one.path}
    remarks: dict[str, list[str]] = {}
    for finding in findings:
        if finding.severity is not Severity.INFORMATION:
            sentence = finding.said(english=shown.language == "en")
            told = remarks.setdefault(_place(_plain(finding.path), places), [])
            if sentence not in told:
                told.append(sentence)
    return remarks


def _plain(path: str) -> str:
    """A path with a position is the same as one without where it is the first."""
    return path.replace("[1]", "")


def _place(path: str, places: dict[str, str]) -> str:
    while path:
        if path in places:
            return places[path]
        path = path.rpartition("/")[0]
    return WHOLE
