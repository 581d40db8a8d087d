"""The citizen's first page in words: a sentence about this person today, and what it rests on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from naru.domain.caller import Role
from naru.domain.referrals import Referral
from naru.domain.scheduling import Appointment
from naru.exchange.audit.crossings import Seen
from naru.exchange.charts.home import PatientHome
from naru.exchange.consent import choices as consent_choices
from naru.exchange.notices import Message
from naru.portal import (
    access_presenters,
    consent_presenters,
    journey,
    presenters,
    result_presenters,
)
from naru.portal.journey import Course, ToConfirm
from naru.portal.result_presenters import Result
from naru.ui.appointments import day_name
from naru.ui.clock import clock, today, written

VISITS: Final = 4
RESULTS: Final = 4
TASKS: Final = 5
"""Rows of each card; a link leads to the others."""

_SOON: Final = 30
"""Days before its end from which a consent is shown to end soon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One access, or several of one kind in a row; `record` is the newest."""

    who: str
    role: str
    what: str
    why: str
    when: str
    moment: datetime
    state: str
    tag: str
    record: str
    askable: bool
    asked: bool
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something that needs the person: where it is done, and the notice that told of it."""

    kind: str
    title: str
    text: str
    when: str
    path: str
    word: str
    notice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What stands."""

    title: str
    since: str
    state: str
    tag: str
    on: bool
    kept_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage:
    """The page."""

    heading: str
    day: str
    behalf: str
    acting: bool
    consent: Consent
    visits: tuple[Visit, ...]
    tasks: tuple[Task, ...]
    news: int
    """Unread notices that ask for nothing."""
    results: tuple[Result, ...]
    empty_what: str
    empty_why: str
    family: tuple[tuple[UUID, str], ...]
    courses: tuple[Course, ...]
    to_confirm: tuple[ToConfirm, ...]


_TASKS: Final[Mapping[str, tuple[str | Promise, str, str | Promise]]] = {
    "emergency-access": (
        gettext_lazy("응급 열람"),
        "/portal/accesses?kind=emergency",
        gettext_lazy("누가 보았는지 보기"),
    ),
    "consent-at-desk": (
        gettext_lazy("동의"),
        "/portal/consent/acts",
        gettext_lazy("내가 한 것인지 확인하기"),
    ),
    "first-access": (
        gettext_lazy("처음 본 기관"),
        "/portal/accesses",
        gettext_lazy("왜 보았는지 보기"),
    ),
    "statutory-release": (
        gettext_lazy("법에 따른 제공"),
        "/portal/accesses",
        gettext_lazy("범위 보기"),
    ),
    "mandate-begun": (
        gettext_lazy("대리인"),
        "/portal/representatives",
        gettext_lazy("대리인 확인하기"),
    ),
    "sign-in-new-device": (gettext_lazy("로그인"), "/account", gettext_lazy("내 기기 보기")),
    "security-open": (gettext_lazy("로그인"), "/account", gettext_lazy("내 로그인 보기")),
}
"""The notices that ask for an act: the word of its tag, where it is done, and what that is called.

The others tell of what the person did, or of what is settled.
"""


def page(
    found: PatientHome,
    role: Role,
    referrals: Sequence[Referral] = (),
    appointments: Sequence[Appointment] = (),
    *,
    now: datetime,
) -> HomePage:
    """The page of one person."""
    tasks = _tasks(found)
    to_confirm = journey.to_confirm(appointments, now)
    visits = _visits(found.seen.seen, found.day)
    results = result_presenters.changed(found.gathered, RESULTS)
    what, why = result_presenters.empty(found.gathered, consented=found.consented)
    return HomePage(
        heading=_heading(found, len(tasks) + len(to_confirm), visits),
        day=_("%(day)s 기준") % {"day": day_name(found.day)},
        behalf=consent_presenters.on_behalf(found.name, found.representative),
        acting=role is Role.REPRESENTATIVE,
        consent=_consent(found),
        visits=visits[:VISITS],
        tasks=tasks[:TASKS],
        news=sum(one.kind not in _TASKS for one in found.unread),
        results=results,
        empty_what=what,
        empty_why=why,
        family=tuple(found.family.items()),
        courses=journey.courses(referrals, now),
        to_confirm=to_confirm,
    )


def _heading(found: PatientHome, tasks: int, visits: Sequence[Visit]) -> str:
    name = {"name": found.name}
    if tasks:
        return _("%(name)s 님, 확인하실 일이 %(count)d건 있습니다") % {**name, "count": tasks}
    if not found.consented:
        return _("%(name)s 님, 지금은 다른 병원이 기록을 볼 수 없습니다") % name
    if visits and today(visits[0].moment) == found.day:
        seen = {**name, "who": visits[0].who}
        return _("%(name)s 님, 오늘 기록을 본 곳은 %(who)s입니다") % seen
    return _("%(name)s 님, 오늘은 확인하실 일이 없습니다") % name


def _consent(found: PatientHome) -> Consent:
    snapshot = found.snapshot
    if found.consented:
        title = _("진료정보교류에 동의하셨습니다")
    elif snapshot is not None and snapshot.withdrawn is not None:
        title = _("진료정보교류 동의를 철회하셨습니다")
    else:
        title = _("진료정보교류에 동의하지 않으셨습니다")
    since = snapshot.from_date if snapshot is not None and found.consented else None
    return Consent(
        title=title,
        since=_("%(day)s부터의 기록이 교류됩니다.") % {"day": written(since)}
        if since
        else _("다른 병원은 기록을 볼 수 없습니다."),
        state=_("지금 적용됨") if snapshot else _("동의한 적 없음"),
        tag="ok" if found.consented else "warn" if snapshot else "",
        on=found.consented,
        kept_out=len(consent_choices.each(snapshot.exclusions)) if snapshot else 0,
    )


def _visits(seen: Sequence[Seen], day: date) -> tuple[Visit, ...]:
    runs = [list(same) for _alike, same in groupby(seen, key=_alike)]
    return tuple(_visit(same[0], len(same), day) for same in runs[: VISITS + 1])


def _alike(one: Seen) -> tuple[object, ...]:
    """What makes two accesses in a row the same to a reader."""
    crossing = one.crossing
    denied = presenters.denied(crossing)
    return crossing.institution, crossing.transaction, crossing.documents, denied, one.questioned


def _visit(one: Seen, times: int, day: date) -> Visit:
    row = access_presenters.row(one)
    return Visit(
        who=row.who,
        role=row.role,
        what=row.what,
        why=row.why,
        when=_brief(one.crossing.time, day),
        moment=one.crossing.time,
        state=row.state,
        tag=row.tag,
        record=row.record,
        askable=row.askable,
        asked=row.asked,
        times=times,
    )


def _tasks(found: PatientHome) -> tuple[Task, ...]:
    told = (_task(one, found.day) for one in found.unread if one.kind in _TASKS)
    return (*_ending(found), *told)


def _ending(found: PatientHome) -> tuple[Task, ...]:
    """That the consent is over soon."""
    until = found.snapshot.until if found.snapshot is not None and found.consented else None
    if until is None or (until - found.day).days > _SOON:
        return ()
    return (
        Task(
            kind=_("동의"),
            title=_("동의가 곧 끝납니다"),
            text=_("%(day)s 다음 날부터 다른 병원은 기록을 볼 수 없습니다.")
            % {"day": written(until)},
            when="",
            path="/portal/consent",
            word=_("동의 보기"),
        ),
    )


def _task(message: Message, day: date) -> Task:
    kind, path, word = _TASKS[message.kind]
    return Task(
        kind=str(kind),
        title=message.title,
        text=message.text,
        when=_brief(message.at, day),
        path=path,
        word=str(word),
        notice=str(message.notice),
    )


def _brief(time: datetime, on: date) -> str:
    """Today's time, else the day."""
    day = today(time)
    if day == on:
        return _("오늘 %(time)s") % {"time": clock(time)[:5]}
    return written(day)
