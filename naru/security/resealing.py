"""What is sealed is sealed again, a few rows at a time, beside those who read and write.

Columns say what they hold (`fields`), and each value says its generation, so nothing is remembered
here: a pass goes through every column in the order of its keys and takes what is not of the newest.
A row is changed only if it still is what was read: whoever writes meanwhile writes anew anyway.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from django.db import connection, transaction

from naru.security.fields import SealedField, TokenField, columns
from naru.security.keys import KeyRing, header_of

if TYPE_CHECKING:
    from django.db.models import Field

BATCH: Final = 200
"""Rows of one transaction: a writer waits for no more than these."""

_HEADER: Final = len(header_of(0))


class Pass:
    """One walk through all columns; `found` counts the rows that were not of the newest."""

    def __init__(self, number: int, ring: KeyRing) -> None:
        self.found = 0
        self._ring = ring
        self._number = number
        self._parts = self._walk()
        ring.look()

    def part(self) -> bool:
        """Do the next batch; False once the walk is over."""
        return next(self._parts, False)

    def _walk(self) -> Iterator[bool]:
        for field in columns(SealedField):
            if not field.kept:
                yield from self._column(field, "sealed")
        for field in columns(TokenField):
            yield from self._column(field, "token")

    def _column(self, field: Any, kind: str) -> Iterator[bool]:
        last: Any = None
        renew = self._sealed if kind == "sealed" else self._token
        while True:
            keys = _outdated(field, kind, self._number, last)
            if not keys:
                return
            with transaction.atomic():
                renew(field, keys)
            self.found += len(keys)
            last = keys[-1]
            yield True

    def _sealed(self, field: Any, keys: list[Any]) -> None:
        sealer = self._ring.sealer(field.purpose)
        for row in field.model._base_manager.filter(pk__in=keys):  # noqa: SLF001  # Django documents it as public.
            before = bytes(getattr(row, field.attname))
            if before.startswith(header_of(self._number)) or not before:
                continue
            aad = field.bound(row)
            after = sealer.seal(sealer.open(before, aad), aad)
            changed = {field.name: after}
            field.model._base_manager.filter(pk=row.pk, **{field.name: before}).update(**changed)  # noqa: SLF001  # Same.

    def _token(self, field: Any, keys: list[Any]) -> None:
        now = self._ring.keys()
        table, column = field.model._meta.db_table, field.column  # noqa: SLF001  # Same.
        renewed = [
            (now.cover(now.uncover(before), self._number), before)
            for before in dict.fromkeys(map(bytes, keys))
        ]
        with connection.cursor() as cursor:
            # Every row of an equal token at once; our own names, and values are parameters.
            cursor.executemany(
                f'UPDATE "{table}" SET "{column}" = %s WHERE "{column}" = %s',  # noqa: S608  # As said.
                renewed,
            )


def _outdated(field: Any, kind: str, number: int, last: Any) -> list[Any]:
    """The keys of the next rows whose value is not of this generation, after the row `last`.

    A sealed column is walked by the primary key, a token by itself: it is what its rows share.
    """
    table = field.model._meta.db_table  # noqa: SLF001  # Django documents it as public.
    column = f'"{field.column}"'
    key = column if kind == "token" else f'"{field.model._meta.pk.column}"'  # noqa: SLF001  # Same.
    conditions = [_other_than(column, kind)]
    parameters: list[Any] = [_beginning(kind, number)]
    if last is not None:
        conditions.append(f"{key} > %s")
        parameters.append(last)
    statement = (
        f'SELECT {"DISTINCT " if kind == "token" else ""}{key} FROM "{table}"'  # noqa: S608  # Our own names; values are parameters.
        f" WHERE {' AND '.join(conditions)} ORDER BY {key} LIMIT {BATCH}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [row[0] for row in cursor.fetchall()]


def _other_than(column: str, kind: str) -> str:
    """That a value is there and does not begin as those of a generation do."""
    if kind == "sealed":
        return f"substr({column}, 1, {_HEADER}) <> %s AND length({column}) > 0"
    # A token of the first generation is its bare digest, of a length that no other has.
    return f"(length({column}) %% 16 = 0 OR substr({column}, 1, 2) <> %s)"


def _beginning(kind: str, number: int) -> bytes:
    return header_of(number) if kind == "sealed" else number.to_bytes(2)


def users_of(number: int) -> dict[str, int]:
    """The columns that hold something of a generation that would be lost with it, and how much."""
    found = {
        _name(field): _count(field, f"substr({field.column}, 1, {_HEADER}) = %s", header_of(number))
        for field in columns(SealedField)
        if not field.kept
    }
    for field in columns(TokenField):
        found[_name(field)] = _count(field, *_tokens_of(field.column, number))
    return {name: rows for name, rows in found.items() if rows}


def left(number: int) -> dict[str, int]:
    """The columns that hold something of another generation than this, and how much."""
    kinds = [("sealed", one) for one in columns(SealedField) if not one.kept]
    kinds += [("token", one) for one in columns(TokenField)]
    found = {
        _name(field): _count(field, _other_than(field.column, kind), _beginning(kind, number))
        for kind, field in kinds
    }
    return {name: rows for name, rows in found.items() if rows}


def _tokens_of(column: str, number: int) -> tuple[str, bytes]:
    if number == 1:
        return f"length({column}) %% 16 = 0 AND length({column}) > length(%s)", b""
    return f"length({column}) %% 16 = 2 AND substr({column}, 1, 2) = %s", number.to_bytes(2)


def _name(field: "Field[Any, Any]") -> str:
    return f"{field.model._meta.db_table}.{field.column}"  # noqa: SLF001  # Django documents it as public.


def _count(field: "Field[Any, Any]", condition: str, beginning: bytes) -> int:
    table = field.model._meta.db_table  # noqa: SLF001  # Same.
    with connection.cursor() as cursor:
        # Our own names; values are parameters.
        cursor.execute(f'SELECT COUNT(*) FROM "{table}" WHERE {condition}', [beginning])  # noqa: S608  # As said.
        return int(cursor.fetchone()[0])
