"""The codes of entries: of a code system that stands there, and in force on their day."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from lxml.etree import _Element

from naru.domain.findings import Finding
from naru.domain.terminology import Standing, Verdict
from naru.formats.cda.datatypes import hl7, read_date
from naru.formats.cda.errors import CdaRefused
from naru.formats.cda.forms import DocumentForm
from naru.formats.cda.rules.sections import Held
from naru.formats.cda.rules.whole import Whole

Judge = Callable[[Sequence[tuple[str, str]], date], Sequence[Verdict]]
"""What is said of codes on a day: pairs of a system's OID and a code, answered in their order."""

_ENTRY: Final = hl7("entry")
_TIME: Final = hl7("effectiveTime")
_TRANSLATION: Final = hl7("translation")
_CODED: Final = (hl7("code"), hl7("value"), _TRANSLATION)
_WRONG: Final[Mapping[Standing, str]] = {
    Standing.RETIRED: "code.retired",
    Standing.UNKNOWN: "code.unknown",
}


@dataclass(frozen=True, slots=True)
class _Code:
    """A code where it stands, and the day of its entry."""

    element: _Element
    system: str
    code: str
    day: date


def breaches(
    whole: Whole, form: DocumentForm, known: Held, judge: Judge | None
) -> Iterator[Finding]:
    """Each code of the sections' entries that does not stand there, or not on its day."""
    systems: Mapping[str, list[str]] = form.raw.get("section_code_systems", {})
    found: list[_Code] = []
    for section, element in known:
        allowed = [form.systems[name] for name in systems.get(section.name, ())]
        for one in _codes(whole, element):
            found.append(one)
            if allowed and not _stands(form, one, allowed):
                values = {"system": one.system, "known": ", ".join(allowed)}
                yield whole.finding("code.system", one.element, **values)
    if judge is not None:
        yield from _judged(whole, found, judge)


def _codes(whole: Whole, section: _Element) -> Iterator[_Code]:
    for entry in section.iterchildren(_ENTRY):
        day = _day(entry, whole.on)
        for element in entry.iter(*_CODED):
            code, system = element.get("code"), element.get("codeSystem")
            if code and system:
                yield _Code(element, system, code, day)


def _stands(form: DocumentForm, one: _Code, allowed: list[str]) -> bool:
    """Whether a code may stand in the section; one that says the kind of the entry always may."""
    if one.element.tag == _TRANSLATION or one.system in allowed:
        return True
    return form.system_names.get(one.system) in form.raw["structural_systems"]


def _judged(whole: Whole, found: list[_Code], judge: Judge) -> Iterator[Finding]:
    by_day: dict[date, dict[tuple[str, str], None]] = defaultdict(dict)
    for one in found:
        by_day[one.day][one.system, one.code] = None
    verdicts = {
        (day, *asked): verdict
        for day, codes in by_day.items()
        for asked, verdict in zip(codes, judge(list(codes), day), strict=True)
    }
    for one in found:
        verdict = verdicts[one.day, one.system, one.code]
        rule = _WRONG.get(verdict.standing)
        if rule is not None and verdict.system is not None:
            nearest = ", ".join(f"{each.written} {each.display}" for each in verdict.nearest)
            values = {"code": one.code, "day": one.day.isoformat(), "nearest": nearest or "-"}
            yield whole.finding(rule, one.element, **values)


def _day(entry: _Element, otherwise: date) -> date:
    times = (time for inner in entry for time in inner.iterchildren(_TIME))
    value = next((time.get("value", "") for time in times), "")
    try:
        return read_date(value) if value else otherwise
    except CdaRefused:
        return otherwise
