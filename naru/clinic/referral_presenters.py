"""Referrals in words: the two lists, one of them, and the form that sends."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from naru.clinic.referral_forms import VITALS, Given
from naru.directory import queries as directory
from naru.directory import registers
from naru.domain.clinical import Medication, TestResult, VitalSigns
from naru.domain.departments import DepartmentSystem, canonical, name_of, table
from naru.domain.institution import InstitutionKind
from naru.domain.past_history import day_of
from naru.domain.referral_content import Offered
from naru.domain.referral_papers import LETTER, REPLY
from naru.domain.referrals import Act, ActKind, Kind, Referral, State, allowed
from naru.exchange.consent_issue import full_name
from naru.exchange.sendings import is_held
from naru.patients import queries as patients
from naru.referrals import queries as referrals
from naru.referrals.policy import Phrase, policy
from naru.scheduling import queries as scheduling
from naru.ui.clock import moment
from naru.ui.names import in_language
from naru.ui.parts import Happening

Words = str | Promise
SLOTS: Final = 12
AHEAD: Final = timedelta(days=30)

KINDS: Final[dict[str, Words]] = {
    Kind.REFERRAL: gettext_lazy("의뢰"),
    Kind.RETURN: gettext_lazy("회송"),
    Kind.EMERGENCY_TRANSFER: gettext_lazy("응급 전원"),
    LETTER: gettext_lazy("교류 밖 기관에 보내는 의뢰서"),
    REPLY: gettext_lazy("회신"),
}
STATES: Final[dict[State, tuple[str, Words]]] = {
    State.REQUESTED: ("info", gettext_lazy("보냄")),
    State.RECEIVED: ("info", gettext_lazy("열어 봄")),
    State.ASKED: ("warn", gettext_lazy("물음에 답을 기다림")),
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
}
FIELDS: Final[dict[str, Words]] = {
    "diagnoses": gettext_lazy("진단"),
    "medications": gettext_lazy("약"),
    "test_results": gettext_lazy("검사 결과"),
    "procedures": gettext_lazy("수술·처치"),
    "allergies": gettext_lazy("알러지"),
    "vital_signs": gettext_lazy("활력징후"),
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
class Choice:
    """Something that can be chosen."""

    code: str
    words: Words
    chosen: bool = False
    told: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Things of one kind that can be ticked."""

    id: str
    title: Words
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class One:
    """One referral: its facts, what happened, and what the reader may do now.

    `billed`: the reader's institution sent it, so that it may go to HIRA and be billed. `closed`:
    it was sent to the reader, who opens its paper no more.
    """

    row: Row
    facts: tuple[tuple[Words, str], ...]
    happened: tuple[Happening, ...]
    may: frozenset[str]
    billed: bool
    closed: bool
    question: str
    replies: tuple[str, ...]
    linked: tuple[tuple[Words, UUID], ...]
    """Referrals that it answers or that answer it, as far as they are the reader's to see."""
    declines: tuple[Choice, ...]
    cancels: tuple[Choice, ...]
    questions: tuple[Choice, ...]
    receivers: tuple[Choice, ...]
    departments: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The form that sends, with what was given."""

    kind: str
    title: Words
    patient: str
    given: Given
    wrong: tuple[tuple[str, Words], ...]
    groups: tuple[Group, ...]
    reasons: tuple[Choice, ...]
    opinions: tuple[Choice, ...]
    receivers: tuple[Choice, ...]
    departments: tuple[Choice, ...]
    slots: tuple[Choice, ...]
    asked_for_slots: bool
    vitals: tuple[tuple[str, Words, str], ...]
    consciousness: tuple[Choice, ...]
    treatments: tuple[Choice, ...]
    means: tuple[Choice, ...]
    to: str = ""

    @property
    def errors(self) -> dict[str, Words]:
        """What is wrong, by field."""
        return dict(self.wrong)


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
        when=_minute(one.time),
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
        (_("진료과"), _department(found.department)),
        (_("보낸 때"), _minute(found.time)),
        (_("기한"), _minute(found.until)),
    ]
    appointment = scheduling.of_referral(found.id)
    if appointment is not None:
        told = f"{_minute(appointment.start)} {appointment.practitioner}"
        facts.append((_("예약"), told))
    if found.receiver is None and found.state is State.REQUESTED:
        held = is_held(found.patient, found.time, now)
        told = _("환자의 동의가 끝나 열리지 않습니다") if held else _("아직 열지 않았습니다")
        facts.append((_("편지"), told))
    forwarding = "forwarded" in may
    return One(
        row=_row(found, own, now),
        facts=tuple((name_, value) for name_, value in facts if value),
        happened=tuple(_happening(act, now) for act in reversed(found.acts)),
        may=may,
        billed=found.sender == own and found.kind is not Kind.EMERGENCY_TRANSFER,
        closed=found.is_closed_to(own),
        question=found.question,
        replies=found.replies,
        linked=tuple(_linked(found, own)),
        declines=_choices("decline"),
        cancels=_choices("cancel"),
        questions=_choices("question"),
        receivers=receivers({own, found.sender}, "", now) if forwarding else (),
        departments=departments("") if forwarding else (),
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
        phrase = policy().phrase(listed, act.reason) if act.reason else None
        if phrase is not None and _fits(listed, act.kind):
            told.insert(0, _word(phrase))
    return Happening(
        day=moment(act.time)[:10],
        title=ACTS[act.kind],
        time=moment(act.time)[11:16],
        told="\n".join(filter(None, told)),
        origin=name(act.institution, now) if act.institution else "",
    )


def _fits(listed: str, kind: ActKind) -> bool:
    return (listed, kind) in {("decline", ActKind.DECLINED), ("cancel", ActKind.CANCELLED)}


def form(  # The parts of one page, all named.
    given: Given,
    patient: UUID,
    own: UUID,
    now: datetime,
    *,
    offered: Iterable[Offered],
    wrong: Mapping[str, Words],
    to: UUID | None = None,
) -> Form:
    """The form, with what was given and what is wrong with it."""
    listed = Kind.REFERRAL.value if given.kind == LETTER else given.kind
    reply = given.kind == REPLY
    slots = _slots(given, now)
    return Form(
        kind=given.kind,
        title=KINDS[given.kind],
        patient=full_name(patients.demographics(patient)),
        given=given,
        wrong=tuple(wrong.items()),
        groups=_groups(offered, given),
        reasons=() if reply else _choices(listed, given.reasons),
        opinions=_choices("reply" if reply else "opinion", given.opinions),
        receivers=() if reply else receivers({own}, given.to, now),
        departments=() if reply else departments(given.department),
        slots=slots or (),
        asked_for_slots=slots is not None,
        vitals=tuple((code, word, given.vitals.get(code, "")) for code, word in VITALS.items()),
        consciousness=_choices("consciousness", frozenset({given.consciousness})),
        treatments=_choices("treatment", given.treatments),
        means=_choices("means", frozenset({given.means})),
        to=name(to, now) if to else "",
    )


def name(institution: UUID | None, now: datetime) -> str:
    """What an institution is called."""
    found = None if institution is None else directory.by_id(institution, on=now)
    return in_language(found.name) if found else ""


def receivers(but: set[UUID], chosen: str, now: datetime) -> tuple[Choice, ...]:
    """Who may be sent something: members that take part now, with their telephone."""
    return tuple(
        Choice(code=str(each.id), words=in_language(each.name), chosen=str(each.id) == chosen)
        for each in directory.all_institutions(on=now)
        if each.approved
        and each.id not in but
        and each.kind in {InstitutionKind.HUB, InstitutionKind.MEMBER}
        and registers.profile_of(each.id) is not None
    )


def departments(chosen: str) -> tuple[Choice, ...]:
    """Every department, as documents write it."""
    scheme = table().schemes[DepartmentSystem.HIRA]
    english = get_language() == "en"
    codes = [
        (f"{code}^^{scheme}", one.english if english else one.korean)
        for one in table().departments
        if (code := one.codes.get(DepartmentSystem.HIRA))
    ]
    return tuple(
        Choice(code=code, words=word, chosen=code == canonical(chosen) if chosen else False)
        for code, word in codes
    )


def _slots(given: Given, now: datetime) -> tuple[Choice, ...] | None:
    """The next free times of the receiver's department; None where none was chosen yet."""
    try:
        receiver = UUID(given.to)
    except ValueError:
        return None
    if not given.department:
        return None
    free = scheduling.free(receiver, given.department, now, now + AHEAD)[:SLOTS]
    return tuple(
        Choice(
            code=str(one.slot.name),
            words=_minute(one.slot.start),
            chosen=str(one.slot.name) == given.slot,
            told=one.slot.schedule.practitioner,
        )
        for one in free
    )


def _groups(offered: Iterable[Offered], given: Given) -> tuple[Group, ...]:
    found: dict[str, list[Choice]] = {}
    for each in offered:
        words, told = _thing(each.value)
        choice = Choice(code=each.id, words=words, told=told, chosen=each.id in given.items)
        found.setdefault(each.field, []).append(choice)
    return tuple(
        Group(id=field, title=title, choices=tuple(found[field]))
        for field, title in FIELDS.items()
        if field in found
    )


def _thing(value: object) -> tuple[str, str]:
    """What a thing of the chart is called, and what is said beside it."""
    day = day_of(value).isoformat()
    if isinstance(value, VitalSigns):
        pressure = f"{value.systolic}/{value.diastolic} mmHg" if value.systolic else ""
        pulse = f"{value.heart_rate}" if value.heart_rate else ""
        return " · ".join(filter(None, (pressure, pulse))) or _("활력징후"), day
    more = ""
    if isinstance(value, Medication):
        more = " ".join(filter(None, (value.dose, value.usage)))
    elif isinstance(value, TestResult):
        more = f"{value.result} {value.unit}".strip()
    return str(getattr(value, "name", "")), " · ".join(filter(None, (more, day)))


def _choices(listed: str, chosen: frozenset[str] = frozenset()) -> tuple[Choice, ...]:
    return tuple(
        Choice(code=one.code, words=_word(one), chosen=one.code in chosen)
        for one in policy().reasons[listed]
    )


def _word(phrase: Phrase) -> str:
    return phrase.english if get_language() == "en" else phrase.korean


def _department(department: str) -> str:
    return name_of(department, english=get_language() == "en") if department else ""


def _minute(time: datetime) -> str:
    return moment(time)[:16]
