"""Patients between institutions: feeds (ITI-44), other ids (ITI-45), who is this (ITI-47)."""

from django.conf import settings

from naru.audit.records import PatientAct
from naru.domain.identifiers import Identifier
from naru.domain.korea import korean_day
from naru.domain.patient_messages import FeedAct, PatientAdd, PatientMerge, PatientRevise
from naru.domain.patient_query import Candidate, IdentifierQuery, PatientQuery
from naru.exchange import participants
from naru.exchange.access import Access, changing, reading
from naru.exchange.viewing import Viewing
from naru.patients import queries, services
from naru.patients.errors import ForeignDomain, UnknownIdentifier


def feed(access: Access, acts: tuple[FeedAct, ...]) -> None:
    """Take a source's acts, all or none. Raises `patients.errors.Refused`."""
    access.acts += [noted for act in acts for noted in _noted(act)]
    with changing(access):
        for act in acts:
            _check_domains(access, act)
            _take(access, act)


def cross_references(access: Access, query: IdentifierQuery) -> tuple[Identifier, ...]:
    """The person's identifiers that the caller may learn. Raises `patients.errors.Refused`."""
    access.patient_id = _cx(query.patient)
    with reading(access):
        viewer = Viewing(access)
        resolved = queries.resolve(query.patient)
        if resolved is not None:
            access.concerns(resolved.patient)
            if not viewer.may_learn(resolved.patient, query.patient.authority):
                raise UnknownIdentifier("The identifier is not known.")
        found = queries.cross_references(query.patient, query.domains)
        return tuple(
            one for one in found if resolved and viewer.may_learn(resolved.patient, one.authority)
        )


def demographics(access: Access, query: PatientQuery) -> tuple[Candidate, ...]:
    """Everyone who matches, best first. Raises `patients.errors.Refused`."""
    with reading(access):
        found = queries.find(query, Viewing(access))
        for candidate in found:
            if candidate.patient is not None:
                access.concerns(candidate.patient)
        return found


def _noted(act: FeedAct) -> tuple[PatientAct, ...]:
    # ITI TF-2 3.8.5.1: a merge deletes the one and updates the other.
    if isinstance(act, PatientMerge):
        return PatientAct("D", _cx(act.subsumed)), PatientAct("U", _cx(act.survivor))
    action = "C" if isinstance(act, PatientAdd) else "U"
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


def _take(access: Access, act: FeedAct) -> None:
    match act:
        case PatientAdd(record=record):
            access.concerns(services.add(record, now=access.time))
        case PatientRevise(record=record):
            access.concerns(services.revise(record, now=access.time))
        case PatientMerge(survivor=survivor, subsumed=subsumed):
            _merge(access, survivor, subsumed)


def _merge(access: Access, survivor: Identifier, subsumed: Identifier) -> None:
    before = queries.resolve(subsumed)
    access.concerns(services.merge(survivor=survivor, subsumed=subsumed, now=access.time))
    if before is not None:
        access.concerns(before.patient)
