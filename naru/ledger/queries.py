from dataclasses import dataclass
from uuid import UUID

from naru.ledger.engine import Engine
from naru.ledger.models import Commitment, OrderedHead
from naru.ledger.ordered import OrderedEngine


@dataclass(frozen=True, slots=True)
class Receipt:
    """What proves an act: its operation's MAC and, once final, its position on the ledger."""

    operation: UUID
    mac: bytes
    position: int | None

    @property
    def pending(self) -> bool:
        """Whether the ledger has not taken it yet."""
        return self.position is None


def receipt(subject: UUID, engine: Engine | None = None) -> Receipt | None:
    """The receipt of the newest operation of a document or of a consent act."""
    rows = Commitment.objects.filter(subject=subject).order_by("-id")
    row = rows.values_list("operation", "mac").first()
    if row is None:
        return None
    return Receipt(row[0], bytes(row[1]), (engine or OrderedEngine()).position(row[0]))


@dataclass(frozen=True, slots=True)
class Counts:
    """How many operations were committed, and how many of them are final."""

    committed: int
    final: int


def counts() -> Counts:
    """As they stand now."""
    head = OrderedHead.objects.values_list("position", flat=True).first()
    return Counts(committed=Commitment.objects.count(), final=head or 0)
