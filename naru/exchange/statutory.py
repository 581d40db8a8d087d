"""A statutory demand (rule 5): never a query, only what a privacy officer releases of a case.

의료법 제21조제3항 제4호 to 제20호. The officer of the institution that wrote the records keeps the
case: clause, number of the official letter, scope. The patient is told unless the law forbids it.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

from naru.audit.records import AuditedObject
from naru.consent import cases
from naru.consent.acts import ActKind
from naru.consent.cases import Case, CaseEntry, CaseKind
from naru.domain import roles
from naru.domain.arrangements import Demand, Release
from naru.exchange.access import Access, changing, reading
from naru.exchange.arranging import arranged, is_staff, require, require_approved, say, tell
from naru.exchange.consent_cases import CONSENT_CASE, MOST_WORDS

HANDLED_WITHIN: Final = timedelta(days=10)
"""Our own measure of how soon a demand is answered; the letter may say less."""

MOST_DAYS: Final = 30
"""The longest for which a release can be opened."""


def demand(access: Access, patient: UUID, demanded: Demand) -> UUID:
    """Take up a demand, by the officer of the institution that wrote the records; the case.

    Raises NotPermitted, also for a demand without clause, letter or scope.
    """
    with changing(access):
        access.concerns(patient)
        _require_officer(access)
        require(demanded.clause.strip() and demanded.letter.strip() and not demanded.scope.whole)
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
        given = Release(
            id=uuid4(),
            since=access.time,
            until=access.time + timedelta(days=days),
            case=case,
            clause=demanded.clause,
            recipient=demanded.recipient,
            # Nobody releases what another institution wrote.
            scope=replace(demanded.scope, institutions=frozenset({access.caller.institution})),
        )
        say(access, known.patient, ActKind.RELEASE, release=given)
        _close(access, known, f"released: {words}")
        if not demanded.secret:
            tell(access, "statutory-release", known.patient, given.id, access.caller.institution)
        return given.id


def refuse(access: Access, case: UUID, words: str) -> None:
    """Release nothing, and say why; closes the case. Raises NotPermitted, CaseClosed."""
    with changing(access):
        _close(access, _own_case(access, case), f"refused: {words}")


def end(access: Access, patient: UUID, released: UUID) -> None:
    """Take a release back. Raises NotPermitted."""
    with changing(access):
        access.concerns(patient)
        _require_officer(access)
        own = frozenset({access.caller.institution})
        found = [each for one in arranged(patient) for each in one.releases]
        require(any(one.id == released and one.scope.institutions == own for one in found))
        say(access, patient, ActKind.RELEASE_END, ends=released)


def waiting(access: Access) -> tuple[Case, ...]:
    """The open demands at the caller's institution. Raises NotPermitted."""
    with reading(access):
        _require_officer(access)
        own = access.caller.institution
        found = tuple(one for one in cases.still_open(CaseKind.STATUTORY) if one.institution == own)
        access.objects += [AuditedObject(CONSENT_CASE, str(one.id)) for one in found]
        return found


def _require_officer(access: Access) -> None:
    require(is_staff(access, roles.that_may("release-statutory")))


def _own_case(access: Access, case: UUID) -> Case:
    _require_officer(access)
    known = cases.one(case)
    require(known is not None and known.kind is CaseKind.STATUTORY and known.closed is None)
    assert known is not None
    require(known.institution == access.caller.institution)
    access.concerns(known.patient)
    return known


def _close(access: Access, case: Case, words: str) -> None:
    require(len(words) <= MOST_WORDS)
    access.objects.append(AuditedObject(CONSENT_CASE, str(case.id)))
    cases.add(case.id, CaseEntry(who=access.caller.role, what=words), access.time, close=True)
