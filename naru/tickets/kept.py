"""Tickets as they are kept: what is said in them is sealed."""

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

import msgspec

from naru.domain.caller import Role
from naru.security import keys
from naru.tickets import models
from naru.tickets.errors import NotTheirs
from naru.tickets.values import About, Kind, Line, Ticket

_ABOUT: Final = "ticket"
_LINE: Final = "ticket-entry"
_DIGITS: Final = 10


def opened(
    whose: tuple[Kind, UUID | None, UUID | None, Role],
    once: UUID,
    about: About,
    first: Line,
    now: datetime,
) -> tuple[models.Ticket, bool]:
    """The form's one ticket, and whether it is new: whoever sends it again gets the first.

    `whose` is its kind, its patient, and the institution and role that answer. Raises NotTheirs
    where the form's key was another's.
    """
    kind, patient, institution, role = whose
    new = uuid4()
    digits = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}}"
    made = models.Ticket(
        ticket=new,
        number=f"{digits[:4]}-{digits[4:7]}-{digits[7:]}",
        kind=kind,
        patient=patient,
        institution=institution,
        role=role,
        once=once,
        opened=now,
        content=keys.ring().sealer(_ABOUT).seal(msgspec.json.encode(about), new.bytes),
    )
    models.Ticket.objects.bulk_create([made], ignore_conflicts=True)
    row = models.Ticket.objects.filter(once=once, patient=patient, kind=kind).first()
    if row is None:
        raise NotTheirs
    if row.ticket == new:
        add(row, first, now)
    return row, row.ticket == new


def add(row: models.Ticket, line: Line, now: datetime) -> None:
    """One more line."""
    content = keys.ring().sealer(_LINE).seal(msgspec.json.encode(line), row.ticket.bytes)
    models.Entry.objects.create(ticket=row, at=now, content=content)


def values(rows: Iterable[models.Ticket]) -> tuple[Ticket, ...]:
    """The tickets again."""
    return tuple(map(_value, rows))


def _value(row: models.Ticket) -> Ticket:
    about = keys.ring().sealer(_ABOUT).open(bytes(row.content), row.ticket.bytes)
    return Ticket(
        id=row.ticket,
        number=row.number,
        kind=Kind(row.kind),
        patient=row.patient,
        institution=row.institution,
        role=Role(row.role),
        opened=row.opened,
        closed=row.closed,
        about=msgspec.json.decode(about, type=About),
        lines=tuple((one.at, _line(one, row.ticket)) for one in row.entries.order_by("id")),
    )


def _line(one: models.Entry, ticket: UUID) -> Line:
    plain = keys.ring().sealer(_LINE).open(bytes(one.content), ticket.bytes)
    return msgspec.json.decode(plain, type=Line)
