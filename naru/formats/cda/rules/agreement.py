"""What a person reads against what a program reads: an entry and the row to which it points.

Every clinical form has one convention: the row of an entry shows its day, the name of what it is
of, and its result; a column of codes shows its code. So no form needs rules of its own.
"""

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree
from lxml.etree import _Element

from naru.domain.findings import Finding
from naru.formats.cda.datatypes import hl7
from naru.formats.cda.forms import DocumentForm
from naru.formats.cda.rules.paths import Elements
from naru.formats.cda.rules.sections import Expected, Held
from naru.formats.cda.rules.whole import Whole
from naru.formats.xml.namespaces import XSI

_ROWS: Final = Elements("h:text/h:table/h:tbody/h:tr")
_ENTRY: Final = hl7("entry")
_TEXT: Final = hl7("text")
_REFERENCE: Final = hl7("reference")
_TIME: Final = hl7("effectiveTime")
_VALUE: Final = hl7("value")
_CODED: Final = (hl7("code"), hl7("value"))
_SAID: Final = etree.XPath("string()", smart_strings=False)
_TYPE: Final = f"{{{XSI}}}type"
_DAY: Final = re.compile(r"\d{8}")
_CODE_COLUMN: Final = "코드"


def breaches(whole: Whole, form: DocumentForm, known: Held) -> Iterator[Finding]:
    """Each entry whose row says something else."""
    for section, element in known:
        if section.columns:
            yield from _of_section(whole, form, section, element)


def _of_section(
    whole: Whole, form: DocumentForm, section: Expected, element: _Element
) -> Iterator[Finding]:
    rows = {row.get("ID", ""): row for row in _ROWS(element)}
    entries = [entry[0] for entry in element.iterchildren(_ENTRY) if len(entry)]
    pointing = [_target(entry) for entry in entries]
    # Where each entry points to a row of its own, each row must have its entry.
    if entries and all(pointing) and len(rows) != len(entries):
        counted = {"rows": str(len(rows)), "entries": str(len(entries))}
        yield whole.finding("narrative.rows", element, **counted)
    for entry, target in zip(entries, pointing, strict=True):
        row = rows.get(target)
        if row is not None:
            yield from _of_entry(whole, form, section, entry, row)


def _target(entry: _Element) -> str:
    for text in entry.iterchildren(_TEXT):
        for reference in text.iterchildren(_REFERENCE):
            return reference.get("value", "").removeprefix("#")
    return ""


def _of_entry(
    whole: Whole, form: DocumentForm, section: Expected, entry: _Element, row: _Element
) -> Iterator[Finding]:
    words = _words(row)
    structural = form.raw["structural_systems"]
    for coded in entry.iter(*_CODED):
        system = form.system_names.get(coded.get("codeSystem", ""), "")
        if system in structural:
            continue
        name, code = coded.get("displayName", ""), coded.get("code", "")
        if name and _squeezed(name) not in words:
            yield whole.finding("narrative.code", coded, said=name)
        elif code and _shows_codes(section) and system == "KCD" and code not in words:
            yield whole.finding("narrative.code", coded, said=code)
    yield from _of_time(whole, entry, words)
    yield from _of_value(whole, entry, words)


def _shows_codes(section: Expected) -> bool:
    return any(_CODE_COLUMN in column for column in section.columns)


def _of_time(whole: Whole, entry: _Element, words: str) -> Iterator[Finding]:
    time = next(entry.iterchildren(_TIME), None)
    if time is None:
        return
    day = _DAY.match(time.get("value", ""))
    if day and f"{day[0][:4]}-{day[0][4:6]}-{day[0][6:]}" not in words:
        yield whole.finding("narrative.time", time, said=day[0])


def _of_value(whole: Whole, entry: _Element, words: str) -> Iterator[Finding]:
    for value in entry.iterchildren(_VALUE):
        kind = value.get(_TYPE, "")
        said = (
            value.get("value", "") if kind == "PQ" else (value.text or "" if kind == "ST" else "")
        )
        if said and _squeezed(said) not in words:
            yield whole.finding("narrative.value", value, said=said)


def _words(row: _Element) -> str:
    return _squeezed(str(_SAID(row)))


def _squeezed(text: str) -> str:
    """Without white space, which a narrative may break anywhere."""
    return "".join(text.split())
