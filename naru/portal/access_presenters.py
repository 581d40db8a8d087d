"""Who saw what, in words: who and as what, what, when, for what, and why it was allowed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from naru.domain import roles
from naru.exchange.crossings import Seen, WhoSaw
from naru.portal import kinds, presenters
from naru.portal.kinds import Kind
from naru.ui.clock import moment

SHOWN: Final = 30
"""Accesses on one page."""

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


def accesses(found: WhoSaw) -> Accesses:
    """The page of these accesses; `older` is the record before which the next page begins."""
    return Accesses(rows=tuple(map(_row, found.seen)), older=str(found.older or ""))


def _row(one: Seen) -> Row:
    crossing = one.crossing
    state, tag = presenters.state(crossing)
    return Row(
        record=str(crossing.record),
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
    sentences = {
        Kind.OPEN: _("문서 %(count)d건을 열었습니다."),
        Kind.FIND: _("문서 목록에서 %(count)d건을 보았습니다."),
        Kind.PROVIDE: _("문서 %(count)d건을 올렸습니다."),
        Kind.REGISTER: _("문서 %(count)d건을 등록했습니다."),
        Kind.SHARED: _("공유하신 문서 %(count)d건을 열었습니다."),
    }
    kind = kinds.of(crossing.transaction)
    if count and kind in sentences:
        return sentences[kind] % {"count": count}
    alone = {
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
        Kind.BLOCK: _("로그인 계정을 잠갔습니다."),
        Kind.UNBLOCK: _("잠겼던 로그인 계정을 열었습니다."),
    }
    return alone.get(kind, _("기록에 관한 요청을 했습니다."))


def _allowed(one: Seen) -> tuple[str, ...]:
    reasons = dict.fromkeys(
        decision.reason.value for decision in one.crossing.decisions if decision.permitted
    )
    general = _("동의와 법에 따른 규칙을 통과해서")
    return tuple(str(_WHY.get(reason, general)) for reason in reasons)
