from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Count

from naru.notifications import kinds, sealed
from naru.notifications.kinds import Kind
from naru.notifications.models import Delivery, Manner, Notice, Preference
from naru.notifications.recipients import Recipient
from naru.notifications.states import State, To, Wish
from naru.storage.columns import places

LIMIT = 50

DIGEST = "digest"
"""The kind whose words tell of several notices of a day."""

__all__ = [
    "Delivered",
    "Kind",
    "Message",
    "Recipient",
    "State",
    "To",
    "Wish",
    "counts",
    "deliveries",
    "inbox",
    "manner",
    "told",
    "unread",
    "wishes",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A notice as its recipient reads it."""

    notice: UUID
    kind: str
    title: str
    text: str
    at: datetime
    read_at: datetime | None


def inbox(
    to: Collection[Recipient], *, language: str, before: UUID | None = None, limit: int = LIMIT
) -> tuple[Message, ...]:
    """The newest notices of these recipients, newest first; with `before`, older ones."""
    rows = Notice.objects.filter(recipient__in=[one.id for one in to]).order_by("-id")
    if before is not None:
        rows = rows.filter(id__lt=Notice.objects.filter(notice=before).values("id")[:1])
    theirs = {(one.to.value, one.id, one.role) for one in to}
    # An institution's roles share its id, so that a row of another role is passed over here.
    mine = (row for row in rows.iterator(LIMIT) if (row.to, row.recipient, row.role) in theirs)
    return tuple(_message(row, language) for row, _ in zip(mine, range(limit), strict=False))


def unread(to: Collection[Recipient]) -> int:
    """How many of their notices nobody has read."""
    rows = Notice.objects.filter(recipient__in=[one.id for one in to], read_at=None)
    theirs = {(one.to.value, one.id, one.role) for one in to}
    return sum(row in theirs for row in rows.values_list("to", "recipient", "role"))


def wishes(patient: UUID) -> dict[str, Wish]:
    """When a patient wants to be told, by kind; at once where they said nothing."""
    said = dict(Preference.objects.filter(patient=patient).values_list("kind", "wish"))
    return {
        name: Wish(said.get(name, Wish.AT_ONCE))
        for name, kind in kinds.kinds().kinds.items()
        if kind.audience is To.PATIENT and name != DIGEST
    }


def told(kind: str, keys: Collection[str]) -> frozenset[str]:
    """Which of these keys somebody was told of."""
    asked = [kind, *keys]
    statement = f"SELECT key FROM notifications_notice WHERE kind = %s AND key IN {places(keys)}"  # noqa: S608  # Only placeholders.
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        return frozenset(key for (key,) in cursor.fetchall())


def manner(patient: UUID) -> tuple[str, str]:
    """In which language and first by which channel; Korean and no channel before the others."""
    row = Manner.objects.filter(patient=patient).first()
    return (row.language, row.first) if row else ("ko", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """Where a delivery stands; nothing of whom it is for or what it says."""

    delivery: UUID
    kind: str
    channel: str
    state: State
    reason: str
    at: datetime
    changed: datetime


def deliveries(*, state: str = "", limit: int = LIMIT) -> tuple[Delivered, ...]:
    """The newest deliveries, newest first; with `state` those that stand there."""
    rows = Delivery.objects.select_related("notice").order_by("-id")
    if state:
        rows = rows.filter(state=state)
    return tuple(
        Delivered(
            delivery=row.delivery,
            kind="digest" if row.digest else row.notice.kind,
            channel=row.channel,
            state=State(row.state),
            reason=row.reason,
            at=row.at,
            changed=row.changed,
        )
        for row in rows[:limit]
    )


def counts() -> dict[State, int]:
    """How many deliveries stand where."""
    rows = Delivery.objects.values_list("state").annotate(number=Count("id"))
    return {State(state): number for state, number in rows}


def _message(row: Notice, language: str) -> Message:
    words = kinds.known(row.kind).words[language]
    values = sealed.unseal(row.sealed, row.notice)
    return Message(
        notice=row.notice,
        kind=row.kind,
        title=kinds.filled(words.title, values, language),
        text=kinds.filled(words.text, values, language),
        at=row.at,
        read_at=row.read_at,
    )
