"""ITI-61 Register On-Demand Document Entry (ITI TF-2 3.61)."""

from collections.abc import Iterator
from typing import Final

from naru.conformance.context import Context
from naru.conformance.plan import Step
from naru.conformance.session import Log
from naru.conformance.steps import register

ACTION: Final = "urn:ihe:iti:2010:RegisterOnDemandDocumentEntry"


def run(context: Context, step: Step, log: Log) -> Iterator[str]:
    """Send the entry to the registry."""
    yield from register.send(context, step, log, ACTION)
