"""What was used once is known to every process, and after a restart too (docs/adr/0013).

The mark is not waited for on the disk: the answer waits for its access record, which is written
behind it into the same log, so that both are durable before a byte is sent.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from django.db import connection, transaction

_INSERT: Final = (
    "INSERT INTO security_used (name, value, ends) VALUES (%s, %s, %s)"
    " ON CONFLICT (name) DO NOTHING"
)
_VALUE: Final = "SELECT value FROM security_used WHERE name = %s"
_ENDED: Final = (
    "DELETE FROM security_used WHERE id IN"
    " (SELECT id FROM security_used WHERE ends < %s ORDER BY ends LIMIT 1000)"
)
_ONCE: Final = b""


class Replayed(Exception):
    """It was used before, or it is bound to somebody or something else."""


def use(
    once: Sequence[str] = (),
    bound: Mapping[str, bytes] | None = None,
    *,
    until: datetime,
    now: datetime,
) -> None:
    """Mark each name of `once` as used, and each name of `bound` as belonging to its value.

    Raises Replayed if one of them was used, or belongs to another value; then nothing is marked.
    """
    names = [_digest(name) for name in once]
    values = {_digest(name): value for name, value in (bound or {}).items()}
    new = {name: value for name, value in values.items() if not _is_bound(name, value)}
    if not names and not new:
        return
    ends = connection.ops.adapt_datetimefield_value(until)
    with _not_waiting(), transaction.atomic(), connection.cursor() as cursor:
        for name, value in (*((name, _ONCE) for name in names), *new.items()):
            cursor.execute(_INSERT, (name, value, ends))
            if not cursor.rowcount and not (value and _is_bound(name, value)):
                raise Replayed
            if name[0] == 0:  # One in 256 takes the ended ones away, more than came meanwhile.
                cursor.execute(_ENDED, (connection.ops.adapt_datetimefield_value(now),))


def _is_bound(name: bytes, value: bytes) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_VALUE, (name,))
        found = cursor.fetchone()
    if found is None:
        return False
    if bytes(found[0]) != value:
        raise Replayed
    return True


def _digest(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


@contextmanager
def _not_waiting() -> Iterator[None]:
    """On leaving, what was committed inside may still be on its way to the disk."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=NORMAL")
            try:
                yield
            finally:
                cursor.execute("PRAGMA synchronous=FULL")
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit TO off")
            yield
