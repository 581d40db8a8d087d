"""The codes of entries: of a code system that stands there, and in force on their day."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from lxml.etree import _Element

from naru.domain.findings import Finding
from naru.domain.terminology import Standing, Verdict
from naru.formats.cda.datatypes import read_date
from naru.formats.cda.errors import CdaRefused
from naru.formats.cda.forms import DocumentForm
from naru.formats.cda.rules.seen import TRANSLATION, Entry, Seen
from naru.formats.cda.rules.whole import Whole

Judge = Callable[[Sequence[tuple[str, str]], date], Sequence[Verdict]]
"""What is said of codes on a day: pairs of a system's OID and a code, answered in their order."""

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
    whole: Whole, form: DocumentForm, sections: Sequence[Seen], judge: Judge | None
) -> Iterator[Finding]:
    """Each code of the sections' entries that does not stand there, or not on its day."""
    systems: Mapping[str, list[str]] = form.raw.get("section_code_systems", {})
    for one in sections:
        allowed = [form.systems[name] for name in systems.get(one.section.name, ())]
        for entry in one.entries if allowed else ():
            for coded, system, _ in _codes(entry):
                if system not in allowed and not _stands(form, coded, system):
                    values = {"system": system, "known": ", ".join(allowed)}
                    yield whole.finding("code.system", coded, **values)
    if judge is not None:
        yield from _judged(whole, list(_dated(whole, sections)), judge)


def _dated(whole: Whole, sections: Sequence[Seen]) -> Iterator[_Code]:
    for one in sections:
        for entry in one.entries:
            day = whole.on if entry is None else _day(entry.time, whole.on)
            for element, system, code in _codes(entry):
                yield _Code(element, system, code, day)


def _codes(entry: Entry | None) -> Iterator[tuple[_Element, str, str]]:
    for element in () if entry is None else entry.coded:
        code, system = element.get("code"), element.get("codeSystem")
        if code and system:
            yield element, system, code


def _stands(form: DocumentForm, element: _Element, system: str) -> bool:
    """Whether a code may stand anywhere: what others call it, and the kind of the entry."""
    if element.tag == TRANSLATION:
        return True
    return form.system_names.get(system) in form.raw["structural_systems"]


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


def _day(time: _Element | None, otherwise: date) -> date:
    value = "" if time is None else time.get("value", "")
    try:
        return read_date(value) if value else otherwise
    except CdaRefused:
        return otherwise
