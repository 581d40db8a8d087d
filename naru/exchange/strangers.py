"""Refusals of strangers: each one counts, but strangers do not decide how much we write.

Some a second are recorded one by one; the others of that second are counted into one record, which
is written at the second's end and when the process stops (docs/adr/0010). Only a process that is
killed loses the number of its last second.
"""

import os
import threading
import time
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
"""Refusals of one process in INTERVAL_SECONDS that get a record of their own."""

INTERVAL_SECONDS: Final = 1.0


class Strangers:
    """The refusals of one process, of one kind: `transaction` is what their number is told as."""

    def __init__(self, transaction: str) -> None:
        self._transaction = transaction
        self._lock = threading.Lock()
        self._since = 0.0
        self._recorded = 0
        self._counted = 0
        self._timer: threading.Timer | None = None

    def close(self, access: Access) -> None:
        """Make the record durable, or count it into the interval's. Raises AuditUnavailable."""
        if self._has_room():
            one.close(access)

    def flush(self) -> None:
        """Record what was counted; what cannot be recorded now is counted on."""
        with self._lock:
            number, self._counted, self._timer = self._counted, 0, None
        if not number:
            return
        try:
            audit.record_now(_counted(self._transaction, number))
        except AuditUnavailable:
            with self._lock:
                self._count(number)

    def count(self) -> None:
        """Count one that has no record of its own."""
        with self._lock:
            self._count(1)

    def _has_room(self) -> bool:
        now = time.monotonic()
        with self._lock:
            if now - self._since >= INTERVAL_SECONDS:
                self._since, self._recorded = now, 0
            if self._recorded < EACH:
                self._recorded += 1
                return True
            self._count(1)
            return False

    def _count(self, number: int) -> None:
        self._counted += number
        if self._timer is None:
            self._timer = threading.Timer(INTERVAL_SECONDS, self.flush)
            self._timer.daemon = True
            self._timer.start()


def _counted(transaction: str, number: int) -> AccessRecord:
    return AccessRecord(
        transaction=transaction,
        caller=identify.stranger(address=""),
        outcome=Outcome.MINOR_FAILURE,
        time=timezone.now(),
        request_id=uuid4(),
        errors=(f"{number} more requests of strangers were refused",),
    )


process = Strangers("SOAP")
handshakes = Strangers("ITI-19")
close = process.close
"""Those of this process, at a door and before any."""


def flush() -> None:
    """Record what was counted of every kind."""
    process.flush()
    handshakes.flush()


def _after_fork() -> None:
    # The parent's count is the parent's to write.
    process.__init__("SOAP")  # type: ignore[misc]  # The name is imported elsewhere.
    handshakes.__init__("ITI-19")  # type: ignore[misc]  # Same.


os.register_at_fork(after_in_child=_after_fork)
