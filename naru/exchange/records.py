"""Single records: read, found and changed, as far as each patient lets the caller."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final
from uuid import UUID, uuid4

from django.db import transaction

from naru.audit.records import AuditedObject
from naru.domain.decision import CONSTANT_SENTENCE, Act
from naru.domain.records import (
    Assigned,
    Change,
    Changed,
    Content,
    Criteria,
    Deleted,
    Follow,
    Held,
    Key,
    Method,
    NoneMatches,
    NotHeld,
    NotPermitted,
    Page,
    PatientReference,
    Record,
    Refused,
    Result,
    SeveralMatch,
    Sorting,
    TooMany,
    UnknownPage,
    UnknownPatient,
    VersionConflict,
)
from naru.domain.registry_errors import ErrorCode
from naru.exchange import about
from naru.exchange.access import Access, busy, changing, reading
from naru.exchange.decide import Deciding
from naru.patients import queries as patients
from naru.records import queries, services
from naru.records.sealing import seal_place, unseal_place
from naru.records.services import Origin
from naru.registry.values import Indexed
from naru.security.errors import SealBroken

RECORD: Final = "record"
"""The kind of an audited object that is a single record, by type and id."""

OF_NOBODY: Final = frozenset({"Organization", "Practitioner"})
"""Types that are of no patient: every participant may read them, their writer alone change them."""

_NARROWING: Final = frozenset({"_id", "identifier"})
_FIRST_IN_TRANSACTION: Final = (Method.DELETE, Method.CREATE, Method.UPDATE)  # FHIR R4 3.1.0.11.2.


def read(access: Access, key: Key, version: int | None = None) -> Record:
    """A record, or one version of it. Raises NotHeld, Deleted."""
    with _reading(access):
        held = queries.current(key) if version is None else queries.version(key, version)
        visible = _Visible(access)
        if held is None or not visible.keep([held]):
            raise NotHeld("There is no such record.")
        if held.deleted:
            raise Deleted(held.version)
        visible.note([held])
        return queries.opened([held])[0]


def referred(key: Key) -> Record | None:
    """The record of nobody, an institution or a practitioner, that a submission refers to.

    Whatever is of a patient is not resolved, so that nothing is decided and none is told of.
    """
    held = queries.current(key) if key.type in OF_NOBODY else None
    return None if held is None or held.deleted else queries.opened([held])[0]


def history(access: Access, key: Key) -> tuple[Record, ...]:
    """The versions of a record that the caller may see, the newest first. Raises NotHeld."""
    with _reading(access):
        visible = _Visible(access)
        found = visible.keep(queries.versions(key))
        if not found:
            raise NotHeld("There is no such record.")
        visible.note(found)
        return queries.opened(found)


def search(
    access: Access,
    criteria: Criteria,
    *,
    count: int,
    sorting: Sequence[Sorting] = (),
    page: str = "",
    follow: Follow | None = None,
) -> Page:
    """One page of what fits, as it stood when the first page was asked for.

    `page` is the `rest` of the page before. `follow` tells which records are to be included.
    Raises TooMany, UnknownPage.
    """
    with _reading(access):
        _require_narrow(criteria)
        visible = _Visible(access)
        whose = None if criteria.patients is None else visible.keys_of(criteria.patients)
        question = repr((access.caller.institution, criteria, tuple(sorting))).encode()
        at, after = _place(page, question)
        found = queries.in_order(queries.matching(criteria, whose, at=at), sorting)
        seen = visible.keep(found)
        left = _behind(found, seen, after)
        part = left[:count]
        rest = _cursor(at, part[-1].sequence, question) if part and len(left) > len(part) else ""
        visible.note(part)
        records = queries.opened(part)
        included = visible.followed(records, follow) if follow else ()
        return Page(records=records, included=included, total=len(seen), rest=rest)


def change(access: Access, changes: Sequence[Change]) -> tuple[Changed, ...]:
    """Make all changes or none; what became of each, in their order.

    Raises NotHeld, VersionConflict, SeveralMatch, NoneMatches, NotPermitted, UnknownPatient.
    """
    with _changing(access) as making:
        return making.all(changes)


def change_each(access: Access, changes: Sequence[Change]) -> tuple[Changed | Refused, ...]:
    """Make each change by itself; what became of each, or why it was refused."""
    with _changing(access) as making:
        return tuple(making.alone(one) for one in changes)


@contextmanager
def _reading(access: Access) -> Iterator[None]:
    with busy(ErrorCode.XDSRegistryBusy), reading(access):
        yield


@contextmanager
def _changing(access: Access) -> Iterator["_Making"]:
    with busy(ErrorCode.XDSRegistryBusy), changing(access):
        services.take_turn()
        yield _Making(access)


class _Visible:
    """What the caller may see; decided for each version, noted in the access record."""

    def __init__(self, access: Access, *, only_refusals: bool = False) -> None:
        self._access = access
        self._deciding = Deciding(access, Act.READ, only_refusals=only_refusals)
        self._survivors: dict[UUID, UUID] = {}

    def keep(self, found: Sequence[Held]) -> list[Held]:
        """Those that may be seen."""
        judged = [one for one in found if one.patient is not None]
        permitted = self._deciding.permit([self.indexed(one) for one in judged])
        hidden = {one.sequence for one, may in zip(judged, permitted, strict=True) if not may}
        return [one for one in found if one.sequence not in hidden]

    def indexed(self, held: Held) -> Indexed:
        """The light row as the decision asks for it."""
        assert held.patient is not None
        return Indexed(
            entry_uuid=f"{held.key}/{held.version}",
            unique_id=str(held.key),
            patient=self._survivor(held.patient),
            institution=held.institution,
            event_date=held.event_date,
            kind=held.key.type,
            registered=held.updated,
        )

    def keys_of(self, references: Iterable[PatientReference]) -> list[UUID]:
        """Every key under which records of these persons may stand; a patient is told of it."""
        found: list[UUID] = []
        for reference in references:
            patient = resolve(reference)
            if patient is not None:
                self._access.concerns(patient)
                found += patients.identity_set(patient)
        return found

    def followed(self, records: Sequence[Record], follow: Follow) -> tuple[Record, ...]:
        """The records to which others lead, if they stand and may be seen."""
        own = {record.held.key for record in records}
        keys = [key for key in dict.fromkeys(follow(records)) if key not in own]
        held = [one for key in keys if (one := queries.current(key)) and not one.deleted]
        found = self.keep(held)
        self.note(found)
        return queries.opened(found)

    def note(self, found: Iterable[Held]) -> None:
        """Record what is handed out."""
        for one in found:
            whose = None if one.patient is None else self._survivor(one.patient)
            self._access.objects.append(AuditedObject(RECORD, str(one.key), None, whose))

    def _survivor(self, patient: UUID) -> UUID:
        known = self._survivors.get(patient)
        if known is None:
            known = self._survivors[patient] = patients.survivor(patient) or patient
        return known


class _Making:
    """Changes while they are made, within one transaction."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._visible = _Visible(access, only_refusals=True)
        self._resolved: dict[str, Key] = {}

    def all(self, changes: Sequence[Change]) -> tuple[Changed, ...]:
        """Every change: deletions first, then creates, then updates."""
        targets = [self._target(one) for one in changes]
        self._require_apart(targets)
        for one, (key, _) in zip(changes, targets, strict=True):
            if one.sent_as:
                self._resolved[one.sent_as] = key
        done: dict[int, Changed] = {}
        for method in _FIRST_IN_TRANSACTION:
            for place, one in enumerate(changes):
                if one.method is method:
                    done[place] = self._make(one, *targets[place])
        return tuple(done[place] for place in range(len(changes)))

    def alone(self, change: Change) -> Changed | Refused:
        """One change, undone by itself if it is refused."""
        try:
            with transaction.atomic():
                return self._make(change, *self._target(change))
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
        return key, self._own(key)

    def _own(self, key: Key) -> Held:
        """A record of the caller's own; another's is as if it were not there."""
        held = queries.current(key)
        if held is None or not self._is_own(held):
            raise NotHeld("There is no such record.")
        return held

    def _is_own(self, held: Held) -> bool:
        """Whether the caller's institution wrote it, about nobody but whom the caller speaks of."""
        caller = self._access.caller
        spoken_of = held.patient is None or about.admits(caller, held.patient)
        return held.institution == caller.institution and spoken_of

    def _matching(self, criteria: Criteria) -> list[Held]:
        whose = None if criteria.patients is None else self._visible.keys_of(criteria.patients)
        found = queries.matching(criteria, whose, at=queries.newest())
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
            self._own(key)  # A condition may fit what others wrote.
            _require_version(change, before)
        assert change.write is not None
        content = change.write(self._assigned(change, key, before))
        record = self._write(key, change.method, content, before)
        return Changed(Result.UPDATED if before else Result.CREATED, record)

    def _delete(self, change: Change, key: Key, before: Held | None) -> Changed:
        if before is None:
            raise NotHeld("There is no such record.")
        if before.deleted:
            return Changed(Result.UNCHANGED, Record(before, b""))
        self._own(key)
        _require_version(change, before)
        content = Content(text=b"", event_date=before.event_date)
        origin = self._origin(before.patient)
        record = services.write(key, Method.DELETE, content, origin, before)
        self._visible.note([record.held])
        return Changed(Result.DELETED, record)

    def _write(self, key: Key, method: Method, content: Content, before: Held | None) -> Record:
        patient = self._patient(key, content)
        record = services.write(key, method, content, self._origin(patient), before)
        if patient is not None:
            self._access.concerns(patient)
            item = self._visible.indexed(record.held)
            if not all(Deciding(self._access, Act.REGISTER).permit([item])):
                raise NotPermitted(CONSTANT_SENTENCE)
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


def resolve(reference: PatientReference) -> UUID | None:
    """Whom a reference means; nobody by an identifier that gave way to another."""
    if isinstance(reference, UUID):
        return patients.survivor(reference)
    found = patients.resolve(reference)
    return None if found is None or found.subsumed else found.patient


def _new(kind: str) -> Key:
    return Key(kind, str(uuid4()))


def _require_version(change: Change, before: Held) -> None:
    if change.if_version is not None and change.if_version != before.version:
        raise VersionConflict("The record has another version by now.")


def _require_narrow(criteria: Criteria) -> None:
    """A search of patients' records names whose, or which: nobody looks through everybody's."""
    narrow = criteria.patients is not None or any(
        one.name in _NARROWING for one in criteria.criteria
    )
    if not narrow and criteria.type not in OF_NOBODY:
        raise TooMany("A search names a patient, an _id or an identifier.")


def _behind(found: Sequence[Held], seen: Sequence[Held], after: int | None) -> list[Held]:
    """What may be seen behind the last of the page before, whether or not that one still may."""
    if after is None:
        return list(seen)
    places = {one.sequence: place for place, one in enumerate(found)}
    place = places.get(after)
    if place is None:
        raise UnknownPage("The page is of another question.")
    return [one for one in seen if places[one.sequence] > place]


def _cursor(at: int, after: int, question: bytes) -> str:
    return seal_place(f"{at} {after}".encode(), question).hex()


def _place(page: str, question: bytes) -> tuple[int, int | None]:
    """The moment of a search, and the last of the page before."""
    if not page:
        return queries.newest(), None
    try:
        at, after = unseal_place(bytes.fromhex(page), question).split()
    except (SealBroken, ValueError):
        raise UnknownPage("The page is none of this question.") from None
    return int(at), int(after)
