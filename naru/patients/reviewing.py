"""What a steward looks at: cases, both sides of one, what was decided, and who is whom by what."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from naru.domain.identifiers import Identifier
from naru.domain.korea import korean_day
from naru.domain.person import PatientRecord
from naru.patients import cases, joining, linking, sealed
from naru.patients.cases import Outcome
from naru.patients.errors import UnknownCase
from naru.patients.joining import Deed
from naru.patients.linkage import rules, traits, weights
from naru.patients.linkage.rules import Judgement
from naru.patients.linkage.traits import Traits
from naru.patients.models import (
    Joining,
    MatchCase,
    MatchDecision,
    Patient,
    PatientIdentifier,
    SourceRecord,
)

PAGE: Final = 50
MAX_SOURCES: Final = 50
"""Records of one side that are opened; a person with more is looked at by the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """A case in a list; nothing of it names anybody."""

    key: UUID
    number: int
    reason: str
    bits: float
    opened: datetime
    people: tuple[UUID, UUID]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What was done, by whom, when and why. `key` names a join that can be taken back."""

    outcome: str
    at: datetime
    role: str
    institution: UUID | None
    person: UUID | None
    why: str
    key: UUID
    stands: bool = False
    people: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two: whose it is now, all that sources tell, whether a number is known."""

    patient: UUID
    person: UUID
    sources: tuple[PatientRecord, ...]
    numbered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """Both sides of a case as they are now, weighed anew, with all that was decided."""

    line: CaseLine
    sides: tuple[Side, Side]
    judgement: Judgement | None
    bits: dict[str, float]
    probability: float
    decisions: tuple[Decided, ...]
    one_person: bool
    link: UUID | None
    """The link between just these two that stands, if there is one."""


def waiting_cases(after: int = 0, limit: int = PAGE) -> tuple[CaseLine, ...]:
    """Undecided cases, the oldest first, behind the one of number `after`."""
    return tuple(map(_line, cases.waiting().filter(pk__gt=after)[:limit]))


def count_waiting(most: int = 1000) -> int:
    """How many wait, as far as `most`."""
    return int(cases.waiting()[:most].count())


def recognised(limit: int = PAGE) -> tuple[CaseLine, ...]:
    """What the program linked by itself and nobody has touched since, the newest first."""
    rows = cases.standing().filter(last=Outcome.RECOGNISED).order_by("-id")[:limit]
    return tuple(map(_line, rows))


def case_line(key: UUID) -> CaseLine:
    """One case as lists have it. Raises `UnknownCase`."""
    return _line(cases.known(key))


def case(key: UUID, now: datetime) -> CaseView:
    """Raises `UnknownCase`."""
    row = cases.standing().filter(key=key).first()
    if row is None:
        raise UnknownCase("No such case is known.")
    sides = (_side(row.one), _side(row.other))
    judgement = _judge(row, korean_day(now).year)
    table = weights.shipped()
    return CaseView(
        line=_line(row),
        sides=sides,
        judgement=judgement,
        bits=table.field_bits(judgement.found) if judgement else {},
        probability=table.probability(judgement.bits) if judgement else 0.0,
        decisions=decisions(key),
        one_person=row.root == row.other_root,
        link=_link_between(row),
    )


def decisions(key: UUID) -> tuple[Decided, ...]:
    """What was decided on a case, the oldest first."""
    rows = MatchDecision.objects.filter(case__key=key).order_by("id")
    return tuple(_decided(row) for row in rows)


def joins(patient: UUID) -> tuple[Decided, ...]:
    """All that ever joined or parted this person and others, the oldest first."""
    roots = Patient.objects.filter(key=patient).values("root")
    members = list(Patient.objects.filter(root__in=roots).values_list("key", flat=True))
    standing = {row.pk for row in joining.standing(members)}
    acts = Joining.objects.filter(patient__in=members) | Joining.objects.filter(into__in=members)
    return tuple(_decided(row, stands=row.pk in standing) for row in acts.order_by("id"))


def duplicates(patient: UUID) -> tuple[tuple[Identifier, Identifier], ...]:
    """Pairs of active identifiers of one person in one source's domain, the older first."""
    rows = PatientIdentifier.objects.filter(
        patient__root=patient, subsumed_by=None, record__isnull=False
    )
    held: dict[str, Identifier] = {}
    found = []
    for row in rows.select_related("domain").order_by("id")[:MAX_SOURCES]:
        one = sealed.open_identifier(row.domain.oid, row.sealed, row.token)
        if row.domain.oid in held:
            found.append((held[row.domain.oid], one))
        else:
            held[row.domain.oid] = one
    return tuple(found)


def _link_between(row: MatchCase) -> UUID | None:
    between = [
        act
        for act in joining.standing([row.one, row.other])
        if {act.patient, act.into} == {row.one, row.other} and act.act != Deed.MERGED
    ]
    return between[-1].key if between else None


def _line(row: MatchCase) -> CaseLine:
    return CaseLine(
        key=row.key,
        number=row.pk,
        reason=row.reason,
        bits=row.bits,
        opened=row.opened,
        people=(row.one, row.other),
    )


def _decided(row: MatchDecision | Joining, *, stands: bool = False) -> Decided:
    people = (row.patient, row.into) if isinstance(row, Joining) else ()
    return Decided(
        outcome=row.act,
        at=row.at,
        role=row.role,
        institution=row.institution,
        person=row.person,
        why=sealed.open_why(row.why, row.key) if row.why else "",
        key=row.key,
        stands=stands,
        people=people,
    )


def _records(patient: UUID) -> list[SourceRecord]:
    """What sources told of the person under this key; of nobody whom a link has added since."""
    rows = SourceRecord.objects.filter(patient__key=patient).order_by("-updated", "-id")
    return list(rows[:MAX_SOURCES])


def _side(patient: UUID) -> Side:
    rows = _records(patient)
    return Side(
        patient=patient,
        person=Patient.objects.values_list("root", flat=True).get(key=patient),
        sources=tuple(
            PatientRecord(
                identifiers=_identifiers(row),
                demographics=sealed.open_demographics(row.sealed, row.key),
                updated=row.updated,
            )
            for row in rows
        ),
        numbered=bool(linking.numbers_of(row.pk for row in rows)),
    )


def _identifiers(row: SourceRecord) -> tuple[Identifier, ...]:
    held = row.patientidentifier_set.select_related("domain").order_by("id")
    return tuple(sealed.open_identifier(one.domain.oid, one.sealed, one.token) for one in held)


def _judge(row: MatchCase, year: int) -> Judgement | None:
    """The two records that are most alike, as they are now."""
    mine, theirs = _traits(_records(row.one)), _traits(_records(row.other))
    judged = [
        rules.judge(one, other, weights.shipped(), year=year) for one in mine for other in theirs
    ]
    return max(judged, key=lambda one: one.bits, default=None)


def _traits(rows: Iterable[SourceRecord]) -> list[Traits]:
    held = list(rows)
    told = linking.numbers_of(row.pk for row in held)
    found = []
    for row in held:
        number, former = told.get(row.pk, (None, frozenset()))
        opened = sealed.open_demographics(row.sealed, row.key)
        found.append(traits.of(opened, number, frozenset(former)))
    return found
