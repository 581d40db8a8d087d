from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from naru.outbox.models import Entry, State


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """Work that was given up; a person decides whether to replay it."""

    id: int
    kind: str
    key: str
    attempts: int
    reason: str
    last: datetime
    """When it would have been tried again: soon after the last attempt."""


def dead(limit: int = 100) -> tuple[DeadLetter, ...]:
    """The oldest dead letters."""
    rows = Entry.objects.filter(state=State.DEAD).order_by("id")
    columns = rows.values_list("id", "kind", "key", "attempts", "reason", "available_at")
    return tuple(DeadLetter(*row) for row in columns[:limit])


@dataclass(frozen=True, slots=True)
class Queue:
    """Work of one kind that is not done: how much waits, is given up, and was dropped."""

    kind: str
    waiting: int
    dead: int
    dropped: int


def queues() -> tuple[Queue, ...]:
    """Every kind of which anything is not done."""
    rows = Entry.objects.exclude(state=State.DONE).values_list("kind", "state").order_by("kind")
    counted: dict[str, dict[str, int]] = {}
    for kind, state, number in rows.annotate(number=Count("id")):
        counted.setdefault(kind, {})[state] = number
    return tuple(
        Queue(
            kind,
            waiting=each.get(State.WAITING, 0),
            dead=each.get(State.DEAD, 0),
            dropped=each.get(State.DROPPED, 0),
        )
        for kind, each in counted.items()
    )


def first(kind: str) -> tuple[int, datetime] | None:
    """How often the oldest waiting work of a kind was tried, and from when on it is tried again."""
    rows = Entry.objects.filter(state=State.WAITING, kind=kind).order_by("id")
    return rows.values_list("attempts", "available_at").first()


def is_failing(kind: str) -> bool:
    """Whether any waiting work of a kind went wrong when it was last tried."""
    return Entry.objects.filter(state=State.WAITING, kind=kind).exclude(reason="").exists()


def waiting(kinds: Collection[str]) -> int:
    """How much work of these kinds is not done yet."""
    return Entry.objects.filter(state=State.WAITING, kind__in=list(kinds)).count()
