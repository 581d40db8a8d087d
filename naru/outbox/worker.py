"""The loop that does what the outbox holds. Any number of workers may run, in any processes."""

import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event
from typing import Final

from django.db import Error, connection, transaction
from django.utils import timezone

from naru.outbox.errors import LeaseLost
from naru.outbox.services import Work, done, fail, take

BATCH: Final = 100
"""Pieces of work taken at once: those of one batch share one commit, which must not grow long."""

LEASE: Final = timedelta(minutes=1)
"""Longer than a batch takes; a worker that died is replaced after this."""

IDLE_SECONDS: Final = 0.2
"""How long a worker without work waits before it looks again."""

_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Handler:
    """Does one kind of work.

    Within the transaction that marks the work done (`within`), its effect on the database happens
    exactly once; it must be quick. Otherwise it runs outside every transaction, at least once, and
    hands `work.key` to whoever must not do it twice.
    """

    do: Callable[[Work], None]
    within: bool = True


def run(
    handlers: Mapping[str, Handler], stop: Event, clock: Callable[[], datetime] = timezone.now
) -> None:
    """Do work until `stop` is set, finishing the batch in hand; then close the connection."""
    try:
        while not stop.is_set():
            try:
                idle = not run_once(handlers, clock)
            except Error as error:
                # The database went away or is overloaded; what was leased comes back by itself.
                _log.warning("The outbox cannot be read: %s.", type(error).__name__)
                connection.close()
                idle = True
            if idle:
                stop.wait(IDLE_SECONDS)
    finally:
        connection.close()


def run_once(
    handlers: Mapping[str, Handler],
    clock: Callable[[], datetime] = timezone.now,
    limit: int = BATCH,
) -> int:
    """Do one batch; say how much was taken."""
    batch = take(handlers.keys(), limit, LEASE, clock())
    _within(handlers, [work for work in batch if handlers[work.kind].within], clock)
    for work in batch:
        if not handlers[work.kind].within:
            _outside(handlers[work.kind], work, clock)
    return len(batch)


def _within(
    handlers: Mapping[str, Handler], batch: Collection[Work], clock: Callable[[], datetime]
) -> None:
    if not batch:
        return
    with transaction.atomic():
        for work in batch:
            _attempt(handlers[work.kind], work, clock)


def _attempt(handler: Handler, work: Work, clock: Callable[[], datetime]) -> None:
    try:
        with transaction.atomic():  # A savepoint: one failure takes back its own effect alone.
            done(work)
            handler.do(work)
    except LeaseLost:
        _log.warning("The lease of work %d ended before it was begun.", work.id)
    except Exception as error:  # noqa: BLE001  # Kept with the work and logged, by its name alone.
        _failed(work, error, clock())


def _outside(handler: Handler, work: Work, clock: Callable[[], datetime]) -> None:
    try:
        handler.do(work)
        done(work)
    except LeaseLost:
        _log.warning("The lease of work %d ended before it was done.", work.id)
    except Exception as error:  # noqa: BLE001  # Kept with the work and logged, by its name alone.
        _failed(work, error, clock())


def _failed(work: Work, error: Exception, now: datetime) -> None:
    reason = type(error).__name__  # Its sentence may hold what the payload holds.
    _log.warning(
        "Work %d (%s) failed at attempt %d: %s.", work.id, work.kind, work.attempts, reason
    )
    try:
        fail(work, reason, now)
    except LeaseLost:  # Then it is another worker's to do or to fail.
        _log.warning("The lease of work %d ended before it failed.", work.id)
