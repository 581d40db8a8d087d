"""Group commit: one thread of each process makes the waiting records durable, many at once.

There is no timed wait. What is waiting is committed at once, and what arrives during that commit
makes the next batch; a lone record waits for nothing but its own commit.
"""

import os
from collections.abc import Sequence
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Final
from uuid import UUID, uuid4

from django.db import connection, transaction

from naru.audit import rows
from naru.audit.chain import Prepared
from naru.audit.errors import AuditUnavailable

MAX_BATCH: Final = 512
"""Records in one transaction; more wait for the next, so that no transaction grows long."""


class _Waiter:
    """One record and the thread that waits until it is durable."""

    __slots__ = ("_done", "_failure", "prepared")

    def __init__(self, prepared: Prepared) -> None:
        self.prepared = prepared
        self._failure: Exception | None = None
        self._done = Lock()
        self._done.acquire()  # Taken once more in `wait`, which `release` lets through.

    def wait(self) -> None:
        self._done.acquire()
        if self._failure is not None:
            raise AuditUnavailable("The access record could not be written.") from self._failure

    def release(self, failure: Exception | None) -> None:
        self._failure = failure
        self._done.release()


_Queue = SimpleQueue[_Waiter | None]


class CommitThread:
    """Starts at the first record, again after `stop`, and afresh in a forked child."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._running: tuple[Thread, _Queue] | None = None

    def commit(self, prepared: Prepared) -> None:
        """Return when the record is durable; raises `AuditUnavailable`."""
        waiter = _Waiter(prepared)
        with self._lock:  # Nothing is put behind the order to stop.
            if self._running is None:
                self._running = _start()
            self._running[1].put(waiter)
        waiter.wait()

    def stop(self) -> None:
        """Commit what waits, close the thread's connection and end it."""
        with self._lock:
            running, self._running = self._running, None
            if running is not None:
                running[1].put(None)
        if running is not None:
            running[0].join()


def _start() -> tuple[Thread, _Queue]:
    queue: _Queue = SimpleQueue()
    thread = Thread(target=_run, args=(queue,), name="audit-commit", daemon=True)
    thread.start()
    return thread, queue


def _run(queue: _Queue) -> None:
    writer = uuid4()
    try:
        while True:
            batch, stopping = _take(queue)
            if batch:
                failure = _commit(writer, batch)
                for waiter in batch:
                    waiter.release(failure)
            if stopping:
                return
    finally:
        connection.close()  # This thread's own; no request ever closes it.


def _take(queue: _Queue) -> tuple[list[_Waiter], bool]:
    """All that waits, at least one; and whether the order to stop stood behind it."""
    batch: list[_Waiter] = []
    try:
        waiter = queue.get()
        while waiter is not None:
            batch.append(waiter)
            if len(batch) == MAX_BATCH:
                return batch, False
            waiter = queue.get_nowait()
    except Empty:
        return batch, False
    return batch, True


def _commit(writer: UUID, batch: Sequence[_Waiter]) -> Exception | None:
    try:
        with transaction.atomic(durable=True):
            rows.append(writer, [waiter.prepared for waiter in batch])
    except Exception as error:  # noqa: BLE001  # Not hidden: raised in every thread that waits.
        connection.close()  # It may be broken; the next batch opens another.
        return error
    return None


process = CommitThread()
"""The commit thread of this process."""


def _after_fork() -> None:
    # The thread stayed in the parent, and so did whoever held its lock.
    process.__init__()  # type: ignore[misc]  # The name is imported elsewhere; the state is new.


os.register_at_fork(after_in_child=_after_fork)
