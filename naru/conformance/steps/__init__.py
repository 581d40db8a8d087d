"""What is sent for each transaction of the plans; one file for each.

A handler sends the step's message, keeps in the step's log what was sent and what came back, and
yields a sentence for everything that is otherwise than the case expects.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from naru.conformance.context import Context
from naru.conformance.plan import Step
from naru.conformance.session import Log
from naru.conformance.steps import (
    looking,
    patient_identity_feed,
    provide_and_register,
    register,
    register_on_demand,
    retrieve,
    stored_query,
)

Handler = Callable[[Context, Step, Log], Iterator[str]]

HANDLERS: Final[Mapping[str, Handler]] = {
    "PatientIdentityFeed": patient_identity_feed.run,
    "Register": register.run,
    "RegisterODDE": register_on_demand.run,
    "ProvideAndRegister": provide_and_register.run,
    "StoredQuery": stored_query.run,
    "Retrieve": retrieve.run,
    "Null": looking.run,
}
