"""What stands of a referral for HIRA, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from naru.domain import billing
from naru.domain.caller import Role
from naru.domain.referrals import AskedBy, Kind
from naru.hira.proof import Verified
from naru.hira.queries import (
    CLINICIAN_CONSENT,
    INSURANCE,
    PATIENT_CONSENT,
    Handover,
    HandoverState,
)
from naru.hira.services import SPEAKS_FOR_CLINICIANS, File, MonthLine
from naru.ui.clock import moment
from naru.ui.clock import month as written_month

_KINDS: Final = {
    Kind.REFERRAL: gettext_lazy("진료의뢰"),
    Kind.RETURN: gettext_lazy("진료회송"),
    Kind.EMERGENCY_TRANSFER: gettext_lazy("응급전원"),
}
_ASKED: Final = {
    AskedBy.PATIENT: gettext_lazy("환자가 요청함"),
    AskedBy.CLINICIAN: gettext_lazy("의료인이 판단함"),
}
_STATES: Final = {
    HandoverState.WAITING: ("info", gettext_lazy("제출을 기다림")),
    HandoverState.HANDED_OVER: ("info", gettext_lazy("제출됨 · 확인 필요")),
    HandoverState.CONFIRMED: ("ok", gettext_lazy("병원이 확인함")),
    HandoverState.FAILED: ("stop", gettext_lazy("제출하지 못함")),
}
_REASONS: Final = {
    "unreachable": gettext_lazy("중계시스템이 응답하지 않습니다."),
    "consent-withdrawn": gettext_lazy("그사이 동의가 철회되었습니다."),
    "unknown-institution": gettext_lazy("중계시스템이 이 기관을 모릅니다."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A condition of the fee: whether it holds, and what to do where it does not."""

    code: str
    asks: str
    holds: bool
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How far the hand-over has come."""

    state: str
    look: str
    word: str
    receipt: str
    reason: str
    changed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The whole page."""

    referral: UUID
    number: str
    kind: str
    asked_by: str
    conditions: tuple[Asked, ...]
    billable: bool
    version: str
    patient_consents: bool
    clinician_consents: bool
    may_consent: bool
    insurance: str
    insurances: tuple[tuple[str, str], ...]
    connected: bool
    way: Way | None
    proved: str
    is_paper: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A month's list."""

    name: str
    before: str
    after: str
    lines: tuple[tuple[UUID, str, Way | None, str], ...]


def page(found: File, role: Role) -> Page:
    """What stands, in words."""
    language = _language()
    missing = {one.code for one in found.judgement.missing}
    said = found.said
    return Page(
        referral=found.referral.id,
        number=found.referral.number,
        kind=str(_KINDS[found.referral.kind]),
        asked_by=str(_ASKED[found.referral.asked_by]),
        conditions=tuple(
            Asked(
                code=one.code,
                asks=one.asks[language],
                holds=one.code not in missing,
                remedy=one.remedy[language],
            )
            for one in found.judgement.asked
        ),
        billable=found.judgement.billable,
        version=found.judgement.version,
        patient_consents=PATIENT_CONSENT in said and said[PATIENT_CONSENT].value == "yes",
        clinician_consents=CLINICIAN_CONSENT in said and said[CLINICIAN_CONSENT].value == "yes",
        may_consent=role in SPEAKS_FOR_CLINICIANS,
        insurance=said[INSURANCE].value if INSURANCE in said else "",
        insurances=tuple(
            (code, words[language]) for code, words in billing.rules().insurances.items()
        ),
        connected=found.connected,
        way=None if found.handover is None else _way(found.handover),
        proved=f"{found.claim.day}" if found.claim else "",
        is_paper="paper" not in missing,
    )


def month(first: date, lines: Sequence[MonthLine]) -> Month:
    """A month's list in words."""
    return Month(
        name=written_month(first),
        before=f"{first - timedelta(days=1):%Y-%m}",
        after=f"{next_month(first):%Y-%m}",
        lines=tuple(
            (
                one.referral,
                one.number,
                None if one.handover is None else _way(one.handover),
                f"{one.claim.day}" if one.claim else "",
            )
            for one in lines
        ),
    )


def next_month(first: date) -> date:
    """The first day of the month after."""
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1)


def verified(found: Verified) -> tuple[tuple[str, str], ...]:
    """What a genuine proof says."""
    said = found.statement
    place = _("아직 기록을 기다림") if found.position is None else str(found.position)
    return (
        (_("의뢰번호"), said.referral),
        (_("종류"), str(_KINDS[Kind(said.kind)])),
        (_("보낸 기관"), said.sender),
        (_("문서"), said.document),
        (_("판정한 날"), f"{said.day}"),
        (_("조건의 판"), said.conditions),
        (_("누가 요청했나"), str(_ASKED[AskedBy(said.asked_by)])),
        (_("원장의 자리"), place if found.on_ledger else _("이 노드의 원장에 없음")),
    )


def _way(one: Handover) -> Way:
    look, word = _STATES[one.state]
    reason = str(_REASONS.get(one.reason, one.reason))
    return Way(
        state=one.state,
        look=look,
        word=str(word),
        receipt=one.receipt,
        reason=reason,
        changed=moment(one.changed),
    )


def _language() -> str:
    return "en" if get_language() == "en" else "ko"
