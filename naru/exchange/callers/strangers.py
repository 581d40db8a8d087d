"""Requests of strangers: each one counts, but strangers do not decide how much we write.

Some a second are recorded one by one; the others of that second are counted into one record, which
is written at the second's end and when the process stops (docs/adr/0010). Only a process that is
killed loses the number of its last second.
"""

import os
import threading
import time
from collections import Counter
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from django.utils import timezone

from naru.audit import services as audit
from naru.audit.errors import AuditUnavailable
from naru.audit.records import AccessRecord, Outcome
from naru.exchange import access as one
from naru.exchange import identify
from naru.exchange.access import Access

EACH: Final = 20
"""Requests of one process in INTERVAL_SECONDS that get a record of their own."""

INTERVAL_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Kind:
    """What is counted together: requests of one transaction that ended alike."""

    transaction: str
    outcome: Outcome


class Strangers:
    """The requests of one process that strangers made; what is public is answered, all else not."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._writing = threading.Lock()  # Held for longer: as long as a record takes.
        self._since = 0.0
        self._recorded = 0
        self._counted: Counter[Kind] = Counter()
        self._timer: threading.Timer | None = None

    def close(self, access: Access) -> None:
        """Make the record durable, or count it into the interval's. Raises AuditUnavailable."""
        if self._has_room(Kind(access.transaction, access.outcome)):
            one.close(access)

    def flush(self) -> None:
        """Record what was counted; what cannot be recorded now is counted on."""
        with self._writing:
            with self._lock:
                counted, self._counted, self._timer = self._counted, Counter(), None
            for kind, number in counted.items():
                try:
                    audit.record_now(_counted(kind, number))
                except AuditUnavailable:
                    with self._lock:
                        self._count(kind, number)

    def forget(self) -> None:
        """Begin anew, and write nothing of what was counted, from the return on."""
        with self._writing, self._lock:
            if self._timer is not None:
                self._timer.cancel()
            self._recorded, self._counted, self._timer = 0, Counter(), None

    def count(self, transaction: str) -> None:
        """Count a refusal that has no record of its own."""
        with self._lock:
            self._count(Kind(transaction, Outcome.MINOR_FAILURE), 1)

    def _has_room(self, kind: Kind) -> bool:
        now = time.monotonic()
        with self._lock:
            if now - self._since >= INTERVAL_SECONDS:
                self._since, self._recorded = now, 0
            if self._recorded < EACH:
                self._recorded += 1
                return True
            self._count(kind, 1)
            return False

    def _count(self, kind: Kind, number: int) -> None:
        self._counted[kind] += number
        if self._timer is None:
            self._timer = threading.Timer(INTERVAL_SECONDS, self.flush)
            self._timer.daemon = True
            self._timer.start()


def _counted(kind: Kind, number: int) -> AccessRecord:
    became = "answered" if kind.outcome is Outcome.SUCCESS else "refused"
    return AccessRecord(
        transaction=kind.transaction,
        caller=identify.stranger(address=""),
        outcome=kind.outcome,
        time=timezone.now(),
        request_id=uuid4(),
        errors=(f"{number} more requests of strangers were {became}",),
    )


process = Strangers()
handshakes = Strangers()
close = process.close
"""Those of this process, at a door and before any."""


def flush() -> None:
    """Record what was counted of every kind."""
    process.flush()
    handshakes.flush()


def forget() -> None:
    """Begin anew, as in a process that has just started: for whoever changes the database."""
    process.forget()
    handshakes.forget()


def _after_fork() -> None:
    # The parent's count is the parent's to write.
    process.__init__()  # type: ignore[misc]  # The name is imported elsewhere.
    handshakes.__init__()  # type: ignore[misc]  # Same.


os.register_at_fork(after_in_child=_after_fork)
