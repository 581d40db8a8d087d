"""Patients between institutions: feeds (ITI-44), other ids (ITI-45), who is this (ITI-47)."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.conf import settings

from naru.audit.records import PatientAct
from naru.domain.caller import Role
from naru.domain.identifiers import Identifier
from naru.domain.korea import korean_day
from naru.domain.patient_messages import FeedAct, PatientAdd, PatientMerge, PatientRevise
from naru.domain.patient_query import (
    Candidate,
    CorrespondingIdentifiers,
    IdentifierQuery,
    PatientQuery,
)
from naru.domain.person import PatientRecord
from naru.exchange import about
from naru.exchange.access import Access, changing, reading
from naru.exchange.institutions import participants
from naru.exchange.patients import deaths, match_cases
from naru.exchange.patients.viewing import Viewing
from naru.patients import queries, services
from naru.patients.errors import ForeignDomain, OfAnotherPatient, UnknownIdentifier

_CITIZENS: Final = frozenset({Role.PATIENT, Role.REPRESENTATIVE})


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one act: whose record it is now, and whether there was none before."""

    patient: UUID
    created: bool = False


def feed(access: Access, acts: tuple[FeedAct, ...]) -> tuple[Taken, ...]:
    """Take a source's acts, all or none, in their order. Raises `patients.errors.Refused`."""
    taken: list[Taken] = []
    access.acts += [noted for act in acts for noted in _noted(act)]
    with changing(access):
        for act in acts:
            _check_domains(access, act)
            taken.append(_take(access, act))
        pairs = zip(acts, taken, strict=True)
        access.acts[:] = [noted for act, done in pairs for noted in _noted(act, done)]
    return tuple(taken)


def cross_references(access: Access, query: IdentifierQuery) -> tuple[Identifier, ...]:
    """The person's identifiers that the caller may learn. Raises `patients.errors.Refused`."""
    return cross_reference(access, query.patient, query.domains).identifiers


def cross_reference(
    access: Access, asked: Identifier | UUID, domains: tuple[str, ...] = ()
) -> CorrespondingIdentifiers:
    """Whom an identifier or a surrogate key means, and their identifiers that the caller may learn.

    Raises `patients.errors.Refused`.
    """
    if isinstance(asked, Identifier):
        access.patient_id = _cx(asked)
    with reading(access):
        viewer = Viewing(access)
        patient = queries.named(asked) if isinstance(asked, UUID) else _whose(asked)
        if patient is not None:
            access.concerns(patient)
            if not _may_ask(access, viewer, patient, asked):
                raise UnknownIdentifier("The identifier is not known.")
        found = queries.cross_references(asked, domains) if isinstance(asked, Identifier) else None
        if patient is None:
            raise UnknownIdentifier("The identifier is not known.")
        told = queries.known_by(patient, domains) if found is None else found
        return CorrespondingIdentifiers(
            patient=patient,
            identifiers=tuple(one for one in told if viewer.may_learn(patient, one.authority)),
        )


def _whose(identifier: Identifier) -> UUID | None:
    resolved = queries.resolve(identifier)
    return resolved.patient if resolved else None


def _may_ask(access: Access, viewer: Viewing, patient: UUID, asked: Identifier | UUID) -> bool:
    if not about.admits(access.caller, patient):
        return False
    if access.caller.role in _CITIZENS:
        return patient == access.caller.patient
    return isinstance(asked, UUID) or viewer.may_learn(patient, asked.authority)


def demographics(access: Access, query: PatientQuery) -> tuple[Candidate, ...]:
    """Everyone who matches, best first. Raises `patients.errors.Refused`."""
    with reading(access):
        return _concerning(access, queries.find(query, Viewing(access)))


def matching(access: Access, asked: PatientRecord) -> tuple[Candidate, ...]:
    """Everyone who may be this person, graded, best first. Raises `patients.errors.Refused`."""
    with reading(access):
        return _concerning(access, queries.match(asked, Viewing(access)))


def _concerning(access: Access, found: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    if access.caller.role in _CITIZENS:
        # A citizen looks nobody up: they find themselves, or nobody.
        found = tuple(one for one in found if one.patient == access.caller.patient)
    # Whoever speaks of one patient looks up that one.
    found = tuple(one for one in found if one.patient and about.admits(access.caller, one.patient))
    for candidate in found:
        if candidate.patient is not None:
            access.concerns(candidate.patient)
    return found


def _noted(act: FeedAct, taken: Taken | None = None) -> tuple[PatientAct, ...]:
    # ITI TF-2 3.8.5.1: a merge deletes the one and updates the other.
    if isinstance(act, PatientMerge):
        return PatientAct("D", _cx(act.subsumed)), PatientAct("U", _cx(act.survivor))
    known = taken is not None and not taken.created
    action = "C" if isinstance(act, PatientAdd) and not known else "U"
    named = [cx for one in act.record.identifiers if (cx := _cx(one))]
    return (PatientAct(action, named[0] if named else ""),)


def _cx(identifier: Identifier) -> str:
    """The identifier for an audit message; empty for a 주민등록번호, which no log ever holds."""
    return "" if identifier.authority == settings.NARU.rrn_authority else str(identifier)


def _check_domains(access: Access, act: FeedAct) -> None:
    """A source tells of identifiers that it gives itself; a sandbox's source gives any."""
    for authority in _authorities(act):
        if not settings.NARU.sandbox and not participants.gives(
            access.caller, authority, on=korean_day(access.time)
        ):
            raise ForeignDomain("A source may tell only of identifiers of its own domain.")
        services.know_domain(authority)


def _authorities(act: FeedAct) -> frozenset[str]:
    if isinstance(act, PatientMerge):
        return frozenset({act.survivor.authority, act.subsumed.authority})
    return frozenset(one.authority for one in act.record.identifiers)


def _take(access: Access, act: FeedAct) -> Taken:
    taken: Taken
    match act:
        case PatientAdd(record=record):
            kept = services.keep(record, now=access.time, by=access.caller)
            taken = Taken(kept.patient, created=kept.created)
        case PatientRevise(record=record):
            taken = Taken(services.revise(record, now=access.time, by=access.caller))
        case PatientMerge(survivor=survivor, subsumed=subsumed):
            taken = _merge(access, survivor, subsumed)
    access.concerns(taken.patient)
    _require_spoken_of(access, taken.patient)
    if not isinstance(act, PatientMerge):
        match_cases.tell(taken.patient, access.time)
        deaths.tell(access, taken.patient, act.record.demographics)
    return taken


def _merge(access: Access, survivor: Identifier, subsumed: Identifier) -> Taken:
    before = queries.resolve(subsumed)
    for named in (before, queries.resolve(survivor)):
        if named is not None:
            _require_spoken_of(access, named.patient)
    into = services.merge(survivor=survivor, subsumed=subsumed, now=access.time, by=access.caller)
    access.concerns(into)
    if before is not None:
        access.concerns(before.patient)
    return Taken(into)


def _require_spoken_of(access: Access, patient: UUID) -> None:
    if not about.admits(access.caller, patient):
        raise OfAnotherPatient("The assertion or token speaks of another patient.")
