from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import F

from naru.outbox.errors import LeaseLost
from naru.outbox.models import AT_ONCE, Entry, State

if TYPE_CHECKING:
    from django.db.models import QuerySet

MAX_ATTEMPTS: Final = 12
"""With the waits below, about an hour and a half of trying before a person is asked to look."""

FIRST_WAIT: Final = timedelta(seconds=1)
LONGEST_WAIT: Final = timedelta(minutes=15)
"""The wait doubles with each attempt up to this cap."""

CRASHED: Final = "every attempt ended without an answer"

_PUT: Final = (
    "INSERT INTO outbox_entry (kind, key, payload, state, available_at, attempts, reason)"
    " VALUES (%s, %s, %s, 'waiting', %s, 0, '') ON CONFLICT (kind, key) DO NOTHING"
)


_DONE: Final = (
    "UPDATE outbox_entry SET state = 'done', payload = %s, reason = '', lease = NULL"
    " WHERE id = %s AND lease = %s AND state = 'waiting'"
)


@dataclass(frozen=True, slots=True)
class Work:
    """A piece of work under a lease. `key` goes along to whoever must not do it twice."""

    id: int
    kind: str
    key: str
    payload: bytes
    attempts: int
    lease: UUID


def put(kind: str, payload: bytes, *, key: str, after: datetime = AT_ONCE) -> None:
    """Leave work to be done after the caller's transaction commits, once for each kind and key.

    It is not done before `after`. Personal data in `payload` must already be sealed.
    """
    assert connection.in_atomic_block, "put needs the caller's transaction"
    from_then_on = connection.ops.adapt_datetimefield_value(after)
    with connection.cursor() as cursor:
        cursor.execute(_PUT, (kind, key, payload, from_then_on))


def put_each(kind: str, keys: Collection[str]) -> None:
    """Leave work without payload for each key, in this order, as `put` does."""
    assert connection.in_atomic_block, "put_each needs the caller's transaction"
    at_once = connection.ops.adapt_datetimefield_value(AT_ONCE)
    with connection.cursor() as cursor:
        cursor.executemany(_PUT, [(kind, key, b"", at_once) for key in keys])


def take_in_order(kind: str, limit: int, lease: timedelta, now: datetime) -> tuple[Work, ...]:
    """Lease the oldest work of a kind; nothing while what stands first is leased or put off.

    Promised: work is taken in the order in which it was put, as far as commits show it, and is
    never given up for having been tried often.
    """
    waiting = Entry.objects.filter(state=State.WAITING, kind=kind).order_by("id")
    first = waiting.values_list("available_at", flat=True).first()
    if first is None or first > now:  # A look alone takes no write lock.
        return ()
    with transaction.atomic():
        oldest = list(waiting.select_for_update()[:limit])
        free = list(takewhile(lambda entry: entry.available_at <= now, oldest))
        return _lease(free, now + lease)


def put_off(works: Collection[Work], until: datetime) -> None:
    """Give work back that was taken in order; it is taken again from `until` on."""
    _leased(works).update(lease=None, available_at=until)


def forget(works: Collection[Work]) -> None:
    """Take away work that is done and whose key never comes again. Raises LeaseLost."""
    with transaction.atomic():
        gone, _ = _leased(works).delete()
        if gone != len(works):
            raise LeaseLost(f"the lease of {len(works) - gone} pieces of work ended")


def abandon(kind: str) -> int:
    """Take away all work of a kind that nobody will ever do again; say how much it was."""
    gone, _ = Entry.objects.filter(kind=kind, state=State.WAITING).delete()
    return gone


def give_up(work: Work, reason: str) -> None:
    """Put work among the dead letters at once: trying again would not help. Raises LeaseLost."""
    _finish(work, state=State.DEAD, reason=reason[:200])


def take(kinds: Collection[str], limit: int, lease: timedelta, now: datetime) -> tuple[Work, ...]:
    """Lease up to `limit` pieces of work, oldest first; no other worker gets them until then.

    Work that was taken too often without an answer becomes a dead letter instead.
    """
    available = Entry.objects.filter(
        state=State.WAITING, kind__in=list(kinds), available_at__lte=now
    )
    if not available.exists():  # A look alone takes no write lock.
        return ()
    with transaction.atomic():
        skip = connection.features.has_select_for_update_skip_locked
        locked = available.select_for_update(skip_locked=skip).order_by("id")[:limit]
        entries = list(locked)
        spent = [entry.id for entry in entries if entry.attempts >= MAX_ATTEMPTS]
        Entry.objects.filter(id__in=spent).update(state=State.DEAD, reason=CRASHED, lease=None)
        return _lease([entry for entry in entries if entry.id not in spent], now + lease)


def done(work: Work) -> None:
    """Mark the work done; raises LeaseLost. Within the transaction of its effect, exactly once."""
    native = connection.features.has_native_uuid_field
    with connection.cursor() as cursor:
        cursor.execute(_DONE, (b"", work.id, work.lease if native else work.lease.hex))
        if not cursor.rowcount:
            raise LeaseLost(f"the lease of work {work.id} ended")


def fail(work: Work, reason: str, now: datetime) -> None:
    """Put the work back for later, or among the dead letters after the last attempt.

    `reason` must be free of personal data. Raises LeaseLost.
    """
    wait = min(FIRST_WAIT * 2 ** (work.attempts - 1), LONGEST_WAIT)
    state = State.DEAD if work.attempts >= MAX_ATTEMPTS else State.WAITING
    _finish(work, state=state, available_at=now + wait, reason=reason[:200])


def replay(ids: Collection[int]) -> int:
    """Put dead letters back as if new; say how many were dead."""
    dead = Entry.objects.filter(state=State.DEAD, id__in=list(ids))
    return dead.update(state=State.WAITING, available_at=AT_ONCE, attempts=0, lease=None)


def drop(ids: Collection[int], reason: str) -> int:
    """Let dead letters never be done, for a reason free of personal data; say how many there were.

    They keep their keys, so that the same work is not put again.
    """
    dead = Entry.objects.filter(state=State.DEAD, id__in=list(ids))
    return dead.update(state=State.DROPPED, payload=b"", lease=None, reason=reason[:200])


def _lease(entries: list[Entry], until: datetime) -> tuple[Work, ...]:
    lease = uuid4()
    taken = Entry.objects.filter(id__in=[entry.id for entry in entries])
    taken.update(attempts=F("attempts") + 1, lease=lease, available_at=until)
    return tuple(
        Work(entry.id, entry.kind, entry.key, bytes(entry.payload), entry.attempts + 1, lease)
        for entry in entries
    )


def _leased(works: Collection[Work]) -> "QuerySet[Entry]":
    leases = {work.lease for work in works}
    return Entry.objects.filter(
        id__in=[work.id for work in works], lease__in=leases, state=State.WAITING
    )


def _finish(work: Work, **change: object) -> None:
    held = Entry.objects.filter(id=work.id, lease=work.lease, state=State.WAITING)
    if not held.update(lease=None, **change):
        raise LeaseLost(f"the lease of work {work.id} ended")
