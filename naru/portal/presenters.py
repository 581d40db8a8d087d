"""Accesses and consents in words: who, what, why, when."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from naru.audit.queries import Crossing
from naru.audit.records import Outcome
from naru.directory import queries as directory
from naru.domain import roles
from naru.domain.caller import PurposeOfUse, Role
from naru.domain.roles import RoleKind
from naru.exchange.prove import Evidence
from naru.exchange.standing import Standing
from naru.portal import kinds
from naru.portal.kinds import Kind
from naru.ui.clock import today
from naru.ui.names import in_language

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


def purpose(crossing: Crossing) -> str:
    """For what somebody asked."""
    return str(_PURPOSES[crossing.purpose])


def state(crossing: Crossing) -> tuple[str, str]:
    """What became of an access, and how its tag looks."""
    if denied(crossing):
        return _("보이지 않음"), "warn"
    if crossing.outcome is not Outcome.SUCCESS:
        return _("처리되지 않음"), "stop"
    words = {
        Kind.OPEN: (_("열람함"), "ok"),
        Kind.FIND: (_("조회함"), "info"),
        Kind.PROVIDE: (_("올림"), "info"),
        Kind.REFER: (_("의뢰·회송"), "info"),
        Kind.BOOK: (_("예약"), ""),
        Kind.BILL: (_("심평원 제출"), ""),
        Kind.REGISTER: (_("등록함"), "info"),
        Kind.WRITE: (_("기록함"), "info"),
        Kind.TELL: (_("환자 정보"), ""),
        Kind.IDENTIFY: (_("환자 확인"), ""),
        Kind.AUDIT: (_("교류 이력"), ""),
        Kind.CONSENT: (_("동의"), ""),
        Kind.RECEIVE: (_("접수"), ""),
        Kind.EMERGENCY: (_("응급 열람"), ""),
        Kind.LOOK_AFTER: (_("상태 조회"), ""),
        Kind.BLOCK: (_("계정 잠금"), "warn"),
        Kind.UNBLOCK: (_("계정 열림"), ""),
        Kind.SHARED: (_("공유"), "ok"),
        Kind.RECEIVED: (_("제출 접수"), ""),
    }
    return words.get(kinds.of(crossing.transaction), (_("그 밖의 일"), ""))


def _named(institution: UUID | None, crossing: Crossing) -> str:
    if institution is None:
        return ""
    known = directory.by_id(institution, on=today(crossing.time))
    return in_language(known.name) if known else ""


def _place(position: int | None) -> str:
    if position is None:
        return _("기록 대기 중")
    return _("원장 %(position)d번째에 확정") % {"position": position}
