"""Narratives of sections: what a person reads of each entry, and plain words both ways."""

from collections.abc import Iterable, Iterator
from functools import singledispatch
from typing import Any, Final

from lxml.etree import _Element

from naru.domain.clinical import (
    Allergy,
    Appointment,
    Diagnosis,
    Drinking,
    Immunization,
    Infection,
    Medication,
    Procedure,
    Reading,
    Smoking,
    TestResult,
    Transfer,
    VitalSigns,
)
from naru.domain.terminology import System, code_system
from naru.formats.fhir.krcore.frame import moment
from naru.formats.fhir.krcore.social_history import SMOKING
from naru.formats.fhir.narrative import LIMITS, XHTML
from naru.formats.fhir.resource import Resource
from naru.formats.xml import XmlRefused, parse
from naru.formats.xml.escape import escape

_BLOCKS: Final = {"p", "div", "li", "tr", "h1", "h2", "h3", "h4", "pre", "dt", "dd"}
_SIGNS: Final = (
    ("height", "키", "cm"),
    ("weight", "몸무게", "kg"),
    ("systolic", "수축기 혈압", "mmHg"),
    ("diastolic", "이완기 혈압", "mmHg"),
    ("temperature", "체온", "°C"),
    ("heart_rate", "맥박", "회/분"),
    ("respiratory_rate", "호흡", "회/분"),
    ("oxygen_saturation", "산소포화도", "%"),
    ("consciousness", "의식", ""),
)


def of_words(text: str, status: str = "additional") -> Resource:
    """A narrative of plain words, whose line ends are kept."""
    return _narrative("<br/>".join(escape(line) for line in text.split("\n")), status)


def of_lines(lines: Iterable[str], status: str = "generated") -> Resource:
    """A narrative of one item for each line."""
    return _narrative(f"<ul>{''.join(f'<li>{escape(one)}</li>' for one in lines)}</ul>", status)


def _narrative(content: str, status: str) -> Resource:
    div = f'<div xmlns="{XHTML}" xml:lang="ko" lang="ko">{content}</div>'
    return {"status": status, "div": div}


def words_of(narrative: Resource) -> str:
    """The plain words of a narrative, whoever wrote it."""
    div = narrative.get("div")
    if not isinstance(div, str):
        return ""
    try:
        root = parse(div.encode("utf-8", "replace"), limits=LIMITS)
    except XmlRefused:
        return ""
    return "".join(_words(root))


def _words(element: _Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        # A comment or an instruction says nothing, but what comes behind it does.
        name = str(child.tag).rpartition("}")[2]
        if name.isalnum():
            yield from _words(child)
        yield "\n" if name == "br" or name in _BLOCKS else ""
        yield child.tail or ""


def line_of(item: Any) -> str:
    """One entry in one line."""
    return " · ".join(part for part in _parts(item) if part.strip())


@singledispatch
def _parts(item: Any) -> tuple[str, ...]:
    raise TypeError(type(item).__name__)


@_parts.register
def _(item: Diagnosis) -> tuple[str, ...]:
    return (moment(item.date), code_system(System.KCD_8).written(item.code), item.name)


@_parts.register
def _(item: Infection) -> tuple[str, ...]:
    code = code_system(System.KCD_8).written(item.code)
    return (moment(item.date), code, item.name, item.category)


@_parts.register
def _(item: Medication) -> tuple[str, ...]:
    times = f"1일 {item.times}회" if item.times.isdecimal() else item.times
    days = f"{item.days}일" if item.days.isdecimal() else item.days
    return (moment(item.time), item.name, item.dose, times, days, item.usage)


@_parts.register
def _(item: TestResult) -> tuple[str, ...]:
    value = f"{item.result} {item.unit}".strip()
    limits = f"참고치 {item.reference}" if item.reference.strip() else ""
    return (moment(item.time), item.item, item.name, value, limits)


@_parts.register
def _(item: Procedure) -> tuple[str, ...]:
    return (moment(item.date), item.name, item.postoperative_diagnosis, item.anesthesia)


@_parts.register
def _(item: Allergy) -> tuple[str, ...]:
    return (moment(item.date), item.name, item.reaction)


@_parts.register
def _(item: Immunization) -> tuple[str, ...]:
    dose = f"{item.dose_number}차" if item.dose_number else ""
    return (moment(item.date), item.name, item.vaccine, dose)


@_parts.register
def _(item: VitalSigns) -> tuple[str, ...]:
    signs = ((getattr(item, name), words, unit) for name, words, unit in _SIGNS)
    told = (f"{words} {value}{unit}" for value, words, unit in signs if value or value == 0)
    return (moment(item.time), *told)


@_parts.register
def _(item: Reading) -> tuple[str, ...]:
    return (moment(item.time), item.name, item.findings, item.conclusion)


@_parts.register
def _(item: Appointment) -> tuple[str, ...]:
    return (moment(item.time), item.content)


@_parts.register
def _(item: Smoking) -> tuple[str, ...]:
    return (moment(item.date), SMOKING[item.status])


@_parts.register
def _(item: Drinking) -> tuple[str, ...]:
    return (moment(item.date), "음주", item.description)


@_parts.register
def _(item: Transfer) -> tuple[str, ...]:
    return ("전원", item.means, item.vehicle, item.attendant, item.triage)
