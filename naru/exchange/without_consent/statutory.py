"""A statutory demand (rule 5): never a query, only what a privacy officer releases of a case.

의료법 제21조제3항 제4호 to 제20호. The officer of the institution that wrote the records keeps the
case: clause, number of the official letter, scope. The patient is told, at once or on the day from
which the law lets it be told.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID, uuid4

from django.utils import timezone

from naru.audit.records import AuditedObject
from naru.consent import cases
from naru.consent.acts import ActKind
from naru.consent.cases import Case, CaseEntry, CaseKind
from naru.consent.clauses import Told, clauses
from naru.directory import queries as directory
from naru.domain import roles
from naru.domain.arrangements import Demand, Release
from naru.domain.korea import KST, korean_day
from naru.exchange.access import Access, changing, reading
from naru.exchange.arranging import arranged, is_staff, require, require_approved, say, tell
from naru.exchange.consent.cases import CONSENT_CASE, MOST_WORDS
from naru.exchange.treatment import reception
from naru.notifications.services import Recipient, notify
from naru.outbox import services as outbox
from naru.outbox.services import Work
from naru.patients import queries as patients

HANDLED_WITHIN: Final = timedelta(days=10)
"""Our own measure of how soon a demand is answered; the letter may say less."""

MOST_DAYS: Final = 30
"""The longest for which a release can be opened."""

RELEASED: Final = "statutory-release"
"""The kind of notice of a release."""

TELL_LATER: Final = "statutory.tell"
"""The kind of outbox work that tells of a release once the law lets it be told."""

MOST_HANDLED: Final = 20
"""Closed demands that a page shows below the open ones."""


def demand(access: Access, patient: UUID, demanded: Demand) -> UUID:
    """Take up a demand, by the officer of the institution that wrote the records; the case.

    Raises NotPermitted, also for a demand of no clause that the law knows, without letter or scope,
    or kept secret where the clause has it told at once, and NotRegisteredHere for somebody of whom
    the institution has no records.
    """
    with changing(access):
        _name(access, patient, demanded)
        _require_officer(access)
        reception.require_known(access, patient)
        require(_founded(access, demanded) and demanded.letter.strip() and not demanded.scope.whole)
        require_approved(demanded.recipient, access)
        case = cases.open_case(
            CaseKind.STATUTORY,
            patient=patient,
            act=uuid4(),
            institution=access.caller.institution,
            now=access.time,
            within=HANDLED_WITHIN,
            first=CaseEntry(who=access.caller.role, what="demand", demand=demanded),
        )
        access.objects.append(AuditedObject(CONSENT_CASE, str(case)))
        return case


def demand_of(access: Access, number: str, demanded: Demand) -> UUID:
    """The same for whom the institution's own number names; NotRegisteredHere for nobody."""
    return demand(access, reception.named(access, number), demanded)


def release(access: Access, case: UUID, words: str, *, days: int = MOST_DAYS) -> UUID:
    """Release what the case demands of this institution's own records; closes it.

    Raises NotPermitted, CaseClosed.
    """
    with changing(access):
        known = _own_case(access, case)
        demanded = known.entries[0][1].demand
        require(demanded is not None and 0 < days <= MOST_DAYS)
        assert demanded is not None
        assert access.caller.institution is not None
        until = access.time + timedelta(days=days)
        given = Release(
            id=uuid4(),
            since=access.time,
            until=until,
            case=case,
            clause=demanded.clause,
            recipient=demanded.recipient,
            # Nobody releases what another institution wrote.
            scope=replace(demanded.scope, institutions=frozenset({access.caller.institution})),
            secret=demanded.secret,
            told_on=_told_on(demanded, until),
        )
        say(access, known.patient, ActKind.RELEASE, release=given, quiet=demanded.secret)
        _close(access, known, f"released: {words}")
        if not demanded.secret:
            tell(access, RELEASED, known.patient, given.id, access.caller.institution)
        elif given.told_on is not None:
            after = datetime.combine(given.told_on, time(), KST)
            whom = known.patient.bytes + access.caller.institution.bytes
            outbox.put(TELL_LATER, whom, key=str(given.id), after=after)
        return given.id


def tell_later(work: Work) -> None:
    """Tell the patient of a release that was secret until today (the work of TELL_LATER)."""
    patient, institution = UUID(bytes=work.payload[:16]), UUID(bytes=work.payload[16:])
    day = korean_day(timezone.now())
    known = directory.by_id(institution, on=day)
    values = {"day": f"{day:%Y-%m-%d}"} | ({"institution": known.name} if known else {})
    person = patients.survivor(patient) or patient
    notify(RELEASED, Recipient.patient(person), values, key=work.key)


def refuse(access: Access, case: UUID, words: str) -> None:
    """Release nothing, and say why; closes the case. Raises NotPermitted, CaseClosed."""
    with changing(access):
        _close(access, _own_case(access, case), f"refused: {words}")


def end(access: Access, case: UUID) -> None:
    """Take back what was released of a case. Raises NotPermitted where nothing stands."""
    with changing(access):
        known = _own(access, case)
        standing = {
            each.id: each.secret
            for one in arranged(known.patient)
            for each in one.releases
            if each.case == case and each.stands(access.time)
        }
        require(standing)
        access.objects.append(AuditedObject(CONSENT_CASE, str(case)))
        for each, secret in sorted(standing.items()):
            say(access, known.patient, ActKind.RELEASE_END, ends=each, quiet=secret)


@dataclass(frozen=True, slots=True, kw_only=True)
class Demands:
    """What is demanded of an institution, and what of it was handled last.

    `standing` are the releases that hold, by their case; `numbers` the institution's own for whom
    they are about.
    """

    waiting: tuple[Case, ...]
    closed: tuple[Case, ...]
    standing: dict[UUID, Release]
    numbers: dict[UUID, str]


def demands(access: Access) -> Demands:
    """The demands at the caller's institution, the first due at the head. Raises NotPermitted."""
    with reading(access):
        _require_officer(access)
        own = access.caller.institution
        assert own is not None
        waiting = tuple(
            one for one in cases.still_open(CaseKind.STATUTORY) if one.institution == own
        )
        closed = cases.latest(CaseKind.STATUTORY, own, MOST_HANDLED)
        shown = (*waiting, *closed)
        for one in shown:
            _name(access, one.patient, one.entries[0][1].demand)
        access.objects += [AuditedObject(CONSENT_CASE, str(one.id)) for one in shown]
        patients = dict.fromkeys(one.patient for one in shown)
        released = [each for one in patients for held in arranged(one) for each in held.releases]
        return Demands(
            waiting=waiting,
            closed=closed,
            standing={one.case: one for one in released if one.stands(access.time)},
            numbers={one: reception.number(access, one) for one in patients},
        )


def _founded(access: Access, demanded: Demand) -> bool:
    clause = clauses(korean_day(access.time)).get(demanded.clause)
    return clause is not None and not (demanded.secret and clause.told is Told.AT_ONCE)


def _told_on(demanded: Demand, over: datetime) -> date | None:
    clause = clauses(korean_day(over)).get(demanded.clause)
    return clause.told_on(korean_day(over)) if demanded.secret and clause else None


def _require_officer(access: Access) -> None:
    require(is_staff(access, roles.that_may("release-statutory")))


def _own_case(access: Access, case: UUID) -> Case:
    known = _own(access, case)
    require(known.closed is None)
    return known


def _own(access: Access, case: UUID) -> Case:
    _require_officer(access)
    known = cases.one(case)
    require(known is not None and known.kind is CaseKind.STATUTORY)
    assert known is not None
    require(known.institution == access.caller.institution)
    _name(access, known.patient, known.entries[0][1].demand)
    return known


def _name(access: Access, patient: UUID, demanded: Demand | None) -> None:
    """Whom it is about, for the record; of what the law keeps secret the case is named alone.

    A patient's own pages list the records that name them.
    """
    if demanded is None or not demanded.secret:
        access.concerns(patient)


def _close(access: Access, case: Case, words: str) -> None:
    require(len(words) <= MOST_WORDS)
    access.objects.append(AuditedObject(CONSENT_CASE, str(case.id)))
    cases.add(case.id, CaseEntry(who=access.caller.role, what=words), access.time, close=True)
