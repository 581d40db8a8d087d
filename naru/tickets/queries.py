"""Tickets as their patient, those who answer them, and the call centre see them."""

from typing import TYPE_CHECKING, Final
from uuid import UUID

from naru.domain.caller import Role
from naru.exchange.access import Access, reading
from naru.patients import queries as patients
from naru.tickets import kept, models
from naru.tickets.errors import NotTheirs
from naru.tickets.values import Ticket

if TYPE_CHECKING:
    from django.db.models import QuerySet

SHOWN: Final = 50
"""Tickets on one page, newest first."""

_EVERY: Final = frozenset({Role.DIRECTOR})
"""Who answers for whichever office of their institution has nobody."""


def of_patient(access: Access, patient: UUID) -> tuple[Ticket, ...]:
    """The person's own, newest first."""
    with reading(access):
        access.concerns(patient)
        return kept.values(theirs(patient).order_by("-id")[:SHOWN])


def own(access: Access, patient: UUID, ticket: UUID) -> Ticket:
    """One of the person's own. Raises NotTheirs."""
    with reading(access):
        access.concerns(patient)
        return _one(theirs(patient).filter(ticket=ticket))


def waiting(access: Access) -> tuple[Ticket, ...]:
    """Those that the caller's office answers, open ones first, newest first."""
    with reading(access):
        rows = office(access).order_by("closed", "-id")
        found = kept.values([*rows.filter(closed=None)[:SHOWN], *rows.exclude(closed=None)[:SHOWN]])
        for one in found:
            if one.patient is not None:
                access.concerns(one.patient)
        return found


def at_office(access: Access, ticket: UUID) -> Ticket:
    """One of them. Raises NotTheirs."""
    with reading(access):
        found = _one(office(access).filter(ticket=ticket))
        if found.patient is not None:
            access.concerns(found.patient)
        return found


def office(access: Access) -> "QuerySet[models.Ticket]":
    """What the caller may answer: of their own institution and role alone."""
    caller = access.caller
    rows = models.Ticket.objects.filter(institution=caller.institution)
    return rows if caller.role in _EVERY and caller.institution else rows.filter(role=caller.role)


def theirs(patient: UUID) -> "QuerySet[models.Ticket]":
    """The person's, under whichever key they were opened."""
    return models.Ticket.objects.filter(patient__in=patients.identity_set(patient))


def states(patient: UUID) -> tuple[Ticket, ...]:
    """How the person's tickets stand, for whoever answers a call; in the caller's look."""
    return kept.values(theirs(patient).order_by("-id")[:SHOWN])


def _one(rows: "QuerySet[models.Ticket]") -> Ticket:
    found = kept.values(rows)
    if not found:
        raise NotTheirs
    return found[0]
