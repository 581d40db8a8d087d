from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from naru.ledger.operation import Operation


class Engine(Protocol):
    """What keeps operations.

    Promised by every engine: an operation that was appended keeps its position for ever; positions
    are 1, 2, 3 … without gaps; an operation appended again (the same `id`) keeps its first position
    and is not kept twice; the bytes kept are the canonical ones.

    Not promised here: that an operation is final when `append` returns (an engine of several
    members may know its position later), that order follows the time of the acts, that an
    operation makes sense to its contract, or that anybody but the engine's owner has seen it.
    """

    def append(self, operations: Sequence[Operation]) -> tuple[int | None, ...]:
        """Hand over operations; for each its position, or None while it is not final."""

    def position(self, operation: UUID) -> int | None:
        """The final position of an operation, if there is one."""
