"""What was counted, as of the moment up to which everything was."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Count as Number
from django.db.models import Max, Min, Sum

from naru.audit.records import Outcome
from naru.statistics.models import AsOf, Count, Room, Through, Traffic

_ONE: Final = 1
_FEW: Final = 500
"""Institutions that are named in a statement; of more, it asks for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Access records of one kind within a span, and the documents that they name."""

    institution: UUID
    transaction: str
    outcome: Outcome
    requests: int
    documents: int


def as_of() -> datetime | None:
    """Up to when every record is in the numbers; None before anything was counted."""
    return AsOf.objects.filter(id=_ONE).values_list("at", flat=True).first()


def through() -> dict[UUID, int]:
    """How far each writer's chain of access records was counted."""
    return dict(Through.objects.values_list("writer", "seq"))


def lines(
    first: date, until: date, institutions: Collection[UUID] | None = None
) -> tuple[Line, ...]:
    """What was counted on the days from `first` to before `until`; of all, or of some."""
    rows = Count.objects.filter(day__gte=first, day__lt=until)
    if institutions is not None:
        rows = rows.filter(institution__in=list(institutions))
    kinds = rows.values_list("institution", "transaction", "outcome").order_by(
        "institution", "transaction", "outcome"
    )
    return tuple(
        Line(
            institution=institution,
            transaction=transaction,
            outcome=Outcome(outcome),
            requests=requests,
            documents=documents,
        )
        for institution, transaction, outcome, requests, documents in kinds.annotate(
            all_requests=Sum("requests"), all_documents=Sum("documents")
        )
    )


def months(first: date, until: date) -> dict[tuple[int, int, str, Outcome], int]:
    """Records by year, month, transaction and outcome, of everybody together."""
    rows = Count.objects.filter(day__gte=first, day__lt=until)
    kinds = rows.values_list("day__year", "day__month", "transaction", "outcome").order_by()
    return {
        (year, month, transaction, Outcome(outcome)): requests
        for year, month, transaction, outcome, requests in kinds.annotate(every=Sum("requests"))
    }


def used(institution: UUID, first: date, until: date) -> int:
    """On how many days those at an institution asked anything."""
    rows = Count.objects.filter(institution=institution, day__gte=first, day__lt=until)
    return int(rows.aggregate(days=Number("day", distinct=True))["days"])


def hours(
    institutions: Collection[UUID], since: datetime, until: datetime
) -> dict[UUID, dict[datetime, int]]:
    """Requests of institutions by hour (UTC), from `since` to before `until`."""
    found: dict[UUID, dict[datetime, int]] = {one: {} for one in institutions}
    rows = Traffic.objects.filter(hour__gte=since, hour__lt=until)
    if len(found) <= _FEW:
        rows = rows.filter(institution__in=list(found))
    for institution, hour, requests in rows.values_list("institution", "hour", "requests"):
        if institution in found:
            found[institution][hour] = requests
    return found


def spans() -> dict[UUID, tuple[datetime, datetime]]:
    """The first and the last hour in which those at each institution asked anything.

    Of the hours that are kept.
    """
    rows = Traffic.objects.values_list("institution").order_by()
    return {
        institution: (first, last)
        for institution, first, last in rows.annotate(first=Min("hour"), last=Max("hour"))
    }


def since(moment: datetime) -> dict[UUID, int]:
    """Requests of each institution since a moment, in whole hours."""
    rows = Traffic.objects.filter(hour__gte=moment).values_list("institution").order_by()
    return dict(rows.annotate(every=Sum("requests")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a node took of its disk on a day, in bytes."""

    day: date
    free: int
    total: int
    database: int
    documents: int


def room(until: date, days: int) -> tuple[Measured, ...]:
    """What was measured on the last days up to `until`, the oldest first."""
    rows = Room.objects.filter(day__gt=until - timedelta(days=days), day__lte=until)
    columns = ("day", "free", "total", "database", "documents")
    return tuple(
        Measured(day=day, free=free, total=total, database=database, documents=documents)
        for day, free, total, database, documents in rows.order_by("day").values_list(*columns)
    )
