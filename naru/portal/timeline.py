"""Everything of a person as one line of time: what it is, from whom, of which day."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from naru.domain.clinical import Content, VitalSigns
from naru.domain.past_history import Source, day_of
from naru.exchange.charts.own_record import OwnRecord
from naru.portal import consent_presenters
from naru.portal.consent_presenters import Row
from naru.ui.names import in_language

SHOWN: Final = 40
"""Rows of one page."""

DOCUMENT: Final = "document"

KINDS: Final[Mapping[str, str | Promise]] = {
    DOCUMENT: gettext_lazy("문서"),
    "test": gettext_lazy("검사 결과"),
    "diagnosis": gettext_lazy("진단"),
    "drug": gettext_lazy("약"),
    "allergy": gettext_lazy("알레르기"),
    "procedure": gettext_lazy("수술·처치"),
    "immunization": gettext_lazy("예방접종"),
    "vital": gettext_lazy("활력징후"),
    "reading": gettext_lazy("영상 판독"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One thing of one day. `document` where it is a document, that can be opened and hidden."""

    day: str
    kind: str
    word: str
    title: str
    words: str
    source: str
    document: Row | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """What of the line somebody wants to see; empty fields narrow nothing."""

    kind: str = ""
    source: str = ""
    first: str = ""
    last: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The page: years of moments, newest first, and what can be chosen."""

    heading: str
    years: tuple[tuple[str, tuple[Moment, ...]], ...]
    kinds: tuple[tuple[str, str, bool], ...]
    sources: tuple[tuple[str, bool], ...]
    total: int
    older: int
    empty_what: str
    empty_why: str


def timeline(name: str, found: OwnRecord, narrowed: Narrowed) -> Timeline:
    """The page of one person."""
    moments = sorted(_all(found), key=lambda one: one.day, reverse=True)
    fitting = [one for one in moments if _fits(one, narrowed)]
    begin = (narrowed.page - 1) * SHOWN
    shown = fitting[begin : begin + SHOWN]
    what, why = _empty(found, moments)
    return Timeline(
        heading=_heading(name, moments),
        years=tuple(
            (year, tuple(same)) for year, same in groupby(shown, key=lambda one: one.day[:4])
        ),
        kinds=_kinds(moments, narrowed.kind),
        sources=tuple(
            (one, one == narrowed.source) for one in sorted({one.source for one in moments}) if one
        ),
        total=len(fitting),
        older=narrowed.page + 1 if len(fitting) > begin + SHOWN else 0,
        empty_what=what,
        empty_why=why,
    )


def _all(found: OwnRecord) -> Iterator[Moment]:
    for row in consent_presenters.rows(found.documents):
        yield Moment(
            day=row.when,
            kind=DOCUMENT,
            word=str(KINDS[DOCUMENT]),
            title=in_language(row.title),
            words="",
            source=row.source,
            document=row,
        )
    for one in found.singles:
        yield from _of_record(one)


def _of_record(source: Source) -> Iterator[Moment]:
    for kind, items, told in _TOLD:
        for item in items(source.content):
            title, words = told(item)
            yield Moment(
                day=day_of(item).isoformat(),
                kind=kind,
                word=str(KINDS[kind]),
                title=title or _("이름 없음"),
                words=words,
                source=in_language(source.origin.institution) or _("이름 없는 기관"),
            )


def _vital(one: VitalSigns) -> tuple[str, str]:
    said = (
        (_("혈압"), f"{one.systolic}/{one.diastolic} mmHg" if one.systolic else ""),
        (_("맥박"), f"{one.heart_rate}" if one.heart_rate else ""),
        (_("체온"), f"{one.temperature} ℃" if one.temperature else ""),
        (_("몸무게"), f"{one.weight} kg" if one.weight else ""),
        (_("키"), f"{one.height} cm" if one.height else ""),
        (_("산소포화도"), f"{one.oxygen_saturation} %" if one.oxygen_saturation else ""),
    )
    return _("활력징후"), " · ".join(f"{name} {value}" for name, value in said if value)


_Told = tuple[str, Callable[[Content], Iterable[Any]], Callable[[Any], tuple[str, str]]]
_TOLD: Final[tuple[_Told, ...]] = (
    ("test", lambda one: one.test_results, lambda one: (one.name, f"{one.result} {one.unit}")),
    ("diagnosis", lambda one: one.diagnoses, lambda one: (one.name, "")),
    ("drug", lambda one: one.medications, lambda one: (one.name, f"{one.dose} {one.usage}")),
    ("allergy", lambda one: one.allergies, lambda one: (one.name, one.reaction)),
    ("procedure", lambda one: one.procedures, lambda one: (one.name, "")),
    ("immunization", lambda one: one.immunizations, lambda one: (one.name, one.vaccine)),
    ("vital", lambda one: one.vital_signs, _vital),
    ("reading", lambda one: one.readings, lambda one: (one.name, one.conclusion)),
)
"""Of which part of a record's content a moment is made, and its title and words."""


def _fits(one: Moment, narrowed: Narrowed) -> bool:
    return (
        narrowed.kind in {"", one.kind}
        and narrowed.source in {"", one.source}
        and (not narrowed.first or one.day >= narrowed.first)
        and (not narrowed.last or one.day <= narrowed.last)
    )


def _kinds(moments: Sequence[Moment], chosen: str) -> tuple[tuple[str, str, bool], ...]:
    """Only kinds that there are: a filter that finds nothing is none."""
    present = {one.kind for one in moments}
    known = ((kind, str(word), kind == chosen) for kind, word in KINDS.items() if kind in present)
    return (("", _("모든 종류"), not chosen), *known)


def _heading(name: str, moments: Sequence[Moment]) -> str:
    places = {one.source for one in moments if one.source}
    if not moments:
        return _("%(name)s 님의 기록이 아직 없습니다") % {"name": name}
    return _("%(name)s 님의 기록 %(count)d건을 %(places)d곳에서 모았습니다") % {
        "name": name,
        "count": len(moments),
        "places": len(places),
    }


def _empty(found: OwnRecord, moments: Sequence[Moment]) -> tuple[str, str]:
    if moments:
        return (
            _("이 조건에 맞는 기록이 없습니다"),
            _("조건을 지우면 모든 기록이 나타납니다."),
        )
    none = consent_presenters.documents((), found.standing)
    return none.empty_what, none.empty_why
