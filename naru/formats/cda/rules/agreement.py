"""What a person reads against what a program reads: an entry and the row to which it points.

Every clinical form has one convention: the row of an entry shows its day, the name of what it is
of, and its result; a column of codes shows its code. So no form needs rules of its own.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from lxml import etree
from lxml.etree import _Element

from naru.domain.findings import Finding
from naru.formats.cda.forms import DocumentForm
from naru.formats.cda.rules.seen import TRANSLATION, Entry, Seen
from naru.formats.cda.rules.whole import Whole, says, squeezed
from naru.formats.xml.namespaces import XSI

_SAID: Final = etree.XPath("string()", regexp=False, smart_strings=False)
_TYPE: Final = f"{{{XSI}}}type"
_DAY: Final = re.compile(r"\d{8}")


def breaches(whole: Whole, form: DocumentForm, sections: Sequence[Seen]) -> Iterator[Finding]:
    """Each head of a table that is not the form's, and each entry whose row says something else."""
    for one in sections:
        if one.section.columns:
            yield from _of_heads(whole, one)
            yield from _of_section(whole, form, one)


def _of_heads(whole: Whole, one: Seen) -> Iterator[Finding]:
    """A table whose columns are named otherwise tells a person something else in each row."""
    if not one.rows:
        return
    columns = one.section.columns
    for head in one.heads or (None,):
        cells = () if head is None else tuple(head.iterchildren(etree.Element))
        if len(cells) != len(columns) or not all(map(says, cells, columns)):
            said = ", ".join(str(_SAID(cell)) for cell in cells) or "-"
            at = one.element if head is None else head
            yield whole.finding("narrative.columns", at, said=said, known=", ".join(columns))


def _of_section(whole: Whole, form: DocumentForm, one: Seen) -> Iterator[Finding]:
    # Where one entry has several rows, rows alone are told: no program reads any of them.
    counts = one.section.row_each or not one.entries
    if counts and len(one.rows) != len(one.entries):
        counted = {"rows": str(len(one.rows)), "entries": str(len(one.entries))}
        yield whole.finding("narrative.rows", one.element, **counted)
    rows = one.by_id()
    for entry in one.entries:
        row = None if entry is None else rows.get(entry.target)
        if row is not None and entry is not None:
            words = squeezed(str(_SAID(row)))
            yield from _of_codes(whole, form, entry, words, shows_codes=one.section.shows_codes)
            yield from _of_time(whole, entry.time, words)
            yield from _of_value(whole, entry, words)


def _of_codes(
    whole: Whole,
    form: DocumentForm,
    entry: Entry,
    words: str,
    *,
    shows_codes: bool,
) -> Iterator[Finding]:
    structural = form.raw["structural_systems"]
    for coded in entry.coded:
        system = form.system_names.get(coded.get("codeSystem", ""), "")
        if system in structural or coded.tag == TRANSLATION:
            continue
        name, code = coded.get("displayName", ""), coded.get("code", "")
        if name and squeezed(name) not in words:
            yield whole.finding("narrative.code", coded, said=name)
        elif code and shows_codes and system == "KCD" and code not in words:
            yield whole.finding("narrative.code", coded, said=code)


def _of_time(whole: Whole, time: _Element | None, words: str) -> Iterator[Finding]:
    if time is None:
        return
    day = _DAY.match(time.get("value", ""))
    if day and f"{day[0][:4]}-{day[0][4:6]}-{day[0][6:]}" not in words:
        yield whole.finding("narrative.time", time, said=day[0])


def _of_value(whole: Whole, entry: Entry, words: str) -> Iterator[Finding]:
    for value in entry.parts.get("value", ()):
        kind = value.get(_TYPE, "")
        said = (
            value.get("value", "") if kind == "PQ" else (value.text or "" if kind == "ST" else "")
        )
        if said and squeezed(said) not in words:
            yield whole.finding("narrative.value", value, said=said)
