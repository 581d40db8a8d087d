"""The steward's work: who may be one person, looked at and decided (환자 연결 판단).

Each look and each decision leaves one access record, of every person whose record was opened. A
person's records are opened here without asking the consent: who is whom comes before it, and only
what identifies a person is shown, nothing of their care and no number of theirs.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from naru.domain import roles
from naru.domain.caller import Role
from naru.domain.identifiers import Identifier
from naru.domain.korea import korean_day
from naru.domain.person import PatientRecord
from naru.exchange.access import Access, changing, reading
from naru.exchange.operating import inboxes
from naru.notifications.services import notify
from naru.patients import queries, services
from naru.patients.errors import NotJoined, Refused, UnknownIdentifier
from naru.patients.joining import By
from naru.patients.queries import CaseLine, CaseView, Decided

ACTION = "resolve-matches"


class NotAllowed(Refused):
    """The caller is no steward."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """What waits, and what the program linked by itself; nothing of it names anybody."""

    waiting: tuple[CaseLine, ...]
    count: int
    recognised: tuple[CaseLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """One person: what each source tells, what ever joined them, and numbers twice at a source."""

    patient: UUID
    sources: tuple[PatientRecord, ...]
    joins: tuple[Decided, ...]
    duplicates: tuple[tuple[Identifier, Identifier], ...]


def queue(access: Access, after: int = 0) -> Queue:
    """The cases that nobody decided, the oldest first. Raises `NotAllowed`, as all of these do."""
    with reading(access):
        _require_steward(access)
        return Queue(
            waiting=queries.waiting_cases(after),
            count=queries.count_waiting(),
            recognised=queries.recognised(),
        )


def tell(patient: UUID, at: datetime) -> None:
    """Tell the stewards of what a record of this patient opened just now, in the transaction."""
    for one in queries.opened_for(patient, at):
        for to in inboxes(Role.STEWARD, korean_day(at)):
            notify("match-review", to, {"case": str(one)}, key=f"{one} {to.id}")


def case(access: Access, key: UUID) -> CaseView:
    """Both sides of a case, side by side. Raises `UnknownCase`."""
    with reading(access):
        _require_steward(access)
        found = queries.case(key, access.time)
        _concerns(access, found.line)
        return found


def link(access: Access, key: UUID, why: str) -> UUID:
    """Make one person of the two; gives the survivor. Raises `UnknownCase` and `WhyMissing`."""
    with changing(access):
        _known(access, key)
        return services.decide_link(key, _by(access, why))


def keep_apart(access: Access, key: UUID, why: str) -> None:
    """Say that they are two. Raises what `link` raises."""
    with changing(access):
        _known(access, key)
        services.decide_apart(key, _by(access, why))


def reopen(access: Access, key: UUID, why: str) -> None:
    """Ask again. Raises what `link` raises."""
    with changing(access):
        _known(access, key)
        services.reopen(key, _by(access, why))


def part(access: Access, patient: UUID, act: UUID, why: str) -> None:
    """Take a link or a merge of this person back.

    Raises `NotJoined`, also for an act of somebody else, and `WhyMissing`.
    """
    with changing(access):
        _require_steward(access)
        for one in queries.identity_set(patient):
            access.concerns(one)
        # Whom the record names has to be whom the act is about.
        if act not in {one.key for one in queries.joins(patient)}:
            raise NotJoined("The act joined nobody to this person.")
        services.part(act, _by(access, why))


def person(access: Access, patient: UUID) -> Whole:
    """All that is known of who a person is. Raises `UnknownIdentifier`."""
    with reading(access):
        _require_steward(access)
        root = queries.survivor(patient)
        if root is None:
            raise UnknownIdentifier("The person is not known.")
        access.concerns(root)
        return Whole(
            patient=root,
            sources=queries.sources(root),
            joins=queries.joins(root),
            duplicates=queries.duplicates(root),
        )


def merge(access: Access, survivor: Identifier, subsumed: Identifier, why: str) -> UUID:
    """End one of two identifiers of one source. Raises what `patients.services.merge` raises."""
    with changing(access):
        _require_steward(access)
        for one in (survivor, subsumed):
            found = queries.resolve(one)
            if found is not None:
                access.concerns(found.patient)
        return services.steward_merge(survivor=survivor, subsumed=subsumed, by=_by(access, why))


def _known(access: Access, key: UUID) -> None:
    _require_steward(access)
    _concerns(access, queries.case_line(key))


def _concerns(access: Access, line: CaseLine) -> None:
    for one in line.people:
        access.concerns(one)


def _by(access: Access, why: str) -> By:
    return By(now=access.time, caller=access.caller, why=why.strip())


def _require_steward(access: Access) -> None:
    if not roles.may(access.caller.role, ACTION):
        raise NotAllowed("Only a steward decides who is whom.")
