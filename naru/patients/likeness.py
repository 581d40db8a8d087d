"""Who may be the same person (ITI-119, FHIR R4 Patient/$match): weighed and graded.

What a sender knows need not all be right: a number changes, a name is written otherwise. So records
are proposed by any two things that agree, and graded by what does.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from naru.domain.identifiers import Identifier
from naru.domain.patient_query import Candidate, PatientQuery
from naru.domain.patient_search import MatchGrade
from naru.domain.person import Demographics, PatientRecord
from naru.patients import bounds, domains, finding, matching, names, proposing, terms
from naru.patients.errors import TooBroad
from naru.patients.looking import Record
from naru.patients.names import EXACT
from naru.patients.proposing import Viewer

_LIKE: Final = 75
"""A name that is written otherwise: spelling, 두음법칙, a beginning."""
_BANDS: Final = {
    MatchGrade.CERTAIN: (95, 100),
    MatchGrade.PROBABLE: (80, 94),
    MatchGrade.POSSIBLE: (1, 79),
}
"""Scores in percent, so that a better grade never stands below a worse one."""
_WEIGHTS: Final = {"identifier": 10, "name": 5, "birth": 5, "telecom": 2, "sex": 1, "address": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Agreement:
    """How far each thing that both sides tell agrees, in percent; `None` where one is silent."""

    identifier: int | None
    name: int | None
    birth: int | None
    telecom: int | None
    sex: int | None
    address: int | None

    def grade(self) -> MatchGrade | None:
        name, birth = self.name or 0, self.birth or 0
        if self.identifier == EXACT and self.birth != 0 and self.name != 0:
            return MatchGrade.CERTAIN
        if name == EXACT and birth == EXACT and self.sex != 0:
            return MatchGrade.PROBABLE
        agreeing = (
            name >= _LIKE and birth == EXACT,
            name == EXACT and self.telecom == EXACT,
            birth == EXACT and self.telecom == EXACT,
            self.identifier == EXACT,
        )
        return MatchGrade.POSSIBLE if any(agreeing) else None

    def score(self, grade: MatchGrade) -> int:
        told: dict[str, int | None] = {name: getattr(self, name) for name in _WEIGHTS}
        weighed = {name: degree for name, degree in told.items() if degree is not None}
        total = sum(_WEIGHTS[name] for name in weighed) or 1
        mean = sum(_WEIGHTS[name] * degree for name, degree in weighed.items()) // total
        lowest, highest = _BANDS[grade]
        return max(lowest, min(highest, mean))


def match(asked: PatientRecord, viewer: Viewer) -> tuple[Candidate, ...]:
    """Everyone who may be this person, best first.

    Of a person of whom the viewer may learn nothing it gets back what it sent, and only where that
    is enough to be probable. Raises `TooLarge`, and `TooBroad` where too little is told.
    """
    told = asked.demographics
    bounds.require(names=told.names, addresses=told.addresses, telecoms=told.telecoms)
    rows, holding = _proposed(asked, viewer)
    readable = proposing.authorities(rows)
    best: dict[UUID, Candidate] = {}
    people = {row.person for row in rows.values()}
    held = finding.identifiers(people)
    viewer.is_asked_of(people)
    for row in rows.values():
        root = row.person
        found = _candidate(asked, row, holds=root in holding)
        if found is None:
            continue
        if not viewer.may_read(root, readable[row.id]):
            found = _unread(found, asked)
        shown = _shown(found, root, held[root], viewer) if found else None
        if shown and (root not in best or (shown.score or 0) > (best[root].score or 0)):
            best[root] = shown
    return tuple(sorted(best.values(), key=lambda one: (-(one.score or 0), str(one.patient))))


def _proposed(asked: PatientRecord, viewer: Viewer) -> tuple[dict[int, Record], set[UUID]]:
    """The records of each question that is narrow enough, and who has one of the identifiers."""
    rows: dict[int, Record] = {}
    holding: set[UUID] = set()
    questions = list(_questions(asked))
    too_broad = 0
    for question in questions:
        try:
            found = proposing.proposed(question, viewer)
        except TooBroad:
            too_broad += 1
            continue
        if question.identifiers:
            (identifier,) = question.identifiers
            found = [row for row in found if _may_learn(row, identifier, viewer)]
            holding |= {row.person for row in found}
        rows |= {row.id: row for row in found}
    if too_broad == len(questions):
        raise TooBroad("Too little is told of the person to look for them.")
    return rows, holding


def _may_learn(row: Record, identifier: Identifier, viewer: Viewer) -> bool:
    resident = identifier.authority == domains.resident_numbers()
    return resident or viewer.may_learn(row.person, identifier.authority)


def _questions(asked: PatientRecord) -> Iterator[PatientQuery]:
    told = asked.demographics
    for identifier in (*asked.identifiers, *told.other_ids):
        yield PatientQuery(identifiers=(identifier,))
    alike = tuple(replace(name, use=names.SEARCH_USE) for name in told.names)
    born = told.birth_time[:8] if told.birth_time else None
    if alike and born:
        yield PatientQuery(names=alike, birth_time=born)
    if told.telecoms and (alike or born):
        yield PatientQuery(names=alike, telecoms=told.telecoms, birth_time=None if alike else born)


def _candidate(asked: PatientRecord, row: Record, *, holds: bool) -> Candidate | None:
    told = row.open()
    agreement = _agreement(asked.demographics, told, holds=holds)
    grade = agreement.grade()
    if grade is None:
        return None
    record = PatientRecord(identifiers=(), demographics=told, updated=row.updated)
    return Candidate(record=record, score=agreement.score(grade), grade=grade)


def _agreement(asked: Demographics, told: Demographics, *, holds: bool) -> _Agreement:
    return _Agreement(
        identifier=EXACT if holds else None,
        name=_name(asked, told),
        birth=_birth(asked, told),
        telecom=_telecom(asked, told),
        sex=EXACT * (asked.gender is told.gender) if asked.gender and told.gender else None,
        address=_address(asked, told),
    )


def _name(asked: Demographics, told: Demographics) -> int | None:
    if not asked.names or not told.names:
        return None
    pairs = ((one, other) for one in asked.names for other in told.names)
    return max(names.degree(replace(one, use=names.SEARCH_USE), other) for one, other in pairs)


def _birth(asked: Demographics, told: Demographics) -> int | None:
    one, other = (
        terms.birth_digits(asked.birth_time or ""),
        terms.birth_digits(told.birth_time or ""),
    )
    if not one or not other:
        return None
    return EXACT * (one == other)


def _telecom(asked: Demographics, told: Demographics) -> int | None:
    if not asked.telecoms or not told.telecoms:
        return None
    return min(EXACT, matching.score(PatientQuery(telecoms=asked.telecoms), told))


def _address(asked: Demographics, told: Demographics) -> int | None:
    if not asked.addresses or not told.addresses:
        return None
    return matching.score(PatientQuery(addresses=asked.addresses), told)


def _unread(found: Candidate, asked: PatientRecord) -> Candidate | None:
    """What may be told of a person whose record the viewer may not read: what it said itself."""
    if found.grade is MatchGrade.POSSIBLE:
        return None
    said = replace(asked.demographics, other_ids=())
    return replace(found, record=PatientRecord(identifiers=(), demographics=said))


def _shown(found: Candidate, root: UUID, held: tuple[Identifier, ...], viewer: Viewer) -> Candidate:
    def learnt(ids: tuple[Identifier, ...]) -> tuple[Identifier, ...]:
        return tuple(one for one in ids if viewer.may_learn(root, one.authority))

    told = found.record.demographics
    record = replace(
        found.record,
        identifiers=learnt(held),
        demographics=replace(told, other_ids=learnt(told.other_ids)),
    )
    return replace(found, record=record, patient=root)
