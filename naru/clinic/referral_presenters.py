"""Referrals in words: the two lists, and one of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from naru.clinic.referral_words import (
    KINDS,
    Choice,
    Words,
    choices,
    department,
    minute,
    name,
    phrase,
)
from naru.domain.referral_rules import allowed
from naru.domain.referral_states import State
from naru.domain.referrals import Act, ActKind, Kind, Referral
from naru.exchange.consent.issue import full_name
from naru.exchange.sendings.ends import is_held
from naru.patients import queries as patients
from naru.referrals import queries as referrals
from naru.referrals.policy import policy
from naru.scheduling import queries as scheduling
from naru.ui.clock import moment
from naru.ui.parts import Happening

STATES: Final[dict[State, tuple[str, Words]]] = {
    State.REQUESTED: ("info", gettext_lazy("보냄")),
    State.HELD: ("stop", gettext_lazy("열리지 않음")),
    State.RECEIVED: ("info", gettext_lazy("열어 봄")),
    State.ASKED: ("warn", gettext_lazy("문의에 답을 기다림")),
    State.FORWARDED: ("info", gettext_lazy("다른 기관에 전달됨")),
    State.ACCEPTED: ("ok", gettext_lazy("받아들임")),
    State.IN_PROGRESS: ("ok", gettext_lazy("진료 중")),
    State.COMPLETED: ("ok", gettext_lazy("마침")),
    State.REJECTED: ("stop", gettext_lazy("받지 않음")),
    State.CANCELLED: ("stop", gettext_lazy("취소됨")),
    State.EXPIRED: ("stop", gettext_lazy("기한이 지남")),
    State.NO_SHOW: ("warn", gettext_lazy("오지 않음")),
}
ACTS: Final[dict[ActKind, Words]] = {
    ActKind.SENT: gettext_lazy("보냈습니다"),
    ActKind.RECEIVED: gettext_lazy("열어 보았습니다"),
    ActKind.ASKED: gettext_lazy("물었습니다"),
    ActKind.ANSWERED: gettext_lazy("답했습니다"),
    ActKind.ACCEPTED: gettext_lazy("받아들였습니다"),
    ActKind.DECLINED: gettext_lazy("받지 않았습니다"),
    ActKind.FORWARDED: gettext_lazy("다른 기관에 전달했습니다"),
    ActKind.BOOKED: gettext_lazy("예약했습니다"),
    ActKind.CANCELLED: gettext_lazy("취소했습니다"),
    ActKind.ARRIVED: gettext_lazy("환자가 왔습니다"),
    ActKind.NO_SHOW: gettext_lazy("환자가 오지 않았습니다"),
    ActKind.REPLIED: gettext_lazy("회신했습니다"),
    ActKind.RETURNED: gettext_lazy("회송했습니다"),
    ActKind.EXPIRED: gettext_lazy("기한이 지났습니다"),
    ActKind.OPENED: gettext_lazy("코드로 열었습니다"),
    ActKind.HELD: gettext_lazy("환자의 동의가 끝나 편지가 열리지 않습니다"),
    ActKind.CALLED_BACK: gettext_lazy("환자가 의뢰서를 거두었습니다"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of a list."""

    id: UUID
    number: str
    kind: Words
    patient: str
    other: str
    when: str
    state: str
    state_word: Words
    urgent: bool
    asked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class One:
    """One referral: its facts, what happened, and what the reader may do now.

    `billed`: the reader's institution sent it, so that it may go to HIRA and be billed. `closed`:
    it was sent to the reader, who opens its paper no more, `called_back` by the patient.
    `books`: it is the reader's to book for.
    """

    row: Row
    facts: tuple[tuple[Words, str], ...]
    happened: tuple[Happening, ...]
    may: frozenset[str]
    billed: bool
    books: bool
    closed: bool
    called_back: bool
    question: str
    replies: tuple[str, ...]
    linked: tuple[tuple[Words, UUID], ...]
    """Referrals that it answers or that answer it, as far as they are the reader's to see."""
    declines: tuple[Choice, ...]
    cancels: tuple[Choice, ...]
    questions: tuple[Choice, ...]


def rows(found: Iterable[Referral], own: UUID, now: datetime) -> tuple[Row, ...]:
    """The lines of a list, as the institution sees them."""
    return tuple(_row(one, own, now) for one in found)


def _row(one: Referral, own: UUID, now: datetime) -> Row:
    other = one.receiver if one.sender == own else one.sender
    state = State.EXPIRED if one.is_over(now) else one.state
    look, word = STATES[state]
    if one.receiver == own and state in {State.REQUESTED, State.FORWARDED}:
        word = _("새로 옴")
    return Row(
        id=one.id,
        number=one.number,
        kind=KINDS[one.kind],
        patient=full_name(patients.demographics(one.patient)),
        other=name(other, now) if other else one.sent.outside,
        when=minute(one.time),
        state=look,
        state_word=word,
        urgent=one.kind is Kind.EMERGENCY_TRANSFER and state in {State.REQUESTED, State.RECEIVED},
        asked=state is State.ASKED,
    )


def one(found: Referral, own: UUID, now: datetime) -> One:
    """One referral in words."""
    may = frozenset(kind.value for kind in allowed(found, own, now))
    facts: list[tuple[Words, str]] = [
        (_("보낸 곳"), name(found.sender, now)),
        (_("받는 곳"), name(found.receiver, now) if found.receiver else found.sent.outside),
        (_("진료과"), department(found.department)),
        (_("보낸 때"), minute(found.time)),
        (_("기한"), minute(found.until)),
    ]
    appointment = scheduling.of_referral(found.id)
    if appointment is not None:
        told = f"{minute(appointment.start)} {appointment.practitioner}"
        facts.append((_("예약"), told))
    if found.receiver is None and found.state in {State.REQUESTED, State.HELD}:
        held = is_held(found.patient, found.time, now)
        told = _("환자의 동의가 끝나 열리지 않습니다") if held else _("아직 열지 않았습니다")
        facts.append((_("편지"), told))
    return One(
        row=_row(found, own, now),
        facts=tuple((name_, value) for name_, value in facts if value),
        happened=tuple(_happening(act, now) for act in reversed(found.acts)),
        may=may,
        billed=found.sender == own and found.kind is not Kind.EMERGENCY_TRANSFER,
        books=found.receiver == own and "booked" in may,
        closed=found.is_closed_to(own),
        called_back=found.called_back,
        question=found.question,
        replies=found.replies,
        linked=tuple(_linked(found, own)),
        declines=choices("decline"),
        cancels=choices("cancel"),
        questions=choices("question"),
    )


def _linked(found: Referral, own: UUID) -> Iterator[tuple[Words, UUID]]:
    others = [(_("이 회송이 답하는 의뢰"), found.about)]
    others += [(_("이 의뢰에 답한 회송"), each) for each in found.returns]
    for word, id_ in others:
        other = None if id_ is None else referrals.one(id_)
        if other is not None and own in {other.sender, other.receiver, *other.passed_through}:
            yield f"{word} {other.number}", other.id


def _happening(act: Act, now: datetime) -> Happening:
    told = [act.words]
    for listed in ("decline", "cancel"):
        found = policy().phrase(listed, act.reason) if act.reason else None
        if found is not None and _fits(listed, act.kind):
            told.insert(0, phrase(found))
    return Happening(
        day=moment(act.time)[:10],
        title=ACTS[act.kind],
        time=moment(act.time)[11:16],
        told="\n".join(filter(None, told)),
        origin=name(act.institution, now) if act.institution else "",
    )


def _fits(listed: str, kind: ActKind) -> bool:
    return (listed, kind) in {("decline", ActKind.DECLINED), ("cancel", ActKind.CANCELLED)}
