"""Who saw what, in words: who and as what, what, when, for what, and why it was allowed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from naru.audit.queries import Crossing
from naru.domain import roles
from naru.exchange import prove
from naru.exchange.audit.crossings import Seen, WhoSaw
from naru.portal import kinds, presenters
from naru.portal.kinds import Kind
from naru.portal.presenters import Proof
from naru.ui.clock import moment
from naru.ui.names import in_language

SHOWN: Final = 30
"""Accesses on one page."""

_CHOICES: Final[Mapping[str, frozenset[Kind]]] = {
    "open": frozenset({Kind.OPEN}),
    "find": frozenset({Kind.FIND, Kind.IDENTIFY}),
    "provide": frozenset({Kind.PROVIDE, Kind.REGISTER, Kind.WRITE}),
    "emergency": frozenset({Kind.EMERGENCY}),
}

_DID: Final[Mapping[Kind, str | Promise]] = {
    Kind.OPEN: gettext_lazy("%(documents)s 열람"),
    Kind.FIND: gettext_lazy("목록에서 %(documents)s 확인"),
    Kind.PROVIDE: gettext_lazy("%(documents)s 올림"),
    Kind.REGISTER: gettext_lazy("%(documents)s 등록"),
    Kind.SHARED: gettext_lazy("공유하신 %(documents)s 열람"),
}
"""What was done with documents; a noun follows none of Korean's particles wrongly."""

_WHY: Final[Mapping[str, str | Promise]] = {
    "the-patient": gettext_lazy("본인의 기록이어서"),
    "own-chart": gettext_lazy("그 기관이 직접 쓰거나 적법하게 받은 기록이어서"),
    "patient-directed": gettext_lazy("본인이 보내라고 한 문서여서"),
    "emergency": gettext_lazy("응급 상황이어서(의료법 제21조의2)"),
    "addressed-to-requester": gettext_lazy("본인이 동의한 의뢰·회송으로 받은 문서여서"),
    "sender-asserts-consent-to-this-sending": gettext_lazy(
        "보내는 데 동의를 받았다고 보낸 기관이 밝혀서"
    ),
    "treatment": gettext_lazy("교류에 동의하셨고 진료를 위한 것이어서"),
    "open-sandbox": gettext_lazy("시험용 노드여서"),
    "representative": gettext_lazy("본인이 지정했거나 법이 정한 대리인이어서"),
    "programme": gettext_lazy("따로 동의하신 연구·사업이어서"),
    "statutory-release": gettext_lazy("법에 따른 요구로 제공된 기록이어서"),
}
"""By the reason of a permission. One that is not here is told in general words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One access."""

    record: str
    institution: str
    who: str
    role: str
    what: str
    why: str
    words: str
    allowed: tuple[str, ...]
    when: str
    state: str
    tag: str
    askable: bool
    asked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Accesses:
    """The page."""

    rows: tuple[Row, ...]
    older: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OneAccess:
    """The page of one access, with what proves it."""

    heading: str
    row: Row
    proof: Proof | None


def accesses(found: WhoSaw) -> Accesses:
    """The page of these accesses; `older` is the record before which the next page begins."""
    return Accesses(rows=tuple(map(row, found.seen)), older=str(found.older or ""))


def one_access(one: Seen) -> OneAccess:
    """The page of one access."""
    shown = row(one)
    return OneAccess(
        heading=_("%(who)s: %(what)s") % {"who": shown.who, "what": shown.what},
        row=shown,
        proof=presenters.proof_of(prove.evidence(one.crossing), one.crossing),
    )


def sought(kind: str) -> Callable[[Crossing], bool] | None:
    """The accesses that a choice of the page's filter means; None for all of them."""
    if kind == "denied":
        return presenters.denied
    wanted = _CHOICES.get(kind)
    return None if wanted is None else lambda one: kinds.of(one.transaction) in wanted


def choices(chosen: str) -> tuple[tuple[str, str, bool], ...]:
    """What the filter offers: value, words, and whether it is chosen."""
    words = (
        ("", _("모든 일")),
        ("open", _("열람")),
        ("find", _("조회")),
        ("provide", _("올림")),
        ("emergency", _("응급")),
        ("denied", _("보이지 않은 것")),
    )
    return tuple((value, word, value == chosen) for value, word in words)


COLUMNS: Final = (
    gettext_lazy("시각"),
    gettext_lazy("누가"),
    gettext_lazy("역할"),
    gettext_lazy("무엇을"),
    gettext_lazy("목적"),
    gettext_lazy("결과"),
    gettext_lazy("보인 까닭"),
    gettext_lazy("감사 기록"),
)


def cells(one: Row) -> tuple[str, ...]:
    """A row of the file."""
    why = f"{one.why} “{one.words}”" if one.words else one.why
    allowed = ", ".join(one.allowed)
    return (one.when, one.who, one.role, one.what, why, one.state, allowed, one.record)


def row(one: Seen) -> Row:
    """One access in words."""
    crossing = one.crossing
    state, tag = presenters.state(crossing)
    return Row(
        record=str(crossing.record),
        institution=str(crossing.institution or ""),
        who=presenters.institution_name(crossing),
        role=_role(one),
        what=_what(one),
        why=presenters.purpose(crossing),
        words=one.purpose,
        allowed=_allowed(one),
        when=moment(crossing.time),
        state=state,
        tag=tag,
        askable=crossing.institution is not None and not one.questioned,
        asked=one.questioned,
    )


def _role(one: Seen) -> str:
    if kinds.of(one.crossing.transaction) is Kind.SHARED:
        return _("공유 화면에 적힌 사람")
    row = roles.role_table().roles[one.crossing.role]
    ours = row.english if get_language() == "en" else row.korean
    return f"{ours} ({one.role})" if one.role and one.role != ours else ours


def _what(one: Seen) -> str:
    crossing, count = one.crossing, len(one.crossing.documents)
    if presenters.denied(crossing):
        return _("보려 했지만 보이지 않았습니다.")
    kind = kinds.of(crossing.transaction)
    if count and kind in _DID:
        return str(_DID[kind]) % {"documents": _documents(one, count)}
    alone = {
        Kind.OPEN: _("기록을 열었습니다."),
        Kind.FIND: _("기록을 찾았지만 본 것은 없습니다."),
        Kind.TELL: _("환자 등록 정보를 알렸습니다."),
        Kind.IDENTIFY: _("어느 환자인지 확인했습니다."),
        Kind.WRITE: _("진료 기록 항목을 적었습니다."),
        Kind.AUDIT: _("누가 기록을 보았는지 조회했습니다."),
        Kind.CONSENT: _("동의를 접수했습니다."),
        Kind.RECEIVE: _("진료를 접수했습니다."),
        Kind.EMERGENCY: _("응급으로 기록을 열거나 닫았습니다."),
        Kind.LOOK_AFTER: _("계정이나 접수의 상태를 보았습니다. 기록은 보지 않았습니다."),
        Kind.SHARED: _("공유하신 링크를 열려고 했습니다."),
        Kind.RECEIVED: _("제출하신 것의 목록과 상태를 보았습니다."),
        Kind.REFER: _("의뢰·회송·전원을 보내거나 받아 처리했습니다."),
        Kind.BOOK: _("진료 예약을 보거나 바꾸었습니다."),
        Kind.BILL: _("의뢰·회송의 심평원 제출과 비용을 다루었습니다."),
        Kind.BLOCK: _("로그인 계정을 잠갔습니다."),
        Kind.UNBLOCK: _("잠겼던 로그인 계정을 열었습니다."),
    }
    return alone.get(kind, _("기록에 관한 요청을 했습니다."))


def _documents(one: Seen, count: int) -> str:
    """The documents by their titles; of several the first, and how many."""
    title = in_language(one.titles[0]) if one.titles else ""
    if not title:
        return _("문서 %(count)d건") % {"count": count}
    if count == 1:
        return _("‘%(title)s’ 문서") % {"title": title}
    return _("‘%(title)s’ 등 문서 %(count)d건") % {"title": title, "count": count}


def _allowed(one: Seen) -> tuple[str, ...]:
    reasons = dict.fromkeys(
        decision.reason.value for decision in one.crossing.decisions if decision.permitted
    )
    general = _("동의와 법에 따른 규칙을 통과해서")
    return tuple(str(_WHY.get(reason, general)) for reason in reasons)
