"""What people have to do because of an act: to handle a withdrawal, or to look into an objection.

The act itself holds at once; a case is the duty that follows it, with the day by which it is due
(the ten days of the withdrawal form are data of the consent text).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid4

import msgspec

from naru.consent import models
from naru.consent.errors import CaseClosed
from naru.domain.arrangements import Demand, Emergency
from naru.security import keys

_SEAL: Final = "consent-case"


class CaseKind(StrEnum):
    """Why somebody has to look."""

    WITHDRAWAL = "withdrawal"
    OBJECTION = "objection"
    EMERGENCY = "emergency"
    STATUTORY = "statutory"


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocked:
    """Of one institution, how many documents the exchange shows nobody any more."""

    institution: UUID | None
    documents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEntry:
    """A line of the history: who did what; `blocked` and `kept` are said when a case is opened.

    `kept` are the sentences of the consent text on what the law keeps, and why. `emergency` is what
    a review is about, and `justified` what it found.
    """

    who: str
    what: str
    blocked: tuple[Blocked, ...] = ()
    kept: tuple[str, ...] = ()
    demand: Demand | None = None
    emergency: Emergency | None = None
    justified: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case as it stands; `entries` with their times, oldest first."""

    id: UUID
    kind: CaseKind
    patient: UUID
    act: UUID
    institution: UUID | None
    opened: datetime
    due: datetime
    closed: datetime | None
    entries: tuple[tuple[datetime, CaseEntry], ...]


DIGITS: Final = 8
"""Of a case's number, as people are told it."""

_entry: Final = msgspec.json.Decoder(CaseEntry)


def open_case(  # The parts of one case, all named.
    kind: CaseKind,
    *,
    patient: UUID,
    act: UUID,
    institution: UUID | None,
    now: datetime,
    within: timedelta,
    first: CaseEntry,
) -> UUID:
    """Open a case in the caller's transaction; the act's own, where it has one already."""
    known = models.Case.objects.filter(kind=kind, act=act).values_list("case", flat=True).first()
    if known is not None:
        return known
    row = models.Case.objects.create(
        case=uuid4(),
        kind=kind,
        patient=patient,
        act=act,
        institution=institution,
        opened=now,
        due=now + within,
    )
    _add(row, first, now)
    return row.case


def add(case: UUID, entry: CaseEntry, now: datetime, *, close: bool = False) -> None:
    """Add a line, and close the case with it if asked. Raises CaseClosed."""
    row = models.Case.objects.select_for_update().filter(case=case, closed=None).first()
    if row is None:
        raise CaseClosed("the case is not open")
    _add(row, entry, now)
    if close:
        row.closed = now
        row.save(update_fields=["closed"])


def one(case: UUID) -> Case | None:
    """A case, open or closed."""
    row = models.Case.objects.filter(case=case).first()
    return None if row is None else _value(row)


def number(case: UUID) -> str:
    """What people are told a case by: the first digits of its random id."""
    return case.hex[:DIGITS]


def by_number(typed: str) -> Case | None:
    """The case of a number; None where there is none, or more than one."""
    plain = "".join(each for each in typed if each.isalnum()).casefold()
    try:
        ends = [UUID(hex=plain + fill * (32 - DIGITS)) for fill in "0f"]
    except ValueError:
        return None
    rows = list(models.Case.objects.filter(case__range=ends)[:2])
    return _value(rows[0]) if len(plain) == DIGITS and len(rows) == 1 else None


def still_open(kind: CaseKind | None = None) -> tuple[Case, ...]:
    """Every case that waits, the one that is due first at the head."""
    rows = models.Case.objects.filter(closed=None).order_by("due")
    return tuple(_value(row) for row in (rows if kind is None else rows.filter(kind=kind)))


def latest(kind: CaseKind, institution: UUID, most: int) -> tuple[Case, ...]:
    """The institution's cases of a kind that were closed, the last one first."""
    rows = models.Case.objects.filter(kind=kind, institution=institution).exclude(closed=None)
    return tuple(_value(row) for row in rows.order_by("-closed")[:most])


def of_act(act: UUID) -> tuple[Case, ...]:
    """The cases that an act has led to."""
    return tuple(_value(row) for row in models.Case.objects.filter(act=act).order_by("id"))


def due_before(moment: datetime) -> tuple[Case, ...]:
    """The open cases that are due before that moment."""
    rows = models.Case.objects.filter(closed=None, due__lt=moment).order_by("due")
    return tuple(_value(row) for row in rows)


@dataclass(frozen=True, slots=True)
class Counted:
    """How many cases of a kind there are: open, of these past their day, and closed."""

    open: int
    late: int
    closed: int


def counted(now: datetime) -> dict[CaseKind, Counted]:
    """How many cases of each kind there are; nothing of any is opened."""
    rows = models.Case.objects.all()
    return {
        kind: Counted(
            open=rows.filter(kind=kind, closed=None).count(),
            late=rows.filter(kind=kind, closed=None, due__lt=now).count(),
            closed=rows.filter(kind=kind).exclude(closed=None).count(),
        )
        for kind in CaseKind
    }


def _add(row: models.Case, entry: CaseEntry, now: datetime) -> None:
    content = keys.ring().sealer(_SEAL).seal(msgspec.json.encode(entry), row.case.bytes)
    models.CaseEntry.objects.create(case=row, time=now, content=content)


def _value(row: models.Case) -> Case:
    sealer = keys.ring().sealer(_SEAL)
    lines = row.entries.order_by("id").values_list("time", "content")
    return Case(
        id=row.case,
        kind=CaseKind(row.kind),
        patient=row.patient,
        act=row.act,
        institution=row.institution,
        opened=row.opened,
        due=row.due,
        closed=row.closed,
        entries=tuple(
            (time, _entry.decode(sealer.open(bytes(content), row.case.bytes)))
            for time, content in lines
        ),
    )
