"""What feeds change (ITI-44, ITI-8). Each is a whole act, also within a caller's transaction."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from naru.domain.identifiers import Identifier, is_oid
from naru.domain.person import PatientRecord
from naru.patients import domains, feed, merging
from naru.patients.errors import UnknownDomain

__all__ = ["Kept", "add", "keep", "know_domain", "merge", "revise"]


@dataclass(frozen=True, slots=True)
class Kept:
    """Whose record was kept, by the surviving patient's key, and whether it is a new one."""

    patient: UUID
    created: bool


def know_domain(oid: str) -> None:
    """Cross-reference the identifiers of this domain from now on; raises `UnknownDomain`."""
    if not is_oid(oid):
        raise UnknownDomain("A patient identification domain is named by its OID.")
    domains.row(oid)


def add(record: PatientRecord, *, now: datetime) -> UUID:
    """Keep a record that a source has registered; gives the surviving patient's key.

    Raises what `keep` raises.
    """
    return keep(record, now=now).patient


def keep(record: PatientRecord, *, now: datetime) -> Kept:
    """Keep a record that a source has registered, or revised without knowing which it was.

    The text says nothing about an id added again: a source that repeats itself is taken at its
    last word, as if it had revised. Of racing sources of one identifier exactly one creates.
    Raises `UnknownDomain`, `AlreadySubsumed`, `DifferentPatients`.
    """
    # ITI TF-2 3.44.4.1, PRPA_TE201301UV02.
    with transaction.atomic():
        told = feed.read(record, now)
        feed.take_turn(told)
        known = feed.known_rows(told)
        patient = feed.store_again(told, known) if known else feed.store_new(told)
    return Kept(patient.root, created=not known)


def revise(record: PatientRecord, *, now: datetime) -> UUID:
    """Keep what a source knows anew of a person; gives the surviving patient's key.

    What is not sent again of the demographics is gone, except a resident number. Raises
    `UnknownIdentifier` for a person not known, and what `add` raises.
    """
    # ITI TF-2 3.44.4.1, PRPA_TE201302UV02.
    with transaction.atomic():
        told = feed.read(record, now)
        feed.take_turn(told)
        return feed.store_again(told, feed.known_rows(told)).root


def merge(*, survivor: Identifier, subsumed: Identifier, now: datetime) -> UUID:
    """End `subsumed` in favour of `survivor`; gives the surviving patient's key.

    Raises, with nothing changed, `SameIdentifier`, `UnknownDomain`, `DifferentDomains`,
    `UnknownIdentifier`, `AlreadySubsumed` or `ResidentNumbersDiffer`; their `part` says whose.
    """
    # ITI TF-2 3.44.4.2.3, 3.8.4.2.4.
    merging.check(survivor, subsumed)
    with transaction.atomic():
        return merging.merge(survivor, subsumed, now)
