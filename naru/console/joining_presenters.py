"""Cases in words: what is awaited, of whom, since when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from naru.directory.cases import awaits
from naru.directory.joining import ENTERED_BY
from naru.domain import roles
from naru.domain.caller import Caller
from naru.domain.institution import Stop, Stopped
from naru.domain.joining import Act, Case, Entry, Field, Kind, Party, Proof, State, Step
from naru.exchange.institutions import joining, joining_papers
from naru.exchange.institutions.registers import Spokes
from naru.ui.clock import moment
from naru.ui.parts import Field as FormField
from naru.ui.parts import Option

IDENTIFIED: Final = "로그인과 본인확인"
"""How a director who signs at the page was identified."""

_KINDS: Final = {
    Kind.JOIN: _("참여"),
    Kind.CHANGE: _("변경"),
    Kind.TERMINATION: _("해지"),
}
_STATES: Final = {
    State.OPEN: ("", _("진행 중")),
    State.DONE: ("ok", _("마침")),
    State.REFUSED: ("stop", _("거절됨")),
    State.WITHDRAWN: ("", _("취하됨")),
}
_PARTIES: Final = {
    Party.HUB: _("거점의료기관"),
    Party.SPOKE: _("신청 기관"),
    Party.OPERATOR: _("운영기관"),
}
_ACTS: Final = {
    Act.DONE: _("기록"),
    Act.SIGNED: _("서명"),
    Act.RETURNED: _("되돌림"),
    Act.REFUSED: _("거절"),
    Act.WITHDRAWN: _("취하"),
}
_REASON: Final = _("까닭")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A case in a list."""

    id: UUID
    name: str
    kind: str | Promise
    step: str
    state: str | Promise
    tag: str
    whose: str
    moved: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """The reader's cases: those that await the reader, and the others."""

    heading: str | Promise
    mine: tuple[Row, ...]
    others: tuple[Row, ...]
    recruits: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A field of the awaited step."""

    id: str
    label: str
    required: bool
    agreed: bool
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One line of what was done."""

    step: str
    act: str | Promise
    party: str | Promise
    entered: str | Promise
    when: str
    facts: tuple[tuple[str | Promise, str | Promise], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A step on the way: done, now, or to come."""

    name: str
    tag: str
    word: str | Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A paper to download."""

    id: UUID
    name: str
    whose: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One case."""

    id: UUID
    heading: str
    state: str | Promise
    tag: str
    whose: str
    step: str
    step_name: str
    fields: tuple[Asked, ...]
    can: bool
    signs: bool
    returns: bool
    closes: bool
    certifies: bool
    stages: tuple[Stage, ...]
    done: tuple[Done, ...]
    sheets: tuple[Sheet, ...]
    version: str


def inbox(caller: Caller, cases: Iterable[Case]) -> Inbox:
    """Every case of the reader's, as rows."""
    mine: list[Row] = []
    others: list[Row] = []
    for one in cases:
        (mine if joining.awaited_of(caller, one) else others).append(_row(one))
    heading = _("처리할 일이 있습니다") if mine else _("지금 처리할 일이 없습니다")
    return Inbox(
        heading=heading,
        mine=tuple(mine),
        others=tuple(others),
        recruits=roles.may(caller.role, "review-joining"),
    )


def case(caller: Caller, found: Case) -> Page:
    """One case as the reader may see and move it."""
    tag, state = _STATES[found.state]
    step = found.procedure.step(found.step) if found.step else None
    mine = step is not None and joining.awaited_of(caller, found)
    signs = step is not None and step.signed
    called = joining_papers.names(found)
    return Page(
        id=found.id,
        heading=f"{called[Party.SPOKE]} · {_KINDS[found.procedure.kind]}",
        state=state,
        tag=tag,
        whose=_whose(found),
        step=found.step,
        step_name=_name(step) if step else "",
        fields=_asked(caller, found, step) if step else (),
        can=mine and _may(caller, found, step),
        signs=signs,
        returns=mine and bool(step and step.returns_to),
        closes=found.state is State.OPEN
        and found.procedure.kind is not Kind.TERMINATION
        and _may(caller, found, None),
        certifies=step is not None
        and Proof.TEST_CERTIFICATE in step.needs
        and joining.party_of(caller, found) is not Party.HUB,
        stages=tuple(_stage(found, one) for one in found.procedure.steps),
        done=tuple(_done(found, one) for one in reversed(found.entries)),
        sheets=tuple(
            Sheet(
                id=one.id,
                name=one.kind,
                whose=called[Party.SPOKE]
                if one.holder == found.institution
                else called[Party.HUB if one.holder else Party.OPERATOR],
                sha256=one.sha256,
            )
            for one in found.sheets
        ),
        version=found.procedure.version,
    )


_STOPS: Final = {
    Stop.KEY_LOST: _("열쇠를 잃어버렸거나 도난당했습니다"),
    Stop.NETWORK_UNSAFE: _("기관의 전산망이 안전하지 않습니다"),
    Stop.RECORDS_FAULTY: _("잘못된 기록을 보내고 있습니다"),
    Stop.AGREEMENT_ENDED: _("협약이 끝났습니다"),
    Stop.DRILL: _("훈련입니다"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoke:
    """A member of a hub, in a line."""

    name: str
    oid: str
    code: str
    state: str | Promise
    tag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """A hub with its members; `stopped` says since when and why it is off."""

    id: UUID
    name: str
    approved: bool
    members: tuple[Spoke, ...]
    stopped: str
    why: FormField
    """The field in which whoever switches it off says why."""


def spokes(found: Iterable[Spokes], wrong: UUID | None = None) -> tuple[Hub, ...]:
    """Each hub with its members; at the `wrong` one nobody said why it is to be off."""
    return tuple(
        Hub(
            id=each.hub.id,
            name=each.hub.name,
            approved=each.hub.approved,
            stopped=_stopped(each.stopped),
            why=FormField(
                name=f"reason-{each.hub.id}",
                label=_("멈추는 까닭"),
                error=_("까닭을 골라 주십시오. 감사 기록과 함께 남습니다.")
                if each.hub.id == wrong
                else "",
                kind="select",
                options=(Option("", _("고르십시오")), *(Option(*one) for one in _STOPS.items())),
                required=True,
            ),
            members=tuple(
                Spoke(
                    name=one.name,
                    oid=one.oid or "",
                    code=one.code or "",
                    state=_("참여 중") if one.approved else _("참여하지 않음"),
                    tag="ok" if one.approved else "",
                )
                for one in each.members
            ),
        )
        for each in found
    )


def _stopped(stopped: Stopped | None) -> str:
    if stopped is None:
        return ""
    since, why = moment(stopped.since), _STOPS.get(stopped.reason) if stopped.reason else ""
    return f"{since} · {why}" if why else since


def _may(caller: Caller, found: Case, step: Step | None) -> bool:
    party = joining.party_of(caller, found)
    if step is not None and step.signed:
        return roles.may(caller.role, "sign-agreement")
    return roles.may(caller.role, "apply-to-join" if party is Party.SPOKE else "review-joining")


def _row(found: Case) -> Row:
    tag, state = _STATES[found.state]
    step = found.procedure.step(found.step) if found.step else None
    return Row(
        id=found.id,
        name=joining_papers.names(found)[Party.SPOKE],
        kind=_KINDS[found.procedure.kind],
        step=_name(step) if step else "",
        state=state,
        tag=tag,
        whose=_whose(found),
        moved=moment(found.moved),
    )


def _whose(found: Case) -> str:
    called = joining_papers.names(found)
    return " · ".join(dict.fromkeys(called[one] for one in awaits(found)))


def _name(step: Step) -> str:
    return step.korean if _korean() else step.english


def _korean() -> bool:
    return (get_language() or "ko").startswith("ko")


def _label(field: Field) -> str:
    return field.korean if _korean() else field.english


def _asked(caller: Caller, found: Case, step: Step) -> tuple[Asked, ...]:
    given = found.content(step.id)
    known = {"name"} if caller.person is not None else set()
    hidden = {"identified", *known} if step.signed else set()
    return tuple(
        Asked(
            id=one.id,
            label=_label(one),
            required=one.required,
            agreed=one.agreed,
            value=given.get(one.id, ""),
        )
        for one in step.fields
        if one.id not in hidden
    )


def _stage(found: Case, step: Step) -> Stage:
    ids = [one.id for one in found.procedure.steps]
    if found.step == step.id:
        return Stage(name=_name(step), tag="info", word=_("지금"))
    here = ids.index(found.step) if found.step else len(ids)
    if ids.index(step.id) < here and (found.state in {State.OPEN, State.DONE}):
        return Stage(name=_name(step), tag="ok", word=_("마침"))
    return Stage(name=_name(step), tag="", word=_("아직"))


def _done(found: Case, entry: Entry) -> Done:
    step = found.procedure.step(entry.step)
    labels: Mapping[str, str | Promise] = {
        "reason": _REASON,
        **{one.id: _label(one) for one in step.fields},
    }
    entered = entry.content.get(ENTERED_BY, "")
    return Done(
        step=_name(step),
        act=_ACTS[entry.act],
        party=_PARTIES[entry.party],
        entered=_("운영기관이 받아 적음") if entered else "",
        when=moment(entry.time),
        facts=tuple(
            (labels[name], _("예") if value == "yes" else value)
            for name, value in entry.content.items()
            if value and name in labels
        ),
    )
