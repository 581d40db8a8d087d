"""Accesses and consents in words: who, what, why, when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from naru.audit.queries import Crossing
from naru.audit.records import Outcome
from naru.consent.acts import ActKind
from naru.directory import queries as directory
from naru.domain import roles
from naru.domain.caller import PurposeOfUse, Role
from naru.domain.roles import RoleKind
from naru.exchange import consent_choices, prove
from naru.exchange.prove import Evidence
from naru.exchange.standing import Standing
from naru.portal import kinds
from naru.portal.acts import CONSENT
from naru.portal.kinds import Kind
from naru.ui.clock import moment, today
from naru.ui.names import in_language
from naru.ui.transactions import standard

_CHANGES: Final = frozenset({Kind.CONSENT, Kind.PROVIDE, Kind.WRITE})

SHOWN: Final = 12
"""How many accesses the first page shows."""

_PURPOSES: Final = {
    PurposeOfUse.TREATMENT: gettext_lazy("진료"),
    PurposeOfUse.EMERGENCY_TREATMENT: gettext_lazy("응급 진료"),
    PurposeOfUse.PATIENT_REQUEST: gettext_lazy("본인 요청"),
    PurposeOfUse.OPERATIONS: gettext_lazy("운영"),
    PurposeOfUse.PAYMENT: gettext_lazy("진료비"),
    PurposeOfUse.PUBLIC_HEALTH: gettext_lazy("공중보건"),
    PurposeOfUse.RESEARCH: gettext_lazy("연구"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A ledger receipt in words."""

    mac: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The evidence of one access, as far as a reader can compare it."""

    record: str
    chain: str
    hash: str
    previous: str
    intact: bool
    receipts: tuple[Receipt, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One access to a record."""

    who: str
    what: str
    why: str
    when: str
    state: str
    tag: str
    transaction: str
    times: int
    proof: Proof | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """The citizen's first page."""

    heading: str
    state: str
    tag: str
    standing: str
    since: str
    kept_out: int
    visits: tuple[Visit, ...]
    older: str
    """The record before which the next page begins; empty where nothing is older."""


def home(
    name: str,
    crossings: Sequence[Crossing],
    standing: Standing,
    *,
    more: bool = False,
    earlier: bool = False,
) -> Home:
    """The page of one person; `more` says that there are accesses before these, `earlier` after."""
    runs = [list(same) for _key, same in groupby(of_others(crossings), key=_kind)]
    acts: dict[UUID, ActKind] = {act.id: act.kind for act in standing.acts}
    visits = tuple(_visit(same, acts) for same in runs[:SHOWN])
    last = runs[SHOWN - 1][-1] if len(runs) > SHOWN else crossings[-1] if more else None
    return Home(
        heading=_heading(name, shown=bool(visits) or more or earlier),
        state=_("지금 적용됨") if standing.snapshot else _("동의한 적 없음"),
        tag="ok" if standing.consented else "warn" if standing.snapshot else "",
        standing=in_words(standing),
        since=since(standing),
        kept_out=len(consent_choices.each(standing.snapshot.exclusions))
        if standing.snapshot
        else 0,
        visits=visits,
        older=str(last.record) if last else "",
    )


def of_others(crossings: Sequence[Crossing]) -> tuple[Crossing, ...]:
    """Every access but the person's own looks; their acts of consent stay."""
    return tuple(
        one for one in crossings if one.role is not Role.PATIENT or one.transaction == CONSENT
    )


def in_words(standing: Standing) -> str:
    """What the consent says now."""
    snapshot = standing.snapshot
    if snapshot is None:
        return _("아직 동의하지 않으셨습니다. 다른 병원은 기록을 볼 수 없습니다.")
    if not standing.consented:
        return _("꺼짐 · 지금 적용됨. 다른 병원은 기록을 볼 수 없습니다.")
    return _("켜짐 · 지금 적용됨")


def since(standing: Standing) -> str:
    """From which day on records are exchanged."""
    snapshot = standing.snapshot
    if snapshot is None or not standing.consented:
        return ""
    return _("%(day)s부터의 기록이 교류됩니다.") % {"day": snapshot.from_date}


def institution_name(crossing: Crossing) -> str:
    """Who asked, by the name that the directory had on that day."""
    if kinds.of(crossing.transaction) is Kind.SHARED:
        return _("링크를 가진 사람")
    if crossing.role is Role.PATIENT:
        return _("본인")
    if crossing.role is Role.REPRESENTATIVE:
        return _("대리인")
    if crossing.institution is None and roles.kind(crossing.role) is RoleKind.STAFF:
        return _("운영 기관")
    return _named(crossing.institution, crossing) or _("이름을 알 수 없는 곳")


def denied(crossing: Crossing) -> bool:
    """Whether the patient's will kept anything from the one who asked, and nothing was given."""
    return bool(crossing.decisions) and not any(one.permitted for one in crossing.decisions)


def proof_of(evidence: Evidence, crossing: Crossing) -> Proof | None:
    """What stands in the audit chain and on the ledger, to be compared."""
    link = evidence.link
    if link is None:
        return None
    return Proof(
        record=str(crossing.record),
        chain=f"{link.writer} #{link.seq}",
        hash=link.hash.hex(),
        previous=link.previous.hex(),
        intact=link.intact,
        receipts=tuple(
            Receipt(mac=one.mac.hex(), place=_place(one.position)) for one in evidence.receipts
        ),
    )


def _heading(name: str, *, shown: bool) -> str:
    if not shown:
        return _("%(name)s 님의 기록을 본 곳이 없습니다") % {"name": name}
    return _("%(name)s 님의 기록이 오간 내역입니다") % {"name": name}


def _kind(crossing: Crossing) -> tuple[object, ...]:
    """What makes two accesses in a row the same to a reader: each change stands alone."""
    changed = crossing.record if kinds.of(crossing.transaction) in _CHANGES else None
    return crossing.institution, crossing.transaction, crossing.documents, denied(crossing), changed


def _visit(same: Sequence[Crossing], acts: Mapping[UUID, ActKind]) -> Visit:
    crossing = same[0]
    evidence = prove.evidence(crossing)
    word, tag = state(crossing)
    return Visit(
        who=institution_name(crossing),
        what=_what(crossing, evidence, acts),
        why=purpose(crossing),
        when=moment(crossing.time),
        state=word,
        tag=tag,
        transaction=standard(crossing.transaction),
        times=len(same),
        proof=proof_of(evidence, crossing),
    )


def purpose(crossing: Crossing) -> str:
    """For what somebody asked."""
    return str(_PURPOSES[crossing.purpose])


def state(crossing: Crossing) -> tuple[str, str]:
    """What became of an access, and how its tag looks."""
    if denied(crossing):
        return _("보이지 않음"), "warn"
    if crossing.outcome is not Outcome.SUCCESS:
        return _("처리되지 않음"), "stop"
    return {
        Kind.OPEN: (_("열람함"), "ok"),
        Kind.FIND: (_("조회함"), "info"),
        Kind.PROVIDE: (_("올림"), "info"),
        Kind.REGISTER: (_("등록함"), "info"),
        Kind.WRITE: (_("기록함"), "info"),
        Kind.TELL: (_("환자 정보"), ""),
        Kind.IDENTIFY: (_("환자 확인"), ""),
        Kind.AUDIT: (_("열람 내역"), ""),
        Kind.CONSENT: (_("동의"), ""),
        Kind.RECEIVE: (_("접수"), ""),
        Kind.EMERGENCY: (_("응급 열람"), ""),
        Kind.LOOK_AFTER: (_("상태 조회"), ""),
        Kind.BLOCK: (_("계정 잠금"), "warn"),
        Kind.UNBLOCK: (_("계정 열림"), ""),
        Kind.SHARED: (_("공유"), "ok"),
        Kind.RECEIVED: (_("제출 접수"), ""),
        Kind.OTHER: (_("그 밖의 일"), ""),
    }[kinds.of(crossing.transaction)]


def _what(crossing: Crossing, evidence: Evidence, acts: Mapping[UUID, ActKind]) -> str:
    if denied(crossing):
        return _of_denial(crossing)
    if evidence.consent_act is not None:
        return _of_consent(acts.get(evidence.consent_act))
    kind, count = kinds.of(crossing.transaction), len(crossing.documents)
    alone = {
        Kind.TELL: _("환자 등록 정보를 알렸습니다."),
        Kind.IDENTIFY: _("어느 환자인지 확인했습니다."),
        Kind.WRITE: _("진료 기록 항목을 적었습니다."),
        Kind.AUDIT: _("누가 기록을 보았는지 조회했습니다."),
        Kind.CONSENT: _("동의를 접수했습니다."),
        Kind.RECEIVE: _("진료를 접수했습니다."),
        Kind.EMERGENCY: _("응급으로 기록을 열거나 닫았습니다."),
        Kind.OTHER: _("기록에 관한 요청을 했습니다."),
    }
    if kind in alone:
        return alone[kind]
    if not count:
        return _("기록을 조회했습니다. 찾은 것은 없습니다.")
    sentences = {
        Kind.OPEN: _("열람한 문서: %(count)d건"),
        Kind.PROVIDE: _("올린 문서: %(count)d건"),
    }
    found = _("찾은 문서: %(count)d건")
    return sentences.get(kind, found) % {"count": count}


def _of_denial(crossing: Crossing) -> str:
    if kinds.of(crossing.transaction) is Kind.OPEN:
        return _("문서를 열려 했지만 동의 상태에 따라 열리지 않았습니다.")
    return _("기록을 조회했지만 동의 상태에 따라 아무것도 보이지 않았습니다.")


def _of_consent(kind: ActKind | None) -> str:
    match kind:
        case ActKind.GRANT:
            return _("교류 동의를 켰습니다.")
        case ActKind.WITHDRAW:
            return _("교류 동의를 껐습니다.")
        case ActKind.EXCLUDE:
            return _("교류하지 않을 기록을 정했습니다.")
        case ActKind.INCLUDE:
            return _("제외했던 기록을 다시 교류하게 했습니다.")
    return _("동의 상태를 바꾸었습니다.")


def _named(institution: UUID | None, crossing: Crossing) -> str:
    if institution is None:
        return ""
    known = directory.by_id(institution, on=today(crossing.time))
    return in_language(known.name) if known else ""


def _place(position: int | None) -> str:
    if position is None:
        return _("기록 대기 중")
    return _("원장 %(position)d번째에 확정") % {"position": position}
