from datetime import UTC, datetime
from typing import ClassVar

from django.db import models

AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)


class State(models.TextChoices):
    """Where a piece of work stands. What is done keeps its key, so that it is never done again."""

    WAITING = "waiting"
    DONE = "done"
    DEAD = "dead"
    DROPPED = "dropped"  # A person decided that it is never to be done.


class Entry(models.Model):
    """One piece of work. `available_at` is also where a lease ends: a crash needs no clean-up."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=64)
    key = models.CharField(max_length=200)
    payload = models.BinaryField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    available_at = models.DateTimeField(default=AT_ONCE)
    attempts = models.IntegerField(default=0)
    lease = models.UUIDField(null=True)
    reason = models.CharField(max_length=200, default="")

    class Meta:
        db_table = "outbox_entry"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "key"], name="outbox_entry_key")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["available_at", "id"],
                condition=models.Q(state="waiting"),
                name="outbox_entry_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
