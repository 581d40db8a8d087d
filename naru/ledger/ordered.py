"""The engine that only keeps operations in order, in the node's own database."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.db import connection, transaction

from naru.ledger.models import Ordered, OrderedHead
from naru.ledger.operation import Operation, encode

_HEAD: Final = 1

# By hand, since a whole batch of the outbox waits for them under the write lock.
_HOLD: Final = "UPDATE ledger_ordered_head SET position = position WHERE id = 1"
_MOVE: Final = "UPDATE ledger_ordered_head SET position = position + 1 WHERE id = 1"
_POSITION: Final = "SELECT position FROM ledger_ordered WHERE operation = %s"
_INSERT: Final = (
    "INSERT INTO ledger_ordered (position, operation, content)"
    " SELECT position, %s, %s FROM ledger_ordered_head WHERE id = 1"
)


class OrderedEngine:
    """Final at once, since one database alone decides. Checks no contract and signs nothing."""

    def append(self, operations: Sequence[Operation]) -> tuple[int, ...]:
        """Give each operation the next position, or the one that it has."""
        with transaction.atomic():
            _hold_head()
            return tuple(map(_append, operations))

    def position(self, operation: UUID) -> int | None:
        """The position of an operation, if it was appended."""
        return (
            Ordered.objects.filter(operation=operation).values_list("position", flat=True).first()
        )


def _hold_head() -> None:
    """Nobody else appends until the transaction ends; makes the head where there is none."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLD)
        if not cursor.rowcount:
            OrderedHead.objects.bulk_create([OrderedHead(_HEAD, 0)], ignore_conflicts=True)
            cursor.execute(_HOLD)


def _append(operation: Operation) -> int:
    native = connection.features.has_native_uuid_field
    key = operation.id if native else operation.id.hex
    with connection.cursor() as cursor:
        cursor.execute(_POSITION, (key,))
        row = cursor.fetchone()
        if row is None:
            cursor.execute(_MOVE)
            cursor.execute(_INSERT, (key, encode(operation)))
            cursor.execute(_POSITION, (key,))
            row = cursor.fetchone()
    return int(row[0])
