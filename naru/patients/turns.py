"""Who changes the same identities takes turns, from here to the end of the transaction."""

from typing import Final

from django.db import connection

MERGES: Final = bytes(8)
"""Merges follow one another: two of them may meet in one chain."""


def take(*tokens: bytes) -> None:
    """Wait until nobody else changes what these tokens name.

    On SQLite the transaction itself is alone among writers. On PostgreSQL a lock is taken for each
    token, always in one order, so that two feeds never wait for each other.
    """
    assert connection.in_atomic_block, "identities are changed within a transaction"
    if connection.vendor != "postgresql":
        return
    numbers = sorted({int.from_bytes(token[:8], "big", signed=True) for token in tokens})
    with connection.cursor() as cursor:
        for number in numbers:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])
