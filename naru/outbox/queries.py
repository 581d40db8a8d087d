from collections.abc import Collection
from dataclasses import dataclass

from naru.outbox.models import Entry, State


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """Work that was given up; a person decides whether to replay it."""

    id: int
    kind: str
    key: str
    attempts: int
    reason: str


def dead(limit: int = 100) -> tuple[DeadLetter, ...]:
    """The oldest dead letters."""
    rows = Entry.objects.filter(state=State.DEAD).order_by("id")
    columns = rows.values_list("id", "kind", "key", "attempts", "reason")
    return tuple(DeadLetter(*row) for row in columns[:limit])


def waiting(kinds: Collection[str]) -> int:
    """How much work of these kinds is not done yet."""
    return Entry.objects.filter(state=State.WAITING, kind__in=list(kinds)).count()
