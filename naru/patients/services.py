"""What feeds change (ITI-44, ITI-8). Each is a whole act, also within a caller's transaction."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from naru.domain.caller import Caller
from naru.domain.identifiers import Identifier, is_oid
from naru.domain.person import PatientRecord
from naru.patients import domains, feed, merging, stewardship
from naru.patients.errors import UnknownDomain
from naru.patients.joining import By

__all__ = [
    "Kept",
    "add",
    "decide_apart",
    "decide_link",
    "keep",
    "know_domain",
    "merge",
    "part",
    "reopen",
    "revise",
    "steward_merge",
]


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


def add(record: PatientRecord, *, now: datetime, by: Caller | None = None) -> UUID:
    """Keep a record that a source has registered; gives the surviving patient's key.

    Raises what `keep` raises.
    """
    return keep(record, now=now, by=by).patient


def keep(record: PatientRecord, *, now: datetime, by: Caller | None = None) -> Kept:
    """Keep a record that a source has registered, or revised without knowing which it was.

    The text says nothing about an id added again: a source that repeats itself is taken at its
    last word, as if it had revised. A new record is matched with all that are known: linked where
    nothing speaks against it, shown to a steward where something does. Of racing sources of one
    identifier exactly one creates.
    Raises `UnknownDomain`, `AlreadySubsumed`, `DifferentPatients`.
    """
    # ITI TF-2 3.44.4.1, PRPA_TE201301UV02.
    with transaction.atomic():
        told = feed.read(record, now, by)
        feed.take_turn(told)
        known = feed.known_rows(told)
        patient = feed.store_again(told, known) if known else feed.store_new(told)
    return Kept(patient.root, created=not known)


def revise(record: PatientRecord, *, now: datetime, by: Caller | None = None) -> UUID:
    """Keep what a source knows anew of a person; gives the surviving patient's key.

    What is not sent again of the demographics is gone, except a resident number. Who is whom does
    not change by it: of somebody whom the record now looks like, a steward is asked. Raises
    `UnknownIdentifier` for a person not known, and what `add` raises.
    """
    # ITI TF-2 3.44.4.1, PRPA_TE201302UV02.
    with transaction.atomic():
        told = feed.read(record, now, by)
        feed.take_turn(told)
        return feed.store_again(told, feed.known_rows(told)).root


def merge(
    *, survivor: Identifier, subsumed: Identifier, now: datetime, by: Caller | None = None
) -> UUID:
    """End `subsumed` in favour of `survivor`; gives the surviving patient's key.

    Raises, with nothing changed, `SameIdentifier`, `UnknownDomain`, `DifferentDomains`,
    `UnknownIdentifier`, `AlreadySubsumed` or `ResidentNumbersDiffer`; their `part` says whose.
    """
    # ITI TF-2 3.44.4.2.3, 3.8.4.2.4.
    merging.check(survivor, subsumed)
    with transaction.atomic():
        return merging.merge(survivor, subsumed, By(now=now, caller=by))


def decide_link(case: UUID, by: By) -> UUID:
    """Make one person of the two of a case; see `stewardship`, also for the others."""
    with transaction.atomic():
        return stewardship.link(case, by)


def decide_apart(case: UUID, by: By) -> None:
    """Say that the two of a case are two."""
    with transaction.atomic():
        stewardship.keep_apart(case, by)


def reopen(case: UUID, by: By) -> None:
    """Ask again."""
    with transaction.atomic():
        stewardship.reopen(case, by)


def part(act: UUID, by: By) -> None:
    """Take a link or a merge back."""
    with transaction.atomic():
        stewardship.part(act, by)


def steward_merge(*, survivor: Identifier, subsumed: Identifier, by: By) -> UUID:
    """End one of two identifiers of one domain, on a steward's word."""
    with transaction.atomic():
        return stewardship.merge(survivor, subsumed, by)
