"""The past of a patient on one page: each line with its day, its change and who told it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, TypeVar

from django.utils.translation import gettext as _

from naru.domain.clinical import (
    Allergy,
    AllergyKind,
    Diagnosis,
    Immunization,
    Infection,
    Interpretation,
    Medication,
    Procedure,
    Reading,
    TestResult,
    VitalSigns,
)
from naru.domain.past_history import (
    Line,
    Origin,
    PastHistory,
    change,
    day_of,
    is_current,
    past_history,
    taken_until,
)
from naru.exchange.charts.past_history import Gathered
from naru.ui.clock import today, written
from naru.ui.names import in_language

T = TypeVar("T")
SHOWN: Final = 30
"""Lines of a kind that one page shows; how many more there are is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Who told a line. `document` is empty where it was a single record, which has no page."""

    institution: str
    title: str
    when: str
    repository: str
    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line in words."""

    name: str
    code: str = ""
    words: str = ""
    when: str
    mark: str = ""
    """`stop`, `warn` or nothing: how the row stands out."""
    marked: str = ""
    """What the mark says."""
    tellers: tuple[Teller, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Lines of one kind."""

    id: str
    title: str
    rows: tuple[Row, ...]
    more: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPage:
    """The page; `unread` are documents that could not be taken apart."""

    groups: tuple[Group, ...]
    unread: tuple[Teller, ...]
    sources: str


def page(gathered: Gathered, on: date) -> HistoryPage:
    """The page as it stands on a day."""
    found = past_history(gathered.sources)
    current = [line for line in found.medications if is_current(line, on)]
    past = [line for line in found.medications if not is_current(line, on)]
    groups = (
        _group("allergies", _("알레르기"), found.allergies, allergy),
        _group("current", _("지금 쓰는 약"), current, drug),
        _group("problems", _("진단"), found.diagnoses, _diagnosis),
        _group("tests", _("검사 결과"), found.test_results, _test),
        _group("vitals", _("활력징후"), found.vital_signs, _vital_signs),
        _group("images", _("영상"), found.imaging, _image),
        _group("procedures", _("수술·처치"), found.procedures, _procedure),
        _group("earlier", _("지난 약"), past, drug),
        _group("immunizations", _("예방접종"), found.immunizations, _immunization),
        _group("infections", _("법정 감염병"), found.infections, _infection),
        _texts(found),
    )
    return HistoryPage(
        groups=tuple(group for group in groups if group.rows),
        unread=tuple(map(_teller, gathered.unread)),
        sources=_sources(gathered),
    )


def _sources(gathered: Gathered) -> str:
    places = {one.origin.institution for one in gathered.sources}
    return _("기록 %(records)d건 (기관 %(places)d곳)") % {
        "places": len(places),
        "records": len(gathered.sources),
    }


def _group(id_: str, title: str, lines: Iterable[Line[T]], row: Callable[[Line[T]], Row]) -> Group:
    told = tuple(lines)
    more = len(told) - SHOWN
    return Group(
        id=id_,
        title=title,
        rows=tuple(row(line) for line in told[:SHOWN]),
        more=_("그 밖에 %(more)d건이 더 있습니다. 문서를 열어 보세요.") % {"more": more}
        if more > 0
        else "",
    )


def allergy(line: Line[Allergy]) -> Row:
    """An allergy, with its reaction; the tag names its kind."""
    item = line.item
    kinds = {
        AllergyKind.DRUG: _("약물"),
        AllergyKind.BLOOD: _("혈액"),
        AllergyKind.ENVIRONMENT: _("환경"),
        AllergyKind.FOOD: _("음식"),
        AllergyKind.OTHER: _("기타"),
        AllergyKind.UNKNOWN: _("원인 모름"),
    }
    return _row(
        line,
        item.name,
        words=item.reaction,
        mark="stop" if item.kind is AllergyKind.DRUG else "warn",
        marked=kinds[item.kind],
    )


def drug(line: Line[Medication]) -> Row:
    """A drug, and how it is taken."""
    item = line.item
    # Sources write a bare number or their own words, such as "3회" and "필요 시".
    times = _("하루 %s회") % item.times if item.times.strip().isdecimal() else item.times
    parts = (item.dose, times, item.usage)
    until = taken_until(item)
    ends = _("%s까지") % written(until) if until else ""
    return _row(line, item.name, item.code, " · ".join(one for one in (*parts, ends) if one))


def _diagnosis(line: Line[Diagnosis]) -> Row:
    return _row(line, line.item.name, line.item.code)


def _infection(line: Line[Infection]) -> Row:
    return _row(line, line.item.name, line.item.code, line.item.category)


def _test(line: Line[TestResult]) -> Row:
    item, changed = line.item, change(line)
    marks = {
        Interpretation.HIGH: _("높음"),
        Interpretation.LOW: _("낮음"),
        Interpretation.ABNORMAL: _("이상"),
        Interpretation.CRITICAL: _("위험"),
    }
    words = [f"{item.result} {item.unit}".strip()]
    if changed is not None:
        words.append(_("지난 결과보다 %s") % _signed(changed))
    if item.reference:
        words.append(_("참고치 %s") % item.reference)
    marked = marks.get(item.interpretation, "") if item.interpretation else ""
    critical = item.interpretation is Interpretation.CRITICAL
    mark = "" if not marked else "stop" if critical else "warn"
    return _row(line, item.name, "", " · ".join(words), mark=mark, marked=marked)


def _signed(changed: Decimal) -> str:
    if not changed:
        return _("변화 없음")
    return f"{'▲' if changed > 0 else '▼'} {abs(changed).normalize():f}"


def _vital_signs(line: Line[VitalSigns]) -> Row:
    item = line.item
    pressure = f"{item.systolic}/{item.diastolic} mmHg" if item.systolic and item.diastolic else ""
    said = (
        (_("혈압"), pressure),
        (_("맥박"), _with_unit(item.heart_rate, _("회/분"))),
        (_("호흡"), _with_unit(item.respiratory_rate, _("회/분"))),
        (_("체온"), _with_unit(item.temperature, "℃")),
        (_("산소포화도"), _with_unit(item.oxygen_saturation, "%")),
        (_("키"), _with_unit(item.height, "cm")),
        (_("몸무게"), _with_unit(item.weight, "kg")),
    )
    return _row(line, " · ".join(f"{name} {value}" for name, value in said if value))


def _with_unit(value: Decimal | None, unit: str) -> str:
    return "" if value is None else f"{value} {unit}"


def _image(line: Line[TestResult | Reading]) -> Row:
    item = line.item
    said = (item.conclusion or item.findings) if isinstance(item, Reading) else item.result
    return _row(line, item.name, item.accession, said)


def _procedure(line: Line[Procedure]) -> Row:
    return _row(line, line.item.name, line.item.code, line.item.postoperative_diagnosis)


def _immunization(line: Line[Immunization]) -> Row:
    item = line.item
    dose = _("%d차") % item.dose_number if item.dose_number else ""
    return _row(line, item.name, "", " · ".join(one for one in (item.vaccine, dose) if one))


def _texts(found: PastHistory) -> Group:
    rows = tuple(
        Row(
            name=told.item,
            when=written(today(told.origin.written)),
            tellers=(_teller(told.origin),),
        )
        for told in found.texts
    )
    return Group(id="texts", title=_("과거 병력 (작성자의 글)"), rows=rows[:SHOWN])


def _row(  # A row's columns, each of which a kind may leave out.
    line: Line[T], name: str, code: str = "", words: str = "", *, mark: str = "", marked: str = ""
) -> Row:
    first, last = line.first, day_of(line.item)
    when = written(last) if first == last else f"{written(first)} ~ {written(last)}"
    return Row(
        name=name or _("이름 없음"),
        code=code,
        words=words,
        when=when,
        mark=mark,
        marked=marked,
        tellers=tuple(map(_teller, line.origins)),
    )


def _teller(origin: Origin) -> Teller:
    return Teller(
        institution=in_language(origin.institution) or _("이름 없는 기관"),
        title=in_language(origin.title),
        when=written(today(origin.written)),
        repository=origin.repository,
        document=origin.document if origin.repository else "",
    )
