"""진료의뢰 진행: a person's referrals as steps, and the appointments that wait for them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from naru.directory import queries as directory
from naru.domain.korea import korean_day
from naru.domain.referral_states import State
from naru.domain.referrals import Act, ActKind, Referral
from naru.domain.scheduling import OPEN, Appointment
from naru.ui import appointments as in_words
from naru.ui.clock import written
from naru.ui.korean import as_means
from naru.ui.names import in_language
from naru.ui.parts import Step, StepState

SHOWN: Final = 2
"""Referrals that the first page shows, the newest."""

_DID: Final = {
    ActKind.RECEIVED: gettext_lazy("%(who)s에서 의뢰를 받았습니다"),
    ActKind.ASKED: gettext_lazy("%(who)s에서 더 물었습니다"),
    ActKind.ANSWERED: gettext_lazy("%(who)s에서 답했습니다"),
    ActKind.ACCEPTED: gettext_lazy("%(who)s에서 진료하기로 했습니다"),
    ActKind.DECLINED: gettext_lazy("%(who)s에서 진료할 수 없다고 했습니다"),
    ActKind.FORWARDED: gettext_lazy("%(who)s에서 다른 병원으로 넘겼습니다"),
    ActKind.BOOKED: gettext_lazy("예약을 잡았습니다"),
    ActKind.CANCELLED: gettext_lazy("의뢰를 취소했습니다"),
    ActKind.ARRIVED: gettext_lazy("%(who)s에 도착하셨습니다"),
    ActKind.NO_SHOW: gettext_lazy("예약한 때에 오지 않으셨습니다"),
    ActKind.REPLIED: gettext_lazy("%(who)s에서 결과를 보냈습니다"),
    ActKind.RETURNED: gettext_lazy("%(who)s에서 회송했습니다"),
    ActKind.EXPIRED: gettext_lazy("기한이 지났습니다"),
    ActKind.OPENED: gettext_lazy("받은 병원에서 의뢰서를 열었습니다"),
    ActKind.HELD: gettext_lazy("동의가 끝나 의뢰서가 열리지 않습니다"),
    ActKind.CALLED_BACK: gettext_lazy("의뢰서를 거두셨습니다"),
}
_NEXT: Final = {
    State.REQUESTED: gettext_lazy("받는 병원의 확인을 기다립니다"),
    State.FORWARDED: gettext_lazy("받는 병원의 확인을 기다립니다"),
    State.RECEIVED: gettext_lazy("받는 병원의 답을 기다립니다"),
    State.ASKED: gettext_lazy("보낸 병원의 답을 기다립니다"),
    State.ACCEPTED: gettext_lazy("진료를 기다립니다"),
    State.IN_PROGRESS: gettext_lazy("진료를 받고 계십니다"),
}
_STOPPED: Final = frozenset(
    {State.REJECTED, State.CANCELLED, State.EXPIRED, State.NO_SHOW, State.HELD}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One referral: from where to where, and its steps."""

    title: str
    number: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToConfirm:
    """An appointment of which the person has not said that they come."""

    id: UUID
    title: str
    when: str


def courses(found: Sequence[Referral], now: datetime) -> tuple[Course, ...]:
    """The newest referrals as steps."""
    return tuple(course(one, now) for one in found[:SHOWN])


def to_confirm(found: Iterable[Appointment], now: datetime) -> tuple[ToConfirm, ...]:
    """What is to come and was not confirmed, the next first."""
    waiting = [one for one in found if one.status in OPEN and not one.confirmed and one.start > now]
    return tuple(
        ToConfirm(
            id=one.id,
            title=f"{_name(one.institution, now)} {in_words.department(one.department)}",
            when=in_words.at(one.start),
        )
        for one in sorted(waiting, key=lambda each: each.start)
    )


def course(referral: Referral, now: datetime) -> Course:
    """One referral as steps."""
    sender = _name(referral.sender, now)
    receiver = _name(referral.receiver, now) or referral.sent.outside or _("다른 병원")
    sent = Step(
        _("%(who)s에서 의뢰서를 보냈습니다") % {"who": sender}, StepState.DONE, _day(referral.time)
    )
    done = [_done(act, now) for act in referral.acts if act.kind in _DID]
    stopped = referral.state in _STOPPED or referral.is_over(now)
    if stopped and done:
        last = done.pop()
        done.append(Step(last.name, StepState.STOPPED, last.when))
    return Course(
        title=_("%(sender)s에서 %(receiver)s") % {"sender": sender, "receiver": as_means(receiver)},
        number=referral.number,
        steps=(sent, *done, *(() if stopped else _ahead(referral, sender))),
    )


def _ahead(referral: Referral, sender: str) -> tuple[Step, ...]:
    told = _NEXT.get(referral.state)
    if told is None:
        return ()
    after = _("진료 뒤 %(who)s에 결과를 보냅니다") % {"who": sender}
    return (Step(told, StepState.NOW), Step(after, StepState.LATER))


def _done(act: Act, now: datetime) -> Step:
    who = {"who": _name(act.institution, now)}
    return Step(str(_DID[act.kind]) % who, StepState.DONE, _day(act.time))


def _day(time: datetime) -> str:
    return written(korean_day(time))


def _name(institution: UUID | None, now: datetime) -> str:
    if institution is None:
        return ""
    known = directory.by_id(institution, on=korean_day(now))
    return in_language(known.name) if known else _("이름을 알 수 없는 곳")
