"""Who did what to whose records, as audit events (ITI-81); derived anew, and nothing kept twice."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings

from naru.audit import queries as audit
from naru.audit.queries import Stored
from naru.audit.records import RecordId
from naru.domain.audit_message import AuditMessage
from naru.domain.caller import Role
from naru.domain.identifiers import Identifier
from naru.exchange.access import Access, reading
from naru.exchange.audit import patterns as audit_patterns
from naru.exchange.without_consent.untold import Untold
from naru.patients import queries as patients

MOST_READ: Final = 5_000
"""Records that one request looks through; its answer says where to go on."""
_BATCH: Final = 200
_PATIENT_ROLE: Final = "1"
_QUERY_ROLE: Final = "24"
_ALLOWED: Final = frozenset({Role.OPERATOR, Role.PRIVACY_OFFICER, Role.PATIENT})


class NotTheirs(Exception):
    """The caller has no right to the audit trail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditQuery:
    """A span of time, whose end is not in it, and perhaps one patient by key or identifier."""

    since: datetime | None = None
    until: datetime | None = None
    patient: UUID | Identifier | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditedEvent:
    """One event; `id` is the record's and which of its events it is, and stays."""

    id: str
    message: AuditMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Events, newest first, and the place before which there may be more."""

    events: tuple[AuditedEvent, ...]
    before: int | None = None


def find(
    access: Access,
    query: AuditQuery,
    wanted: Callable[[AuditMessage], bool],
    *,
    count: int,
    before: int | None = None,
) -> Found:
    """The events that are `wanted`, newest first: at least `count`, if there are so many.

    Events of one record stay together. A citizen is shown their own, without the words and the
    address of who asked; a privacy officer what their own institution did. Raises `NotTheirs`.
    """
    _require_right(access)
    with reading(access):
        view = _View(access, query)
        if view.nobody:
            return Found(events=())
        found: list[AuditedEvent] = []
        read = 0
        while read < MOST_READ:
            batch = audit.between(
                query.since, query.until, before=before, patients=view.members, limit=_BATCH
            )
            for stored in batch:
                before = stored.place
                if _within(query, stored.record.time):
                    found += [one for one in view.events(stored) if wanted(one.message)]
                if len(found) >= count:
                    return Found(events=tuple(found), before=before)
            read += len(batch)
            if len(batch) < _BATCH:
                return Found(events=tuple(found))
        return Found(events=tuple(found), before=before)


def one(access: Access, record: RecordId, number: int) -> AuditedEvent | None:
    """One event by its id; `None` if there is none, or none for the caller. Raises `NotTheirs`."""
    _require_right(access)
    with reading(access):
        view = _View(access, AuditQuery())
        found = audit.one(record)
        if found is None or view.nobody:
            return None
        events = view.events(Stored(place=0, id=record, record=found))
        return next((each for each in events if each.id == _id(record, number)), None)


def _require_right(access: Access) -> None:
    if access.caller.role not in _ALLOWED and not settings.NARU.sandbox:
        raise NotTheirs


def _within(query: AuditQuery, time: datetime) -> bool:
    return (query.since is None or query.since <= time) and (
        query.until is None or time < query.until
    )


def _id(record: RecordId, number: int) -> str:
    return f"{record}-{number}"


class _View:
    """What one caller may be shown of the trail."""

    def __init__(self, access: Access, query: AuditQuery) -> None:
        caller = access.caller
        self._own = caller.role is Role.PATIENT
        self._only_by = caller.institution if caller.role is Role.PRIVACY_OFFICER else None
        asked = query.patient is not None
        patient = _surviving(query.patient) if asked else None
        only = caller.patient if self._own else caller.about
        if self._own or only is not None:
            theirs = None if only is None else patients.survivor(only)
            patient = theirs if not asked or patient == theirs else None
        self.nobody = patient is None and (asked or self._own or only is not None)
        self.members: tuple[UUID, ...] = ()
        self._untold = Untold([], access.time)
        self._ids: frozenset[str] = frozenset()
        if patient is not None:
            access.concerns(patient)
            self.members = patients.identity_set(patient)
            self._untold = Untold([patient] if self._own else [], access.time)
            self._ids = frozenset(map(str, patients.known_by(patient)))

    def events(self, stored: Stored) -> Iterator[AuditedEvent]:
        """The events of a record that the caller may see, about the patient if one is asked for."""
        record = stored.record
        if self._only_by not in {None, record.caller.institution}:
            return
        if self._untold.hides(record.caller.institution, record.time):
            return
        whose = set(record.patients)
        alone = bool(whose) and whose <= set(self.members)
        for number, message in enumerate(audit_patterns.derive(record)):
            if not self.members or self._is_about(message, alone=alone):
                told = _without_words(message) if self._own else message
                yield AuditedEvent(id=_id(stored.id, number), message=told)

    def _is_about(self, message: AuditMessage, *, alone: bool) -> bool:
        named = [each.id for each in message.objects if each.role == _PATIENT_ROLE]
        return self._ids.issuperset(named) if named else alone


def _surviving(patient: UUID | Identifier | None) -> UUID | None:
    if isinstance(patient, Identifier):
        resolved = patients.resolve(patient)
        return resolved.patient if resolved else None
    return patients.named(patient) if patient else None


def _without_words(message: AuditMessage) -> AuditMessage:
    """A question may name others, and an address is the caller's own business."""
    return replace(
        message,
        participants=tuple(
            replace(one, access_point="", access_point_type=None) for one in message.participants
        ),
        objects=tuple(
            replace(one, query=None, details=()) if one.role == _QUERY_ROLE else one
            for one in message.objects
        ),
    )
