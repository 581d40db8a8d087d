"""Changing single records, as far as they are the caller's and consent lets them in."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID, uuid4

from django.db import transaction

from naru.domain.arrangements import Relation, RelationKind, Visit
from naru.domain.bookings import RECORD, Wanted
from naru.domain.decision import NOT_TAKEN, Act
from naru.domain.records import (
    Assigned,
    Change,
    Changed,
    Content,
    Criteria,
    Held,
    Inquiry,
    Key,
    Method,
    NoneMatches,
    Noted,
    NotHeld,
    NotPermitted,
    Record,
    Refused,
    Result,
    SeveralMatch,
    Told,
    UnknownPatient,
    VersionConflict,
)
from naru.domain.scheduling import Appointment, AppointmentStatus
from naru.exchange import about
from naru.exchange.access import Access
from naru.exchange.decide import Deciding
from naru.exchange.records.reading import OF_NOBODY, Looking, within
from naru.exchange.records.visibility import Visible, resolve
from naru.exchange.treatment import bookings
from naru.exchange.treatment import relations as treatment
from naru.ledger import services as ledger
from naru.records import queries, services
from naru.records.services import Origin


class _NotKept(NotPermitted):
    """What says of a visit is not taken; `record` names what stands of it from before."""

    def __init__(self, patient: UUID, visit: Visit, record: str | None) -> None:
        super().__init__(NOT_TAKEN)
        self.patient, self.visit, self.record = patient, visit, record


_FIRST_IN_TRANSACTION: Final = (Method.DELETE, Method.CREATE, Method.UPDATE)  # FHIR R4 3.1.0.11.2.


class Making:
    """Changes while they are made, within one transaction."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._visible = Visible(access, only_refusals=True)
        self._resolved: dict[str, Key] = {}

    def all(self, asked: Sequence[Change | Inquiry]) -> tuple[Changed | Told, ...]:
        """Every change, deletions first, then creates, then updates; last what is looked at.

        All or nothing, so that here no visit is noted whose record is refused.
        """
        try:
            return self._all(asked)
        except _NotKept:
            raise NotPermitted(NOT_TAKEN) from None

    def _all(self, asked: Sequence[Change | Inquiry]) -> tuple[Changed | Told, ...]:
        changes = {place: one for place, one in enumerate(asked) if isinstance(one, Change)}
        targets = {place: self._target(one) for place, one in changes.items()}
        self._require_apart([*targets.values()])
        for place, one in changes.items():
            if one.sent_as:
                self._resolved[one.sent_as] = targets[place][0]
        done: dict[int, Changed | Told] = {}
        for method in _FIRST_IN_TRANSACTION:
            for place, one in changes.items():
                if one.method is method:
                    done[place] = self._make(one, *targets[place])
        looking = Looking(self._access)
        for place, inquiry in enumerate(asked):
            if not isinstance(inquiry, Change):
                done[place] = looking.answer(inquiry)
        return tuple(done[place] for place in range(len(asked)))

    def one(self, change: Change) -> Changed | Noted:
        """One change; of a visit that is not taken, that it was noted (docs/adr/0027)."""
        try:
            with transaction.atomic():
                return self._make(change, *self._target(change))
        except _NotKept as refusal:
            access, patient = self._access, refusal.patient
            if not treatment.may_note(access):
                raise NotPermitted(NOT_TAKEN) from None
            relation = self._visited(patient, refusal.visit, refusal.record)
            access.concerns(patient)
            access.refused(NotPermitted.__name__)
            return Noted(until=relation.until if relation else None)

    def alone(self, asked: Change | Inquiry) -> Changed | Noted | Told | Refused:
        """One of several, undone by itself if it is refused."""
        try:
            with transaction.atomic():
                if isinstance(asked, Change):
                    return self.one(asked)
                return Looking(self._access).answer(asked)
        except Refused as refusal:
            self._access.refused(type(refusal).__name__)
            return refusal

    def _target(self, change: Change) -> tuple[Key, Held | None]:
        """What a change is about: a name, and what stands there now."""
        if change.criteria is not None:
            found = self._matching(change.criteria)
            if len(found) > 1:
                raise SeveralMatch("The condition fits several records.")
            return (found[0].key, found[0]) if found else (_new(change.type), None)
        if change.method is Method.CREATE:
            return _new(change.type), None
        key = Key(change.type, change.id)
        return key, self._own(key, change.method)

    def _own(self, key: Key, method: Method) -> Held:
        """A record of the caller's own; another's is as if it were not there.

        Whoever booked at another institution changes that appointment, too, and deletes none.
        """
        held = queries.current(key)
        booked = method is Method.UPDATE and held is not None and self._booked_it(held)
        if held is None or not (booked or self._is_own(held)):
            raise NotHeld("There is no such record.")
        return held

    def _booked_it(self, held: Held) -> bool:
        """Whether the caller's institution booked it at another's schedule."""
        if held.key.type != RECORD or held.deleted or held.patient is None:
            return False
        if not about.admits(self._access.caller, held.patient):
            return False
        return bookings.is_booked_elsewhere(self._access, UUID(held.key.id))

    def _is_own(self, held: Held) -> bool:
        """Whether the caller's institution wrote it, about nobody but whom the caller speaks of."""
        caller = self._access.caller
        spoken_of = held.patient is None or about.admits(caller, held.patient)
        return held.institution == caller.institution and spoken_of

    def _matching(self, criteria: Criteria) -> list[Held]:
        whose = None if criteria.patients is None else self._visible.keys_of(criteria.patients)
        institution = within(self._access, criteria)
        found = queries.matching(criteria, whose, at=queries.newest(), institution=institution)
        own = [one for one in found if self._is_own(one)]
        others = [one for one in found if not self._is_own(one)]
        return own + self._visible.keep(others)

    def _require_apart(self, targets: Sequence[tuple[Key, Held | None]]) -> None:
        if len({key for key, _ in targets}) != len(targets):
            raise SeveralMatch("Two entries are about the same record.")

    def _make(self, change: Change, key: Key, before: Held | None) -> Changed:
        if change.method is Method.DELETE:
            return self._delete(change, key, before)
        if change.method is Method.CREATE and before is not None:
            self._visible.note([before])
            return Changed(Result.UNCHANGED, queries.opened([before])[0])
        if before is not None:
            self._own(key, change.method)  # A condition may fit what others wrote.
            _require_version(change, before)
        assert change.write is not None
        assigned = self._assigned(change, key, before)
        content = change.write(assigned)
        record = self._booked(content, assigned, before)
        record = record or self._write(key, change.method, content, before)
        return Changed(Result.UPDATED if before else Result.CREATED, record)

    def _delete(self, change: Change, key: Key, before: Held | None) -> Changed:
        if before is None:
            raise NotHeld("There is no such record.")
        if before.deleted:
            return Changed(Result.UNCHANGED, Record(before, b""))
        self._own(key, change.method)
        _require_version(change, before)
        if key.type == RECORD and before.patient is not None:
            gone = Wanted(status=AppointmentStatus.CANCELLED)
            bookings.take(self._access, UUID(key.id), before.patient, gone)
        content = Content(text=b"", event_date=before.event_date, department=before.department)
        origin = self._origin(before.patient)
        record = services.write(key, Method.DELETE, content, origin, before)
        ledger.commit_record(UUID(key.id), record.text, "delete")
        if before.patient is not None:
            treatment.note_visit(self._access, before.patient, Visit(kind=None), str(key))
        self._visible.note([record.held])
        return Changed(Result.DELETED, record)

    def _booked(self, content: Content, assigned: Assigned, before: Held | None) -> Record | None:
        """The record of a booking, where the change is of a schedule here."""
        if content.wanted is None:
            return None
        patient = self._patient(assigned.key, content)
        assert patient is not None
        if not about.admits(self._access.caller, patient):
            raise NotPermitted(NOT_TAKEN)
        made = bookings.take(self._access, UUID(assigned.key.id), patient, content.wanted)
        if made is None:
            return None
        record = self._written(made, content, assigned, before)
        self._visible.note([record.held])
        return record

    def _written(
        self, made: Appointment, content: Content, assigned: Assigned, before: Held | None
    ) -> Record:
        """The record of a booking with what was sent of it.

        Of another institution's record only the booking changes: its own words stay, and whoever
        booked is told of the booking alone.
        """
        if before is None or self._is_own(before):
            kept = bookings.content(self._access, made, content.text, assigned)
            return bookings.write(self._access, made, kept, before)
        said = queries.opened([before])[0].text
        kept = bookings.content(self._access, made, said, assigned)
        written = bookings.write(self._access, made, kept, before)
        told = bookings.content(self._access, made, b"", assigned)
        return Record(written.held, told.text)

    def _visited(self, patient: UUID, visit: Visit, record: str | None) -> Relation | None:
        """What a visit says of treatment; of an appointment here, the appointment says it."""
        if visit.appointment is not None:
            came = visit.kind in {RelationKind.RECEPTION, RelationKind.ADMISSION}
            kept = bookings.encountered(self._access, visit.appointment, patient, came=came)
            if kept and visit.kind is RelationKind.BOOKING:
                visit = replace(visit, kind=None)
        return treatment.note_visit(self._access, patient, visit, record)

    def _write(self, key: Key, method: Method, content: Content, before: Held | None) -> Record:
        patient = self._patient(key, content)
        record = services.write(key, method, content, self._origin(patient), before)
        if patient is not None:
            self._access.concerns(patient)
            item = self._visible.indexed(record.held)
            if not all(Deciding(self._access, Act.REGISTER).permit([item])):
                if content.visit is None or not about.admits(self._access.caller, patient):
                    raise NotPermitted(NOT_TAKEN)
                raise _NotKept(patient, content.visit, str(key) if before else None)
            if content.visit is not None:
                self._visited(patient, content.visit, str(key))
        ledger.commit_record(UUID(key.id), record.text, "change" if before else "register")
        self._visible.note([record.held])
        return record

    def _patient(self, key: Key, content: Content) -> UUID | None:
        if key.type in OF_NOBODY:
            return None
        patient = resolve(content.patient) if content.patient is not None else None
        if patient is None:
            raise UnknownPatient("The record names no patient who is known here.")
        return patient

    def _origin(self, patient: UUID | None) -> Origin:
        return Origin(self._access.caller.institution, patient, self._access.time)

    def _assigned(self, change: Change, key: Key, before: Held | None) -> Assigned:
        resolved = dict(self._resolved)
        for sent, criteria in change.references.items():
            resolved[sent] = self._referred(change, criteria)
        version = before.version + 1 if before else 1
        return Assigned(key=key, version=version, updated=self._access.time, resolved=resolved)

    def _referred(self, change: Change, criteria: Criteria) -> Key:
        if criteria.type == "Patient":
            # What no consent guards must not tell whether somebody is known here.
            named = () if change.type in OF_NOBODY else criteria.patients or ()
            patient = next(map(resolve, named), None)
            if patient is None or not about.admits(self._access.caller, patient):
                raise NoneMatches("A conditional reference fits no record.")
            return Key("Patient", str(patient))
        found = self._matching(criteria)
        if not found:
            raise NoneMatches("A conditional reference fits no record.")
        if len(found) > 1:
            raise SeveralMatch("A conditional reference fits several records.")
        return found[0].key


def _new(kind: str) -> Key:
    return Key(kind, str(uuid4()))


def _require_version(change: Change, before: Held) -> None:
    if change.if_version is not None and change.if_version != before.version:
        raise VersionConflict("The record has another version by now.")
