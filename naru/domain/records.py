"""Single records, as FHIR calls them resources: what is kept of each, and how it is searched.

What a record says is opaque here: a text, and the terms by which it is found.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from naru.domain.arrangements import Visit
from naru.domain.bookings import Wanted
from naru.domain.identifiers import Identifier
from naru.domain.scheduling import Slot

PatientReference = UUID | Identifier
"""Whose a record is: by the exchange's surrogate id, or by an identifier that a feed told."""


@dataclass(frozen=True, slots=True)
class Key:
    """A record's name: its type and the id that the exchange gave it."""

    type: str
    id: str

    def __str__(self) -> str:
        return f"{self.type}/{self.id}"


@dataclass(frozen=True, slots=True)
class Interval:
    """From `low` up to, not with, `high`, in microseconds of the epoch."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Term:
    """By which a record is found: an exact text, or an interval of time."""

    name: str
    text: str = ""
    interval: Interval | None = None


class Comparison(StrEnum):
    """How intervals are compared (FHIR R4 3.1.1.4.5)."""

    EQUAL = "eq"
    NOT_EQUAL = "ne"
    GREATER = "gt"
    LESS = "lt"
    GREATER_OR_EQUAL = "ge"
    LESS_OR_EQUAL = "le"
    STARTS_AFTER = "sa"
    ENDS_BEFORE = "eb"


@dataclass(frozen=True, slots=True)
class Range:
    """An interval and how a record's own is to stand to it."""

    comparison: Comparison
    interval: Interval


@dataclass(frozen=True, slots=True)
class Criterion:
    """One condition: any of the texts, or any of the ranges. `_id` and `_lastUpdated` are own.

    `negated` asks for the records that have none of them; `missing` whether there is any value.
    """

    name: str
    texts: tuple[str, ...] = ()
    ranges: tuple[Range, ...] = ()
    negated: bool = False
    missing: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """Every criterion has to fit; where `patients` are given, one of them has to."""

    type: str
    criteria: tuple[Criterion, ...] = ()
    patients: tuple[PatientReference, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A record as it is to be kept. `event_date` is the day of care in Korea's calendar.

    `department` is where it was, as `code^^scheme`, if the record says so. `visit`: what the record
    of a visit says of treatment; None for any other. `wanted`: what an Appointment asks of a
    schedule; None for any other.
    """

    text: bytes
    terms: tuple[Term, ...] = ()
    patient: PatientReference | None = None
    event_date: date | None = None
    department: str | None = None
    visit: Visit | None = None
    wanted: Wanted | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """What the exchange adds to a record: `resolved` are references by what they were sent as."""

    key: Key
    version: int
    updated: datetime
    resolved: Mapping[str, Key]


class Method(StrEnum):
    """What is done to a record."""

    CREATE = "POST"
    UPDATE = "PUT"
    DELETE = "DELETE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of a record.

    `id` is empty for a create and for what `criteria` are to find. `sent_as` is the name under
    which other records of the same request refer to it. `write` gives the record once it is known
    what it is called and where its `references` lead.
    """

    method: Method
    type: str
    id: str = ""
    criteria: Criteria | None = None
    if_version: int | None = None
    sent_as: str = ""
    references: Mapping[str, Criteria] = field(default_factory=dict)
    write: Callable[[Assigned], Content] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """A visit that was noted, though its record is not taken: consent does not cover it.

    `until`: up to when it counts as treatment; None for one that does not count any more.
    """

    until: datetime | None


class Result(StrEnum):
    """What became of a change."""

    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The light row of one version: all that the consent decision needs, nothing that is sealed.

    `sequence` orders every version of every record.
    """

    sequence: int
    key: Key
    version: int
    updated: datetime
    method: Method
    patient: UUID | None
    institution: UUID | None
    event_date: date | None
    department: str | None = None

    @property
    def deleted(self) -> bool:
        """Whether this version says that the record is no more."""
        return self.method is Method.DELETE


@dataclass(frozen=True, slots=True)
class Record:
    """One version with its text, which is empty where it was deleted."""

    held: Held
    text: bytes


@dataclass(frozen=True, slots=True)
class Changed:
    """What became of one change, and the record as it stands now."""

    result: Result
    record: Record


@dataclass(frozen=True, slots=True)
class Sorting:
    """By which term to sort; `_lastUpdated` by the time of the last change."""

    name: str
    descending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A part of what a search found, at one moment. `rest` names the next part, if there is one.

    `total` counts what the caller may see.
    """

    records: tuple[Record, ...]
    included: tuple[Record, ...] = ()
    total: int
    rest: str = ""


Follow = Callable[[Sequence[Record]], Sequence[Key]]
"""Tells to which records the records of a page lead."""


@dataclass(frozen=True, slots=True)
class Read:
    """Asks for a record, or for one version of it."""

    key: Key
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Versions:
    """Asks for every version of a record."""

    key: Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Find:
    """Asks for one page of what fits; `page` is the `rest` of the page before.

    `follow` tells which records are to be included; `referring` are types and the terms by which
    records of them refer to those of the page.
    """

    criteria: Criteria
    count: int
    sorting: Sequence[Sorting] = ()
    page: str = ""
    follow: Follow | None = None
    referring: Sequence[tuple[str, str]] = ()


Inquiry = Read | Versions | Find
Told = Record | tuple[Record, ...] | Page
"""What answers an inquiry: a record, its versions, a page."""


class Refused(Exception):
    """A request about records that changes nothing and gets no data; no sentence names a person."""


class NotHeld(Refused):
    """There is no such record, or the caller may not know of it."""


class Deleted(Refused):
    """The record was there and is no more."""

    def __init__(self, version: int) -> None:
        super().__init__("The record was deleted.")
        self.version = version


class VersionConflict(Refused):
    """The record has another version than the change expects."""


class SeveralMatch(Refused):
    """A condition that is to name one record fits several."""


class NoneMatches(Refused):
    """A conditional reference fits no record."""


class NotPermitted(Refused):
    """The consent decision does not let the record in."""


class UnknownPatient(Refused):
    """No feed has told of the patient."""


class TooMany(Refused):
    """The question fits more records than are looked through for one answer."""


class UnknownPage(Refused):
    """The cursor is none of ours, or of another question."""


class SlotTaken(Refused):
    """The slot that an appointment asks for is taken; `following` are what is free instead."""

    def __init__(self, following: tuple[Slot, ...] = ()) -> None:
        super().__init__("The slot is taken.")
        self.following = following


class NotBookable(Refused):
    """What an appointment asks of a schedule cannot be; the sentence says why."""
