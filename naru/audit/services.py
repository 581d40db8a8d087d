import os
from threading import local
from uuid import UUID, uuid4

from django.db import connection

from naru.audit import commit_thread, rows
from naru.audit.anchors import anchor, verify_anchored
from naru.audit.chain import prepare
from naru.audit.errors import InsideTransaction
from naru.audit.purging import Part, purge, vouch
from naru.audit.records import AccessRecord, RecordId
from naru.audit.verification import Finding, Flaw, verify_chain, verify_received

__all__ = [
    "Finding",
    "Flaw",
    "Part",
    "anchor",
    "purge",
    "record_now",
    "record_within",
    "stop",
    "verify_anchored",
    "verify_chain",
    "verify_received",
    "vouch",
]


class _Writers(local):
    """The chain of each thread that records inside its own transactions."""

    def __init__(self) -> None:
        self.id: UUID = uuid4()


_writers = _Writers()


def record_within(record: AccessRecord) -> RecordId:
    """Record a change in the caller's transaction: both are kept, or neither is."""
    assert connection.in_atomic_block, "record_within needs the caller's transaction"
    prepared = prepare(record)
    rows.append(_writers.id, [prepared])
    return RecordId(prepared.id)


def record_now(record: AccessRecord) -> RecordId:
    """Record a read or a refusal, and return only when that is durable.

    Raises `AuditUnavailable`: then nothing may be answered. Not promised: the order of records
    of one process relative to those that `record_within` writes.
    """
    if connection.in_atomic_block:
        # On SQLite the commit thread would also wait for the very lock that its caller holds.
        raise InsideTransaction("record_now is called outside every transaction")
    prepared = prepare(record)
    commit_thread.process.commit(prepared)
    return RecordId(prepared.id)


def stop() -> None:
    """End this process's commit thread after what waits; the next record starts another."""
    commit_thread.process.stop()


def _after_fork() -> None:
    # A child that went on with the forking thread's chain would write it beside its parent.
    _writers.__dict__.clear()
    _writers.__init__()  # type: ignore[misc]  # A fresh id for the one thread that was forked.


os.register_at_fork(after_in_child=_after_fork)
