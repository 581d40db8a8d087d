from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from itertools import islice
from typing import Any, Final
from uuid import UUID

import msgspec
from django.db import connection
from django.db.models import Max, Min

from naru.audit.chain import Prepared, link, open_particulars, read_body, read_record
from naru.audit.models import Record, RecordPatient
from naru.audit.records import AccessRecord, Outcome, RecordId
from naru.domain.caller import PurposeOfUse, Role, User
from naru.domain.decision import Reason
from naru.storage import columns
from naru.storage.columns import places, uuid_of

DOCUMENT: Final = "document"
"""The kind of an audited object that is a document, with its uniqueId as id."""

LIMIT: Final = 100


class Decided(msgspec.Struct, frozen=True, gc=False):
    """Of a decision what its patient is shown."""

    object_id: str
    permitted: bool
    reason: Reason
    patient: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """What a patient is shown of one access to their records.

    `institution` and `patient` are surrogate ids; a presenter asks the directory for the name.
    """

    record: RecordId
    transaction: str
    time: datetime
    role: Role
    institution: UUID | None
    purpose: PurposeOfUse
    outcome: Outcome
    documents: tuple[str, ...]
    decisions: tuple[Decided, ...]


class _Object(msgspec.Struct, frozen=True, gc=False):
    """Of an object that a request touched what its patient is shown."""

    kind: str
    id: str
    patient: str | None = None


class _Told(msgspec.Struct, frozen=True):
    """Of a record's body what a patient is shown; the rest of it is passed over unread."""

    transaction: str
    role: Role
    purpose: PurposeOfUse
    institution: UUID | None
    outcome: Outcome
    time: datetime
    patients: tuple[str, ...]
    objects: tuple[_Object, ...]
    decisions: tuple[Decided, ...]


_told: Final = msgspec.json.Decoder(_Told)

_BY_A_PATIENT: Final = f'"role":"{Role.PATIENT.value}"'.encode()
"""In the body of what a patient asked; in no other, since there a quotation mark is escaped."""

_HEAD: Final = 400
"""Octets of a body in which its role is looked for: what is written before it is short."""


_OF_PERSON: Final = """
SELECT record.record, record.body FROM audit_record_patient about
JOIN audit_record record ON record.id = about.record_id
WHERE about.patient IN {among} {others} {older}
ORDER BY about.record_id DESC LIMIT %s
"""
_OTHERS: Final = {
    "sqlite": f"AND INSTR(SUBSTR(record.body, 1, {_HEAD}), %s) = 0",
    "postgresql": f"AND POSITION(%s IN SUBSTR(record.body, 1, {_HEAD})) = 0",
}
_OLDER: Final = "AND about.record_id < (SELECT id FROM audit_record WHERE record = %s)"


@dataclass(frozen=True, slots=True)
class Found:
    """One access to a person's records that was found and is not read yet."""

    record: RecordId
    body: bytes
    keys: Collection[UUID]

    def told(self) -> Crossing:
        """What its patient is shown of it."""
        return _crossing(self.keys, self.record, self.body)


def found_of_person(
    keys: Collection[UUID],
    limit: int = LIMIT,
    before: RecordId | None = None,
    *,
    own: bool = True,
) -> tuple[Found, ...]:
    """The newest `limit` accesses to a person's records, newest first; opens nothing sealed.

    `keys` are all by which the person is or was known. With `before`, those that were recorded
    before that record; without `own`, none in which a patient asked, of which there may be
    thousands.
    """
    others = "" if own else _OTHERS[connection.vendor]
    asked = columns.keys(keys)
    statement = _OF_PERSON.format(
        among=places(asked), others=others, older=_OLDER if before else ""
    )
    parameters: list[Any] = [*asked, *([] if own else [_BY_A_PATIENT])]
    parameters += columns.keys([before]) if before else []
    with connection.cursor() as cursor:
        cursor.execute(statement, [*parameters, limit * len(keys)])
        rows = cursor.fetchall()
    # A record that names several of the keys stands once for each.
    each = {RecordId(uuid_of(record)): bytes(body) for record, body in rows}
    return tuple(Found(record, body, keys) for record, body in islice(each.items(), limit))


def of_person(
    keys: Collection[UUID],
    limit: int = LIMIT,
    before: RecordId | None = None,
    *,
    own: bool = True,
) -> tuple[Crossing, ...]:
    """The same, read."""
    return tuple(one.told() for one in found_of_person(keys, limit, before, own=own))


def crossing(keys: Collection[UUID], record: RecordId) -> Crossing | None:
    """One access, as the person of these keys is shown it; None where nothing of it is theirs."""
    found = RecordPatient.objects.filter(patient__in=list(keys), record__record=record)
    body = found.values_list("record__body", flat=True).first()
    return None if body is None else _crossing(keys, record, bytes(body))


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Where a record stands in its writer's chain; `intact` if its bytes are those hashed then."""

    writer: UUID
    seq: int
    previous: bytes
    hash: bytes
    intact: bool


def link_of(record: RecordId) -> Link | None:
    """The record's link, its hash computed again; `verify_chain` checks the chain as a whole."""
    row = Record.objects.filter(record=record).first()
    if row is None:
        return None
    prepared = Prepared(row.record, bytes(row.body), bytes(row.sealed), ())
    previous, stored = bytes(row.previous), bytes(row.hash)
    computed = link(row.writer, row.seq, row.id, previous, prepared)
    return Link(
        writer=row.writer,
        seq=row.seq,
        previous=previous,
        hash=stored,
        intact=compare_digest(computed, stored),
    )


@dataclass(frozen=True, slots=True)
class Unopened:
    """A record as it is stored."""

    id: RecordId
    body: bytes
    sealed: bytes

    def opened(self) -> AccessRecord:
        """The whole record, its sealed part opened."""
        return read_record(self.id, self.body, self.sealed)


def unopened(records: Collection[RecordId]) -> dict[RecordId, Unopened]:
    """Those of these records that were kept, in one statement; opens none."""
    rows = Record.objects.filter(record__in=list(records)).values_list("record", "body", "sealed")
    return {
        RecordId(record): Unopened(RecordId(record), bytes(body), bytes(sealed))
        for record, body, sealed in rows
    }


class _Brought(msgspec.Struct):
    """Of a record's sealed part the user whom the request brought."""

    user: User | None = None


_brought: Final = msgspec.json.Decoder(_Brought)


def users(records: Collection[RecordId]) -> dict[RecordId, User | None]:
    """Whom each of these requests named as its user; nothing else of it is read."""
    asked = columns.keys(records)
    statement = f"SELECT record, sealed FROM audit_record WHERE record IN {places(asked)}"  # noqa: S608  # Only placeholders.
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        rows = [(RecordId(uuid_of(record)), bytes(sealed)) for record, sealed in cursor.fetchall()]
    return {
        record: _brought.decode(open_particulars(record, sealed)).user for record, sealed in rows
    }


def one(record: RecordId) -> AccessRecord | None:
    """The whole record, its sealed part opened."""
    found = unopened([record]).get(record)
    return None if found is None else found.opened()


DISORDER: Final = timedelta(hours=1)
"""Longer than any request lasts: its record is kept when it ends and tells when it began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A whole record, its id, and its place among all records, by which reading goes on."""

    place: int
    id: RecordId
    record: AccessRecord


def between(
    since: datetime | None,
    until: datetime | None,
    *,
    before: int | None = None,
    patients: Collection[UUID] = (),
    limit: int = LIMIT,
) -> tuple[Stored, ...]:
    """The newest `limit` records of a span of time, newest first; `until` is not in it.

    With `before`, those that were kept before that place; with `patients`, those about any of them.
    What is given may lie just outside the span, where requests overlapped: times are the caller's
    to compare.
    """
    found = Record.objects.all()
    if patients:
        about = RecordPatient.objects.filter(patient__in=list(patients)).values("record_id")
        found = found.filter(pk__in=about)
    if since is not None:
        found = found.filter(pk__gte=first_since(since - DISORDER))
    last = None if until is None else first_since(until + DISORDER)
    ends = [one for one in (last, before) if one is not None]
    if ends:
        found = found.filter(pk__lt=min(ends))
    rows = found.order_by("-pk").values_list("pk", "record", "body", "sealed")[:limit]
    return tuple(
        Stored(
            place=pk,
            id=RecordId(record),
            record=read_record(record, bytes(body), bytes(sealed)),
        )
        for pk, record, body, sealed in rows
    )


def of_institution(
    institution: UUID,
    since: datetime,
    until: datetime,
    *,
    before: int | None = None,
    limit: int = LIMIT,
) -> tuple[Stored, ...]:
    """The newest records of what those at an institution did in a span, newest first.

    As `between` is; what is given may lie just outside the span.
    """
    first, last = first_since(since - DISORDER), first_since(until + DISORDER)
    end = last if before is None else min(last, before)
    found = Record.objects.filter(institution=institution, pk__gte=first, pk__lt=end)
    rows = found.order_by("-pk").values_list("pk", "record", "body", "sealed")[:limit]
    return tuple(
        Stored(
            place=pk, id=RecordId(record), record=read_record(record, bytes(body), bytes(sealed))
        )
        for pk, record, body, sealed in rows
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many records there are of a transaction, and how many of them were refused or failed."""

    transaction: str
    count: int
    refused: int


class _Kind(msgspec.Struct):
    """Of a record's body what it is counted by."""

    transaction: str
    outcome: int


_kinds: Final = msgspec.json.Decoder(_Kind)


def count(since: datetime, until: datetime) -> int:
    """How many records were kept in a span, to within those whose requests overlap its ends."""
    first, last = first_since(since), first_since(until)
    return Record.objects.filter(pk__gte=first, pk__lt=last).count()


def tally(since: datetime, most: int) -> tuple[Tally, ...]:
    """Of the newest `most` records since a moment, how many there are of each transaction."""
    rows = Record.objects.filter(pk__gte=first_since(since)).order_by("-pk")
    bodies = rows.values_list("body", flat=True)[:most].iterator(chunk_size=2_000)
    counts, refused = Counter[str](), Counter[str]()
    for body in bodies:
        kind = _kinds.decode(bytes(body))
        counts[kind.transaction] += 1
        refused[kind.transaction] += kind.outcome != Outcome.SUCCESS
    return tuple(
        Tally(transaction=name, count=number, refused=refused[name])
        for name, number in counts.most_common()
    )


def first_since(moment: datetime) -> int:
    """The place of the first record of a moment or later: halved, since records stand in time."""
    ends = Record.objects.aggregate(low=Min("pk"), high=Max("pk"))
    low, high = ends["low"] or 0, (ends["high"] or 0) + 1
    while low < high:
        middle = (low + high) // 2
        probe = Record.objects.filter(pk__gte=middle, pk__lt=high).order_by("pk")
        row = probe.values_list("pk", "body").first()
        if row is None or read_body(bytes(row[1])).time >= moment:
            high = middle
        else:
            low = row[0] + 1
    return low


def _crossing(keys: Collection[UUID], record: RecordId, stored: bytes) -> Crossing:
    body, names = _told.decode(stored), frozenset(map(str, keys))
    # Nobody is shown what a request did to another: unnamed counts only for one person alone.
    theirs = names | {None} if names.issuperset(body.patients) else names
    return Crossing(
        record=record,
        transaction=body.transaction,
        time=body.time,
        role=body.role,
        institution=body.institution,
        purpose=body.purpose,
        outcome=body.outcome,
        documents=tuple(
            [one.id for one in body.objects if one.kind == DOCUMENT and one.patient in theirs]
        ),
        decisions=tuple([one for one in body.decisions if one.patient in theirs]),
    )
