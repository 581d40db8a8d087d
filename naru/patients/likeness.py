"""Who may be the same person (ITI-119, FHIR R4 Patient/$match): weighed as arrivals are, graded.

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
from naru.domain.person import PatientRecord
from naru.patients import bounds, domains, finding, names, proposing
from naru.patients.errors import TooBroad
from naru.patients.linkage import traits, weights
from naru.patients.linkage.levels import Comparison, Level, compare
from naru.patients.looking import Record
from naru.patients.proposing import Viewer

_BANDS: Final = {
    MatchGrade.CERTAIN: (95, 100),
    MatchGrade.PROBABLE: (80, 94),
    MatchGrade.POSSIBLE: (1, 79),
}
"""Scores in percent, so that a better grade never stands below a worse one."""
_ALIKE: Final = (Level.SAME, Level.SOFT, Level.SLIP, Level.ALIKE)
_NAMED: Final = (Level.SAME, Level.SOFT)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Agreement:
    """How the records compare, what that weighs, and whether one of the identifiers is theirs."""

    found: Comparison
    bits: float
    holds: bool

    @property
    def named_and_born(self) -> bool:
        """Whether the sender has said who it is: the name and the day of birth."""
        return self.found.name in _NAMED and self.found.birth is Level.SAME

    def grade(self) -> MatchGrade | None:
        """The weight decides, where name or birth speak for it at all."""
        found = self.found
        if self.holds and Level.OTHER not in (found.birth, found.name):
            return MatchGrade.CERTAIN
        table = weights.shipped()
        if self.named_and_born and found.sex is not Level.OTHER and self.bits >= table.review:
            return MatchGrade.PROBABLE
        agreeing = (
            self.holds,
            found.name in _ALIKE and found.birth is Level.SAME,
            found.name in _NAMED and found.phone is Level.SAME,
            found.birth is Level.SAME and found.phone is Level.SAME,
        )
        return MatchGrade.POSSIBLE if any(agreeing) else None

    def score(self, grade: MatchGrade) -> int:
        """Within the grade's band as far as the probability goes."""
        lowest, highest = _BANDS[grade]
        probability = weights.shipped().probability(self.bits)
        return lowest + round((highest - lowest) * probability)


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
        weighed = _candidate(asked, row, holds=root in holding)
        if weighed is None:
            continue
        found: Candidate | None = weighed[0]
        if not viewer.may_read(root, readable[row.id]):
            found = _unread(*weighed, asked)
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


def _candidate(
    asked: PatientRecord, row: Record, *, holds: bool
) -> tuple[Candidate, _Agreement] | None:
    told = row.open()
    found = compare(traits.of(asked.demographics), traits.of(told))
    agreement = _Agreement(found=found, bits=weights.shipped().bits(found), holds=holds)
    grade = agreement.grade()
    if grade is None:
        return None
    record = PatientRecord(identifiers=(), demographics=told, updated=row.updated)
    return Candidate(record=record, score=agreement.score(grade), grade=grade), agreement


def _unread(found: Candidate, agreement: _Agreement, asked: PatientRecord) -> Candidate | None:
    """What may be told of a person whose record the viewer may not read: what it said itself."""
    if found.grade is MatchGrade.POSSIBLE or not (agreement.named_and_born or agreement.holds):
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
