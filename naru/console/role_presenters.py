"""Numbers, programmes and certificates in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from naru.consent.cases import CaseKind
from naru.consent.policy import BasisKind, SettingBasis
from naru.consent.programmes import Programme, ProgrammeKind
from naru.console.staff_presenters import client_rows
from naru.exchange.audit.statistics import Statistics
from naru.exchange.institutions.vendors import Own
from naru.ui.clock import moment
from naru.ui.clock import month as written_month
from naru.ui.transactions import standard, transaction_name

FEW: Final = 5
"""A smaller number of cases could point at somebody: it is told as fewer than this."""

_CASES: Final[Mapping[CaseKind, str | Promise]] = {
    CaseKind.WITHDRAWAL: gettext_lazy("동의 철회"),
    CaseKind.OBJECTION: gettext_lazy("내가 하지 않은 등록"),
    CaseKind.EMERGENCY: gettext_lazy("응급 열람 검토"),
    CaseKind.STATUTORY: gettext_lazy("법령에 따른 제공"),
}
_KINDS: Final[Mapping[ProgrammeKind, str | Promise]] = {
    ProgrammeKind.RESEARCH: gettext_lazy("연구"),
    ProgrammeKind.STATISTICS: gettext_lazy("통계"),
    ProgrammeKind.EVALUATION: gettext_lazy("평가"),
}
_STATES: Final[Mapping[str, tuple[str | Promise, str]]] = {
    "valid": (gettext_lazy("유효"), "ok"),
    "suspended": (gettext_lazy("멈춤"), "warn"),
    "revoked": (gettext_lazy("폐지"), "stop"),
    "ended": (gettext_lazy("기간 끝남"), ""),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """A rule or a setting, and on what it stands."""

    name: str
    value: str
    law: bool
    basis: str
    since: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """The auditor's page."""

    heading: str
    months: tuple[tuple[str, str], ...]
    tallies: tuple[tuple[str, str, str, str], ...]
    whole: bool
    cases: tuple[tuple[str, str, str, str], ...]
    version: str
    status: str
    rules: tuple[Basis, ...]
    settings: tuple[Basis, ...]


def audit(found: Statistics) -> Audit:
    """The page."""
    policy = found.policy
    this = found.months[-1][1]
    return Audit(
        heading=_("이달의 접근기록은 %(count)s건입니다") % {"count": f"{this:,}"},
        months=tuple((written_month(first), f"{number:,}") for first, number in found.months),
        tallies=tuple(
            (
                transaction_name(one.transaction),
                standard(one.transaction),
                f"{one.count:,}",
                f"{one.refused:,}",
            )
            for one in found.tallies
        ),
        whole=found.whole,
        cases=tuple(
            (str(words), _few(number.open), _few(number.late), _few(number.closed))
            for kind, words in _CASES.items()
            for number in [found.cases[kind]]
        ),
        version=policy.version,
        status=policy.status,
        rules=tuple(
            Basis(
                name=_("규칙 %(number)d") % {"number": one.rule},
                value="",
                law=one.kind is BasisKind.STATUTE,
                basis=one.basis,
                since=f"{one.since}",
            )
            for one in policy.bases
        ),
        settings=tuple(map(_setting, policy.setting_bases)),
    )


def listed(found: Sequence[Programme]) -> tuple[tuple[str, str, str], ...]:
    """Each programme: its name, its kind, who approved it on what basis, its days."""
    return tuple((one.name, _approval(one), f"{one.first} ~ {one.last}") for one in found)


def _approval(one: Programme) -> str:
    told = (str(_KINDS[one.kind]), one.approver, one.approval, one.basis)
    return " · ".join(filter(None, told))


def vendor(found: Own, now: datetime) -> dict[str, object]:
    """The vendor's own."""
    return {
        "clients": client_rows(found.clients, now),
        "certificates": tuple(
            {
                "fingerprint": one.fingerprint,
                "issued": moment(one.issued),
                "until": moment(one.not_after),
                "state": str(_STATES[one.state][0]),
                "tag": _STATES[one.state][1],
            }
            for one in found.certificates
        ),
    }


def _few(number: int) -> str:
    if 0 < number < FEW:
        return _("%(few)d건 미만") % {"few": FEW}
    return str(number)


def _setting(one: SettingBasis) -> Basis:
    return Basis(
        name=one.name,
        value=_told(one.value),
        law=one.kind is BasisKind.STATUTE,
        basis=one.basis,
        since=f"{one.since}",
    )


def _told(value: object) -> str:
    if isinstance(value, bool):
        return _("예") if value else _("아니요")
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "-"
    if isinstance(value, dict):
        return ", ".join(f"{name} {each}" for name, each in value.items())
    return str(value)
