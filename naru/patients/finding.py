"""Patient demographics query (ITI TF-2 3.47, 3.21, 3.78): proposed, then opened and decided."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from naru.domain.identifiers import Identifier
from naru.domain.patient_query import Candidate, PatientQuery
from naru.domain.patient_search import Born, KnownIn, Named, NamePart, OfSex
from naru.domain.person import Demographics, PatientRecord, PersonName
from naru.patients import bounds, domains, looking, matching, proposing
from naru.patients.looking import Record
from naru.patients.proposing import Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class _Match:
    score: int
    row: Record
    told: Demographics

    @property
    def rank(self) -> tuple[int, float, int]:
        return self.score, self.row.updated.timestamp(), self.row.id


def find(query: PatientQuery, viewer: Viewer) -> tuple[Candidate, ...]:
    """Everyone who matches all parameters, best first, with their ids in the asked domains.

    Of a person of whom the viewer may learn nothing it gets back what it sent, and the identifiers
    that everybody has; by a part of what is known of them it does not find them at all. Raises
    `UnknownAskedDomains`, `TooLarge`, and `TooBroad` where nothing sent narrows enough.
    """
    domains.require_asked(query.domains)
    _require_bounds(query)
    matches: dict[UUID, list[_Match]] = {}
    for match in _matches(query, proposing.proposed(query, viewer)):
        matches.setdefault(match.row.person, []).append(match)
    held = identifiers(matches, query.domains)
    authorities = proposing.authorities(one.row.id for found in matches.values() for one in found)
    viewer.is_asked_of(matches)
    asked = {one.authority for one in query.identifiers} - {domains.resident_numbers()}
    people: list[tuple[_Match, Candidate]] = []
    for root, found in matches.items():
        if not all(viewer.may_learn(root, authority) for authority in asked):
            continue  # To find by a number that it may not learn would tell the viewer whose it is.
        told = [one for one in found if viewer.may_read(root, authorities[one.row.id])]
        known = told or [one for one in found if matching.knows(query, one.told)]
        if not known:
            continue
        best = max(known, key=lambda one: one.rank)
        record = PatientRecord(
            identifiers=held[root],
            demographics=best.told if told else _as_asked(query),
            updated=best.row.updated if told else None,
        )
        candidate = _candidate(root, best.score, record, query, viewer)
        if _known_where_asked(query, candidate):
            people.append((best, candidate))
    people.sort(key=lambda pair: pair[0].rank, reverse=True)
    return tuple(candidate for _, candidate in people)


def _known_where_asked(query: PatientQuery, candidate: Candidate) -> bool:
    present = {one.authority for one in candidate.record.identifiers}
    wanted = [one for one in query.clauses if any(isinstance(each, KnownIn) for each in one)]
    return all(
        any(isinstance(each, KnownIn) and each.domain in present for each in clause)
        for clause in wanted
    )


def _matches(query: PatientQuery, rows: Iterable[Record]) -> Iterator[_Match]:
    for row in rows:
        told = row.open()
        score = matching.score(query, told)
        if score > 0 and score >= (query.minimum_score or 0):
            yield _Match(score=score, row=row, told=told)


def _as_asked(query: PatientQuery) -> Demographics:
    """No more of a person than the sender of the question knew."""
    said = [clause[0] for clause in query.clauses if len(clause) == 1]
    texts = {part: [one.text for one in said if isinstance(one, Named) and one.part is part]
             for part in NamePart}  # fmt: skip
    whole, family = next(iter(texts[NamePart.WHOLE]), None), " ".join(texts[NamePart.FAMILY])
    name = PersonName(text=whole, family=family or None, given=tuple(texts[NamePart.GIVEN]))
    genders = (one.gender for one in said if isinstance(one, OfSex))
    births = (one.start for one in said if isinstance(one, Born) and one.start == one.end)
    return Demographics(
        names=(
            *(replace(name, use=None) for name in query.names),
            *((name,) if name != PersonName() else ()),
        ),
        gender=query.gender or next(genders, None),
        birth_time=query.birth_time or next(births, None),
    )


def identifiers(
    roots: Iterable[UUID], asked_domains: Sequence[str] = ()
) -> dict[UUID, tuple[Identifier, ...]]:
    """The active identifiers of surviving patients in the asked domains, or in all."""
    found: dict[UUID, list[Identifier]] = {root: [] for root in roots}
    for root, identifier in looking.identifiers(found, asked_domains):
        found[root].append(identifier)
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
