"""A steward's cases in words."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from naru.domain import roles
from naru.domain.caller import Role
from naru.domain.person import Demographics, Gender, PatientRecord
from naru.exchange.patients.match_cases import Queue, Whole
from naru.patients.linkage.levels import Level
from naru.patients.linkage.rules import Reason
from naru.patients.queries import CaseLine, CaseView, Decided, Side
from naru.ui.clock import moment

Part = Callable[[Demographics], tuple[str, ...]]

_REASONS: Final = {
    Reason.WEIGHT: gettext_lazy("많이 닮았지만 확실하지 않습니다"),
    Reason.NUMBER: gettext_lazy("주민등록번호가 같습니다"),
    Reason.TEMPORARY: gettext_lazy("아직 이름이 없는 환자입니다"),
    Reason.TWINS: gettext_lazy("쌍둥이일 수 있습니다"),
    Reason.CONTRADICTION: gettext_lazy("번호는 같은데 다른 내용이 어긋납니다"),
    Reason.NUMBERS_DIFFER: gettext_lazy("주민등록번호가 서로 다릅니다"),
    Reason.NAME_AND_BIRTH_ONLY: gettext_lazy("이름과 생년월일만 같습니다"),
    Reason.NAME_DIFFERS: gettext_lazy("이름이 조금 다릅니다"),
    Reason.BIRTH_DIFFERS: gettext_lazy("생년월일이 조금 다릅니다"),
    Reason.SEX_DIFFERS: gettext_lazy("성별이 다릅니다"),
    Reason.SAME_SOURCE: gettext_lazy("한 기관의 두 등록번호입니다"),
    Reason.SEVERAL: gettext_lazy("같은 사람일 수 있는 사람이 여럿입니다"),
}
_LEVELS: Final = {
    Level.SAME: ("ok", gettext_lazy("같음")),
    Level.SOFT: ("ok", gettext_lazy("두음법칙만 다름")),
    Level.FORMER: ("ok", gettext_lazy("바뀌기 전 번호")),
    Level.SLIP: ("warn", gettext_lazy("한 글자 차이")),
    Level.ALIKE: ("warn", gettext_lazy("비슷함")),
    Level.AREA: ("warn", gettext_lazy("우편번호만 같음")),
    Level.OTHER: ("stop", gettext_lazy("다름")),
    Level.SILENT: ("", gettext_lazy("비교할 수 없음")),
}
_OUTCOMES: Final = {
    "recognised": gettext_lazy("자동으로 연결"),
    "linked": gettext_lazy("연결함"),
    "apart": gettext_lazy("다른 사람으로 둠"),
    "reopened": gettext_lazy("다시 살펴보기로 함"),
    "merged": gettext_lazy("등록번호를 합침"),
    "unlinked": gettext_lazy("연결을 풂"),
    "unmerged": gettext_lazy("합친 것을 되돌림"),
}
_SEXES: Final = {
    Gender.MALE: gettext_lazy("남"),
    Gender.FEMALE: gettext_lazy("여"),
    Gender.UNDIFFERENTIATED: gettext_lazy("미분화"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A case in a list."""

    key: UUID
    number: int
    reason: str
    opened: str
    likelihood: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePage:
    """All that waits."""

    heading: str
    waiting: tuple[Line, ...]
    recognised: tuple[Line, ...]
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One field of both, and how far it agrees."""

    name: str
    one: tuple[str, ...]
    other: tuple[str, ...]
    state: str
    word: str
    bits: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What was decided."""

    what: str
    when: str
    who: str
    why: str
    act: UUID
    stands: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """Two people who may be one."""

    key: UUID
    heading: str
    reason: str
    likelihood: str
    fields: tuple[Compared, ...]
    people: tuple[UUID, UUID]
    history: tuple[Event, ...]
    may_decide: bool
    may_reopen: bool
    one_person: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What one source tells."""

    identifiers: tuple[str, ...]
    facts: tuple[tuple[str, tuple[str, ...]], ...]
    updated: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPage:
    """One person."""

    patient: UUID
    heading: str
    sources: tuple[Source, ...]
    history: tuple[Event, ...]
    duplicates: tuple[tuple[str, str, str], ...]


def queue(found: Queue) -> QueuePage:
    """The list."""
    heading = _("살펴볼 사람이 %(count)d쌍 있습니다") % {"count": found.count}
    return QueuePage(
        heading=heading if found.count else _("살펴볼 것이 없습니다"),
        waiting=tuple(map(_line, found.waiting)),
        recognised=tuple(map(_line, found.recognised)),
        after=found.waiting[-1].number if len(found.waiting) < found.count else 0,
    )


def case(found: CaseView) -> CasePage:
    """Both sides."""
    last = found.decisions[-1].outcome if found.decisions else ""
    undecided = last in {"", "reopened"} and not found.one_person
    return CasePage(
        key=found.line.key,
        heading=_("한 사람입니다") if found.one_person else _("한 사람인가요?"),
        reason=str(_REASONS.get(Reason(found.line.reason), "")),
        likelihood=_likelihood(found.probability),
        fields=tuple(_fields(found)),
        people=(found.sides[0].person, found.sides[1].person),
        history=tuple(map(_event, found.decisions)),
        may_decide=undecided,
        may_reopen=last == "apart" and not found.one_person,
        one_person=found.one_person,
    )


def person(found: Whole) -> PersonPage:
    """One person."""
    newest = found.sources[0].demographics
    names = _names(newest)
    return PersonPage(
        patient=found.patient,
        heading=names[0] if names else _("이름 없음"),
        sources=tuple(map(_source, found.sources)),
        history=tuple(map(_event, found.joins)),
        duplicates=tuple((one.authority, one.value, two.value) for one, two in found.duplicates),
    )


def _line(one: CaseLine) -> Line:
    return Line(
        key=one.key,
        number=one.number,
        reason=str(_REASONS.get(Reason(one.reason), "")),
        opened=moment(one.opened),
        likelihood=_("가중치 %(bits).1f비트") % {"bits": one.bits},
    )


def _likelihood(probability: float) -> str:
    return _("한 사람일 확률 %(percent).2f%%") % {"percent": probability * 100}


def _fields(found: CaseView) -> list[Compared]:
    levels: dict[str, Level] = found.judgement.found._asdict() if found.judgement else {}
    one, other = found.sides
    rows: tuple[tuple[str, str, Part], ...] = (
        ("name", _("이름"), _names),
        ("birth", _("생년월일"), _birth),
        ("sex", _("성별"), _sex),
        ("phone", _("전화"), _phones),
        ("place", _("주소"), _places),
    )
    compared = [
        _compared(found, name, label, (_of(one, part), _of(other, part)), levels)
        for name, label, part in rows
    ]
    numbers = _numbered(one), _numbered(other)
    return [*compared, _compared(found, "number", _("주민등록번호"), numbers, levels)]


def _numbered(side: Side) -> tuple[str, ...]:
    return (_("알고 있음 (보이지 않음)"),) if side.numbered else ()


def _compared(
    found: CaseView,
    name: str,
    label: str,
    texts: tuple[tuple[str, ...], tuple[str, ...]],
    levels: dict[str, Level],
) -> Compared:
    state, word = _LEVELS[levels.get(name, Level.SILENT)]
    weight = found.bits.get(name, 0.0)
    told = f"{weight:+.1f}" if weight else ""
    one, other = texts
    return Compared(name=label, one=one, other=other, state=state, word=str(word), bits=told)


def _of(side: Side, part: Part) -> tuple[str, ...]:
    texts = (text for one in side.sources for text in part(one.demographics) if text)
    return tuple(dict.fromkeys(texts))


def _names(told: Demographics) -> tuple[str, ...]:
    return tuple(one.text or " ".join(filter(None, [one.family, *one.given])) for one in told.names)


def _birth(told: Demographics) -> tuple[str, ...]:
    born = told.birth_time or ""
    dashed = f"{born[:4]}-{born[4:6]}-{born[6:8]}" if born[6:8] else born
    twin = (_("쌍둥이 (다태아)"),) if told.multiple_birth else ()
    return (dashed, *twin)


def _sex(told: Demographics) -> tuple[str, ...]:
    return (str(_SEXES[told.gender]),) if told.gender else ()


def _phones(told: Demographics) -> tuple[str, ...]:
    return tuple(one.value.removeprefix("tel:") for one in told.telecoms)


def _places(told: Demographics) -> tuple[str, ...]:
    return tuple(
        " ".join(filter(None, [one.postal_code, one.state, one.city, *one.lines]))
        for one in told.addresses
    )


def _event(one: Decided) -> Event:
    who = _("프로그램") if one.role == Role.SYSTEM else _role(one.role)
    return Event(
        what=str(_OUTCOMES.get(one.outcome, one.outcome)),
        when=moment(one.at),
        who=f"{who} {str(one.person)[:8]}" if one.person else who,
        why=one.why,
        act=one.key,
        stands=one.stands,
    )


def _role(code: str) -> str:
    row = roles.role_table().roles[Role(code)]
    return row.english if get_language() == "en" else row.korean


def _source(one: PatientRecord) -> Source:
    told = one.demographics
    facts = (
        (_("이름"), _names(told)),
        (_("생년월일"), _birth(told)),
        (_("성별"), _sex(told)),
        (_("전화"), _phones(told)),
        (_("주소"), _places(told)),
    )
    return Source(
        identifiers=tuple(f"{held.value} ({held.authority})" for held in one.identifiers),
        facts=tuple((name, values) for name, values in facts if any(values)),
        updated=moment(one.updated) if one.updated else "",
    )
