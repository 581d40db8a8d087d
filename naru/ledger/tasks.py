from naru.ledger.engine import Engine
from naru.ledger.operation import decode
from naru.ledger.ordered import OrderedEngine
from naru.ledger.services import APPEND
from naru.outbox.services import Work
from naru.outbox.worker import Handler


def handlers(engine: Engine | None = None) -> dict[str, Handler]:
    """The handler that carries operations to the engine, within the outbox's transaction."""
    keeper = engine or OrderedEngine()

    def append(work: Work) -> None:
        keeper.append([decode(work.payload)])

    return {APPEND: Handler(append)}
