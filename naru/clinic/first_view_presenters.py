"""The first page of a patient, each line with its source and age; few lines, the newest first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, TypeVar
from uuid import UUID

from django.utils.translation import gettext as _

from naru.clinic import history_presenters as past
from naru.clinic.presenters import created, institution_name, kind_of, source_of, title_of
from naru.domain.clinical import (
    Allergy,
    Diagnosis,
    Interpretation,
    Medication,
    Reading,
    TestResult,
)
from naru.domain.korea import korean_day_of
from naru.domain.order_checks import Alert, AlertKind
from naru.domain.past_history import Line, Origin, PastHistory, change, day_of, is_current
from naru.domain.person import Demographics, Gender
from naru.domain.standing_alerts import shared
from naru.domain.xds import DocumentEntry
from naru.exchange.charts.first_view import Exchange, FirstView
from naru.ui.clock import today, written
from naru.ui.names import in_language

T = TypeVar("T")

DRUGS: Final = 12
RESULTS: Final = 10
IMAGES: Final = 4
DIAGNOSES: Final = 8
ALERTS: Final = 4
DOCUMENTS: Final = 30
"""Lines of each kind on the first page; all others are one step away, and their number is said."""

_MONTH, _YEAR = 31, 365
_MINUS: Final = "\u2212"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Who told a line and when. `opens` names the document to open; empty for a single record."""

    institution: str
    day: str
    age: str
    opens: str = ""
    more: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A line: what it is, what is said of it, and how it stands out by a word (`tag`)."""

    name: str
    words: str = ""
    aside: str = ""
    state: str = ""
    tag: str = ""
    change: str = ""
    range: str = ""
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Lines of one kind; `more` says how many others there are."""

    items: tuple[Item, ...]
    about: str = ""
    more: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """An alert, quoting the old record."""

    title: str
    words: str
    source: Source
    grave: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Who the patient is, and what stands between this institution and their records."""

    name: str
    person: str
    number: str
    institution: str
    state: str
    exchange: str
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The page."""

    band: Band
    why: str
    alerts: tuple[Warned, ...]
    checked: tuple[Warned, ...]
    allergies: Part
    drugs: Part
    results: Part
    images: Part
    diagnoses: Part
    documents: Part
    reason: Item | None
    unread: int


def page(institution: UUID, known: Demographics, told: FirstView, on: date, purpose: str) -> Page:
    """The page as it stands on a day."""
    history = told.history
    warned = [_warned(one, on) for one in told.alerts[:ALERTS]]
    return Page(
        band=_band(institution, known, told, on, purpose),
        why=_why(told.exchange),
        alerts=tuple(warned),
        checked=tuple(_warned(one, on) for one in told.met),
        allergies=_part(history.allergies, _allergy, on, DRUGS),
        drugs=_drugs(history, told.alerts, on),
        results=_part(history.test_results, _result, on, RESULTS),
        images=_part(history.imaging, _image, on, IMAGES),
        diagnoses=_part(history.diagnoses, _diagnosis, on, DIAGNOSES),
        documents=documents(told.gathered.found, on, DOCUMENTS),
        reason=_reason(told, on),
        unread=len(told.gathered.unread),
    )


def documents(found: Sequence[DocumentEntry], on: date, most: int) -> Part:
    """The documents, newest first, each with its source and age."""
    return _part(found, _document, on, most)


def age(then: date, on: date) -> str:
    """How long ago a day was, in words."""
    days = (on - then).days
    if days <= 0:
        return _("오늘")
    if days < _MONTH:
        return _("%(days)d일 전") % {"days": days}
    if days < _YEAR:
        return _("%(months)d개월 전") % {"months": days * 12 // _YEAR}
    return _("%(years)d년 전") % {"years": days // _YEAR}


def _band(institution: UUID, known: Demographics, told: FirstView, on: date, purpose: str) -> Band:
    words = {
        Exchange.CONSENTED: _("교류 동의"),
        Exchange.NOT_CONSENTED: _("교류 동의 없음"),
        Exchange.NOT_RECEIVED: _("접수 없음"),
        Exchange.EMERGENCY: _("응급 열람"),
    }[told.exchange]
    since = f" · {written(told.since)}~" if told.since else ""
    return Band(
        name=next((name.text for name in known.names if name.text), ""),
        person=_person(known, on),
        number=told.number,
        institution=institution_name(institution, on),
        state={
            Exchange.CONSENTED: "ok",
            Exchange.NOT_CONSENTED: "warn",
            Exchange.NOT_RECEIVED: "warn",
            Exchange.EMERGENCY: "stop",
        }[told.exchange],
        exchange=words + since,
        purpose=purpose,
    )


def _person(known: Demographics, on: date) -> str:
    sexes = {Gender.MALE: _("남"), Gender.FEMALE: _("여")}
    parts = [sexes.get(known.gender, "") if known.gender else ""]
    birth = known.birth_time or ""
    if len(birth) >= len("YYYYMMDD"):
        born = korean_day_of(birth)
        years = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
        parts += [_("%(years)d세") % {"years": years}, written(born)]
    else:
        parts.append(birth)
    return " · ".join(part for part in parts if part)


def _why(exchange: Exchange) -> str:
    """Why there is little to see, from what this institution knows by its own duties."""
    return {
        Exchange.CONSENTED: "",
        Exchange.EMERGENCY: "",
        Exchange.NOT_CONSENTED: _(
            "환자의 교류 동의가 없습니다. 우리 기관의 기록과 우리 기관에 보내온 것만 보입니다. "
            "동의는 접수처나 환자의 휴대전화에서 받습니다."
        ),
        Exchange.NOT_RECEIVED: _(
            "우리 기관이 접수한 환자가 아닙니다. 접수처에서 접수하면 열립니다."
        ),
    }[exchange]


def _allergy(line: Line[Allergy], on: date) -> Item:
    row = past.allergy(line)
    return Item(
        name=row.name, words=row.words, state=row.mark, tag=row.marked, source=_source(line, on)
    )


def _drugs(history: PastHistory, alerts: tuple[Alert, ...], on: date) -> Part:
    current = [line for line in history.medications if is_current(line, on)]
    same = shared(alerts)
    places = {one.institution for line in current for one in line.origins}
    part = _part(current, lambda line, day: _drug(line, same, day), on, DRUGS)
    about = _("%(places)d개 기관에서 모음") % {"places": len(places)} if current else ""
    return Part(items=part.items, about=about, more=part.more)


def _drug(line: Line[Medication], same: frozenset[str], on: date) -> Item:
    row, double = past.drug(line), line.item.name in same
    return Item(
        name=row.name,
        words=row.words,
        state="warn" if double else "",
        tag=_("성분 중복") if double else "",
        source=_source(line, on),
    )


def _diagnosis(line: Line[Diagnosis], on: date) -> Item:
    since = f"{line.first.year}~" if line.first != line.last else ""
    return Item(name=line.item.name, words=since, aside=line.item.code, source=_source(line, on))


def _result(line: Line[TestResult], on: date) -> Item:
    item, changed = line.item, change(line)
    marks = {
        Interpretation.HIGH: ("warn", _("높음")),
        Interpretation.LOW: ("warn", _("낮음")),
        Interpretation.ABNORMAL: ("warn", _("이상")),
        Interpretation.CRITICAL: ("stop", _("위험")),
    }
    state, word = marks.get(item.interpretation, ("", "")) if item.interpretation else ("", "")
    return Item(
        name=item.name,
        words=f"{item.result} {item.unit}".strip(),
        state=state,
        tag=word,
        change=_signed(changed)
        if changed is not None
        else _("첫 결과")
        if not line.told[1:]
        else "",
        range=item.reference,
        source=_source(line, on),
    )


def _signed(changed: Decimal) -> str:
    if not changed:
        return _("같음")
    sign = "+" if changed > 0 else _MINUS
    return f"{sign}{abs(changed).normalize():f}"


def _image(line: Line[TestResult | Reading], on: date) -> Item:
    item = line.item
    said = (item.conclusion or item.findings) if isinstance(item, Reading) else item.result
    return Item(name=item.name, words=said, source=_source(line, on))


def _reason(told: FirstView, on: date) -> Item | None:
    """Why the patient was sent on, of the newest document that says so."""
    sent = [one for one in told.gathered.sources if one.content.reason]
    newest = max(sent, key=lambda one: one.origin.written, default=None)
    if newest is None:
        return None
    day = today(newest.origin.written)
    return Item(
        name=in_language(newest.origin.title),
        words=newest.content.reason,
        source=_of(newest.origin, day, on),
    )


def _document(entry: DocumentEntry, on: date) -> Item:
    made = created(entry)
    day = today(made) if made else None
    kind, title = kind_of(entry), title_of(entry)
    return Item(
        name=title,
        aside="" if kind == title else kind,
        source=Source(
            institution=source_of(entry),
            day=written(day) if day else "",
            age=age(day, on) if day else "",
            opens=opens(entry.repository_unique_id or "", entry.unique_id),
        ),
    )


def opens(repository: str, document: str) -> str:
    """A document as a button names it; nothing where it is a single record, which has no page."""
    return f"{repository} {document}" if repository else ""


def _warned(alert: Alert, on: date) -> Warned:
    titles = {
        AlertKind.ALLERGY: _("알레르기 주의"),
        AlertKind.ALLERGY_CLASS: _("같은 계열 알레르기 주의"),
        AlertKind.SAME_INGREDIENT: _("성분 중복"),
        AlertKind.REPEATED_IMAGING: _("중복 검사 주의"),
        AlertKind.REPEATED_TEST: _("중복 검사 주의"),
    }
    words = {
        AlertKind.ALLERGY: _("%(new)s: 알레르기 기록이 있습니다. %(old)s"),
        AlertKind.ALLERGY_CLASS: _("%(new)s: 같은 계열의 알레르기 기록이 있습니다. %(old)s"),
        AlertKind.SAME_INGREDIENT: _("%(new)s: 같은 성분을 이미 쓰고 있습니다. %(old)s"),
        AlertKind.REPEATED_IMAGING: _("%(new)s: 같은 검사 기록이 있습니다. %(old)s"),
        AlertKind.REPEATED_TEST: _("%(new)s: 같은 검사 기록이 있습니다. %(old)s"),
    }[alert.kind] % {"new": alert.order.name, "old": alert.words}
    return Warned(
        title=titles[alert.kind],
        words=words,
        source=_of(alert.origin, alert.on, on),
        grave=alert.kind in {AlertKind.ALLERGY, AlertKind.ALLERGY_CLASS},
    )


def _part(lines: Sequence[T], item: Callable[[T, date], Item], on: date, most: int) -> Part:
    rest = len(lines) - most
    more = _("그 밖에 %(more)d건") % {"more": rest} if rest > 0 else ""
    return Part(items=tuple(item(one, on) for one in lines[:most]), more=more)


def _source(line: Line[T], on: date) -> Source:
    others = len(line.origins) - 1
    source = _of(line.told[0].origin, day_of(line.item), on)
    more = _("외 %(others)d곳") % {"others": others} if others else ""
    return Source(
        institution=source.institution,
        day=source.day,
        age=source.age,
        opens=source.opens,
        more=more,
    )


def _of(origin: Origin, day: date, on: date) -> Source:
    return Source(
        institution=in_language(origin.institution) or _("이름 없는 기관"),
        day=written(day),
        age=age(day, on),
        opens=opens(origin.repository, origin.document),
    )
