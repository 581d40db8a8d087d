"""Patient demographics query (ITI TF-2 3.47, 3.21): proposed by tokens, decided once opened."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Protocol
from uuid import UUID

from naru.domain.identifiers import Identifier
from naru.domain.patient_query import Candidate, PatientQuery
from naru.domain.person import Demographics, PatientRecord
from naru.patients import bounds, domains, matching, sealed, terms
from naru.patients import resident_number as numbers
from naru.patients.errors import TooBroad, TooLarge
from naru.patients.feed import MAX_IDENTIFIERS
from naru.patients.models import PatientIdentifier, ResidentNumber, SearchToken, SourceRecord

if TYPE_CHECKING:
    from django.db.models import QuerySet

MAX_OPENED: Final = 1000
"""More records than this are not opened for one question: it must be asked more narrowly."""


class Viewer(Protocol):
    """For whom people are looked up, and what of them may be told to it."""

    def owns(self, authority: str) -> bool:
        """Whether the identifiers of this domain are the viewer's own to give."""

    def may_learn(self, patient: UUID, authority: str) -> bool:
        """Whether it may learn that the person is known in this domain."""

    def may_read(self, patient: UUID, authority: str) -> bool:
        """Whether it may read what this domain's source told of the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Match:
    score: int
    row: SourceRecord
    told: Demographics

    @property
    def rank(self) -> tuple[int, float, int]:
        return self.score, self.row.updated.timestamp(), self.row.pk


def find(query: PatientQuery, viewer: Viewer) -> tuple[Candidate, ...]:
    """Everyone who matches all parameters, best first, with their ids in the asked domains.

    Of a person of whom the viewer may learn nothing it gets back what it sent, and the identifiers
    that everybody has. Raises `UnknownAskedDomains`, `TooLarge`, and `TooBroad` where nothing sent
    narrows the search enough.
    """
    domains.require_asked(query.domains)
    _require_bounds(query)
    matches: dict[UUID, list[_Match]] = {}
    for match in _matches(query, _proposed(query, viewer)):
        matches.setdefault(match.row.patient.root, []).append(match)
    held = identifiers(matches, query.domains)
    authorities = _authorities([one.row for found in matches.values() for one in found])
    asked = {one.authority for one in query.identifiers} - {domains.resident_numbers()}
    people: list[tuple[_Match, Candidate]] = []
    for root, found in matches.items():
        if not all(viewer.may_learn(root, authority) for authority in asked):
            continue  # To find by a number that it may not learn would tell the viewer whose it is.
        told = [one for one in found if viewer.may_read(root, authorities[one.row.pk])]
        best = max(told or found, key=lambda one: one.rank)
        record = PatientRecord(
            identifiers=held[root],
            demographics=best.told if told else _as_asked(query),
            updated=best.row.updated if told else None,
        )
        people.append((best, _candidate(root, best.score, record, query, viewer)))
    people.sort(key=lambda pair: pair[0].rank, reverse=True)
    return tuple(candidate for _, candidate in people)


def _matches(query: PatientQuery, rows: Iterable[SourceRecord]) -> Iterator[_Match]:
    for row in rows:
        told = sealed.open_demographics(row.sealed, row.key)
        score = matching.score(query, told)
        if score > 0 and score >= (query.minimum_score or 0):
            yield _Match(score=score, row=row, told=told)


def _authorities(rows: list[SourceRecord]) -> dict[int, str]:
    """By whose domain the source of each record is known: its own before the common one."""
    found = dict.fromkeys((row.pk for row in rows), domains.ours())
    told = PatientIdentifier.objects.filter(record__in=rows)
    for record, oid in told.order_by("-id").values_list("record", "domain__oid"):
        if oid not in domains.affinity():
            found[record] = oid
    return found


def _as_asked(query: PatientQuery) -> Demographics:
    """No more of a person than the sender of the question knew."""
    return Demographics(
        names=tuple(replace(name, use=None) for name in query.names),
        gender=query.gender,
        birth_time=query.birth_time,
    )


def identifiers(
    roots: Iterable[UUID], asked_domains: Sequence[str] = ()
) -> dict[UUID, tuple[Identifier, ...]]:
    """The active identifiers of surviving patients in the asked domains, or in all."""
    found: dict[UUID, list[Identifier]] = {root: [] for root in roots}
    rows = PatientIdentifier.objects.filter(patient__root__in=list(found), subsumed_by=None)
    if asked_domains:
        rows = rows.filter(domain__oid__in=asked_domains)
    columns = rows.order_by("id").values_list("patient__root", "domain__oid", "sealed", "token")
    for root, oid, value, token in columns:
        found[root].append(sealed.open_identifier(oid, value, token))
    return {root: tuple(held) for root, held in found.items()}


def _candidate(
    root: UUID, score: int, record: PatientRecord, query: PatientQuery, viewer: Viewer
) -> Candidate:
    def learnt(held: tuple[Identifier, ...]) -> tuple[Identifier, ...]:
        return tuple(one for one in held if viewer.may_learn(root, one.authority))

    shown = learnt(record.identifiers)
    told = replace(record.demographics, other_ids=learnt(record.demographics.other_ids))
    present = {one.authority for one in shown}
    return Candidate(
        record=replace(record, identifiers=shown, demographics=told),
        score=score,
        # ITI TF-2 3.47.4.2.3 case 2: a domain without an identifier is named as such.
        missing_domains=tuple(oid for oid in dict.fromkeys(query.domains) if oid not in present),
        patient=root,
    )


def _require_bounds(query: PatientQuery) -> None:
    mother = query.mothers_maiden_name
    bounds.require(
        names=(*query.names, mother) if mother else query.names,
        addresses=query.addresses,
        telecoms=query.telecoms,
    )


def _proposed(query: PatientQuery, viewer: Viewer) -> list[SourceRecord]:
    groups = terms.of_query(query)
    if not groups and not query.identifiers:
        raise TooBroad("The query names nothing by which people are found.")
    if len(query.identifiers) > MAX_IDENTIFIERS:
        raise TooLarge("A query names more identifiers than any person has.")
    rows: QuerySet[SourceRecord] = SourceRecord.objects.select_related("patient")
    for identifier in query.identifiers:
        # ITI TF-2 3.47.4.1.2.1: all of the identifiers must match.
        rows = rows.filter(patient__root__in=_holders(identifier, viewer))
    for group in groups:
        tokens = sealed.search_tokens(group)
        rows = rows.filter(pk__in=SearchToken.objects.filter(token__in=tokens).values("record_id"))
    proposed = list(rows.order_by("id")[: MAX_OPENED + 1])
    if len(proposed) > MAX_OPENED:
        raise TooBroad("More people may match than are looked at for one question.")
    return proposed


def _holders(identifier: Identifier, viewer: Viewer) -> set[UUID]:
    """Whose identifier this is: of a domain, a resident number, or another number of theirs."""
    if identifier.authority == domains.resident_numbers() != "":
        return _holders_of_number(identifier.value, viewer)
    token = sealed.identifier_token(identifier)
    patients = PatientIdentifier.objects.filter(token=token, subsumed_by=None)
    found = set(patients.values_list("patient__root", flat=True))
    others = SearchToken.objects.filter(
        token__in=sealed.search_tokens([terms.other_identifier(identifier)])
    )
    return found | set(others.values_list("record__patient__root", flat=True))


def _holders_of_number(value: str, viewer: Viewer) -> set[UUID]:
    """Who has this resident number, as far as the viewer told of it itself."""
    digits = numbers.normal(value)
    if digits is None or not numbers.links(digits):
        return set()
    token = sealed.resident_number_token(digits)
    current = ResidentNumber.objects.filter(token=token, until=None).select_related(
        "record__patient"
    )
    rows = [number.record for number in current]
    authorities = _authorities(rows)
    return {row.patient.root for row in rows if viewer.owns(authorities[row.pk])}
