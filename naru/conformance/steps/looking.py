"""Steps that send nothing: their assertions are on what earlier steps sent and got."""

from collections.abc import Iterator

from naru.conformance.context import Context
from naru.conformance.plan import Step
from naru.conformance.session import Log, NotAttempted


def run(_context: Context, step: Step, _log: Log) -> Iterator[str]:
    """Nothing to send; the assertions are looked at where those of every step are."""
    if not step.asserts or step.contents:
        raise NotAttempted("the case names nothing here that has to be true")
    yield from ()
