"""Statutory demands in words. A patient is known by the institution's own number alone."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from naru.consent.cases import Case
from naru.consent.clauses import Clause, Told, clauses
from naru.directory import queries as directory
from naru.domain.affinity_domain import AffinityDomain
from naru.domain.arrangements import Demand
from naru.domain.decision import Scope
from naru.domain.institution import GIVEN_TO
from naru.exchange.consent import choices as consent_choices
from naru.exchange.consent.choices import Choice
from naru.exchange.without_consent.statutory import MOST_DAYS, Demands
from naru.ui.clock import moment, now, today
from naru.ui.names import in_language

_PERIODS: Final = (1, 7, MOST_DAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One demand, open or handled."""

    id: UUID
    number: str
    clause: str
    letter: str
    patient: str
    recipient: str
    scope: tuple[str, ...]
    opened: str
    due: str
    told: str
    state: str
    tag: str
    words: str
    open_until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What is demanded, what was handled, and what a new demand can name."""

    waiting: tuple[Row, ...]
    closed: tuple[Row, ...]
    clauses: tuple[Choice, ...]
    recipients: tuple[Choice, ...]
    departments: tuple[Choice, ...]
    periods: tuple[int, ...]


def page(found: Demands, own: UUID | None, domain: AffinityDomain | None) -> Page:
    """The page."""
    day = today(now())
    bodies = sorted(
        (
            one
            for one in directory.all_institutions(on=day)
            if one.approved and one.id != own and one.kind in GIVEN_TO
        ),
        key=lambda one: one.name,
    )
    return Page(
        waiting=tuple(_row(one, found) for one in found.waiting),
        closed=tuple(_row(one, found) for one in found.closed),
        clauses=tuple(Choice(one.code, _named(one)) for one in clauses(day).values()),
        recipients=tuple(Choice(str(one.id), in_language(one.name)) for one in bodies),
        departments=consent_choices.departments(domain),
        periods=_PERIODS,
    )


def _row(case: Case, found: Demands) -> Row:
    demanded, last = case.entries[0][1].demand, case.entries[-1][1]
    assert demanded is not None, "a demand's case begins with what is demanded"
    known = clauses(today(now())).get(demanded.clause)
    stands = found.standing.get(case.id)
    state, tag = _state(case, released=last.what.startswith("released: "), open_now=bool(stands))
    return Row(
        id=case.id,
        number=str(case.id)[:8],
        clause=_named(known) if known else demanded.clause,
        letter=demanded.letter,
        patient=found.numbers.get(case.patient) or _("등록번호 없음"),
        recipient=_institution(demanded.recipient),
        scope=_scope(demanded.scope),
        opened=moment(case.opened),
        due=f"{today(case.due)}",
        told=_told(demanded, known),
        state=state,
        tag=tag,
        words=last.what.partition(": ")[2] if case.closed else "",
        open_until=moment(stands.until) if stands else "",
    )


def _told(demanded: Demand, known: Clause | None) -> str:
    if not demanded.secret:
        return _("내주면 환자에게 알립니다")
    if known is None or known.told is not Told.AFTER:
        return _("법이 금지하여 환자에게 알리지 않습니다")
    return _("법에 따라 바로 알리지 않고, 제공이 끝난 지 %(days)d일 뒤에 환자에게 알립니다") % {
        "days": known.after_days
    }


def _state(case: Case, *, released: bool, open_now: bool) -> tuple[str, str]:
    if case.closed is None:
        late = case.due < now()
        return (_("기한이 지났습니다"), "stop") if late else (_("기다림"), "warn")
    if not released:
        return _("내주지 않음"), ""
    return (_("열려 있음"), "info") if open_now else (_("끝남"), "ok")


def _scope(scope: Scope) -> tuple[str, ...]:
    said = []
    if scope.first or scope.last:
        said.append(f"{scope.first or ''} ~ {scope.last or ''}")
    return (*said, *sorted(scope.departments), *sorted(scope.documents))


def _named(clause: Clause) -> str:
    return f"{clause.code} {clause.ko if get_language() == 'ko' else clause.en}"


def _institution(institution: UUID) -> str:
    known = directory.by_id(institution, on=today(now()))
    return in_language(known.name) if known else _("이름을 알 수 없는 곳")
