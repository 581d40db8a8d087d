"""의뢰 in words: what was sent of a person, and what it is to call one back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from naru.consent import queries as consent
from naru.domain.referral_rules import may
from naru.domain.referral_states import UNANSWERED, State
from naru.domain.referrals import ActKind, Referral
from naru.patients import queries as patients
from naru.portal import journey
from naru.ui.parts import Step

_STATES: Final[dict[State, tuple[str, str | Promise]]] = {
    State.REQUESTED: ("info", gettext_lazy("보냄")),
    State.HELD: ("stop", gettext_lazy("열리지 않음")),
    State.RECEIVED: ("info", gettext_lazy("받은 병원이 봄")),
    State.ASKED: ("info", gettext_lazy("병원끼리 묻는 중")),
    State.FORWARDED: ("info", gettext_lazy("다른 병원으로 넘김")),
    State.ACCEPTED: ("ok", gettext_lazy("진료하기로 함")),
    State.IN_PROGRESS: ("ok", gettext_lazy("진료 중")),
    State.COMPLETED: ("ok", gettext_lazy("마침")),
    State.REJECTED: ("stop", gettext_lazy("진료하지 않음")),
    State.CANCELLED: ("stop", gettext_lazy("취소됨")),
    State.EXPIRED: ("stop", gettext_lazy("기한이 지남")),
    State.NO_SHOW: ("warn", gettext_lazy("오지 않음")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """One of them. `consequences` of calling it back, where that can be done; else none."""

    id: UUID
    title: str
    number: str
    tag: str
    state: str | Promise
    steps: tuple[Step, ...]
    consequences: tuple[str, ...]


def sendings(found: Iterable[Referral], now: datetime) -> tuple[Sending, ...]:
    """Each with its steps, the newest first."""
    return tuple(_sending(one, now) for one in found)


def _sending(one: Referral, now: datetime) -> Sending:
    course = journey.course(one, now)
    back = ("stop", gettext_lazy("거둠"))
    tag, state = back if one.called_back else _STATES[one.state]
    can = may(one, ActKind.CALLED_BACK, None, now)
    return Sending(
        id=one.id,
        title=course.title,
        number=one.number,
        tag=tag,
        state=state,
        steps=course.steps,
        consequences=_consequences(one) if can else (),
    )


def _consequences(one: Referral) -> tuple[str, ...]:
    ends = one.state in UNANSWERED | {State.ACCEPTED}
    if _was_read(one):
        told = [_("이미 본 내용은 그 병원에 남고, 누가 언제 보았는지도 그대로 보입니다.")]
        told.append(_("거두면 의뢰서를 다시 열 수 없습니다."))
    else:
        told = [_("거두면 받는 곳에서 의뢰서를 열 수 없습니다.")]
    if ends:
        told.append(_("이 의뢰와 함께 잡은 예약도 취소됩니다."))
    else:
        told.append(_("이미 시작한 진료와 예약은 그대로입니다."))
    if one.receiver is not None:
        told.append(_("이 의뢰서는 다른 병원과의 교류에서도 빠지고, 보낸 곳과 받는 곳에 알립니다."))
    return tuple(told)


def _was_read(one: Referral) -> bool:
    if one.receiver is None:
        return one.state is State.COMPLETED
    whose = patients.identity_set(one.patient)
    return consent.has_received(whose, one.document, one.receiver)
