"""The numbers of rows that are about to be inserted, so that their hashes can cover them."""

from django.db import connection

_SEQUENCE = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
_LAST = "SELECT seq FROM sqlite_sequence WHERE name = %s"


def next_places(table: str, count: int) -> list[int]:
    """The numbers of the next `count` rows, in the transaction that inserts them."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_SEQUENCE, (table, count))
            return [place for (place,) in cursor.fetchall()]
        # A transaction on SQLite holds the write lock from its beginning (storage/sqlite.py).
        cursor.execute(_LAST, (table,))
        row = cursor.fetchone()
    last = row[0] if row else 0
    return list(range(last + 1, last + count + 1))
