"""The roles of a node and the doors that each role opens."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Door:
    """One address of the node: `transactions` are the standard's names, empty for pages.

    A door that is not `built` has its address and says in its own terms that it is not there yet.
    """

    path: str
    role: str
    transactions: tuple[str, ...] = ()
    built: bool = True


FHIR_TRANSACTIONS: Final = (
    *("ITI-65", "ITI-66", "ITI-67", "ITI-68"),
    *("ITI-78", "ITI-81", "ITI-83", "ITI-104", "ITI-119"),
)

CDS_HOOKS: Final = ("CDS Hooks patient-view", "CDS Hooks order-select", "CDS Hooks order-sign")

DOORS: Final = (
    Door("/ihe/registry", "registry", ("ITI-18", "ITI-42", "ITI-61")),
    Door("/ihe/repository", "repository", ("ITI-41", "ITI-43")),
    Door("/ihe/pix", "registry", ("ITI-44", "ITI-45")),
    Door("/ihe/pdq", "registry", ("ITI-47",)),
    Door("/fhir", "registry", FHIR_TRANSACTIONS),
    Door("/cds-services", "registry", CDS_HOOKS),
    Door("/oauth", "registry", ("ITI-71", "ITI-102", "ITI-103")),
    Door("/portal", "portal"),
    Door("/clinic", "clinic"),
    Door("/desk", "desk"),
    Door("/console", "console"),
)

ROLES: Final = (*dict.fromkeys(door.role for door in DOORS), "worker", "audit")
"""`worker` does the work that waits in the outbox; `audit` is an audit record repository."""


def plays(chosen: frozenset[str], role: str) -> bool:
    """Tell whether a node with the `chosen` roles plays `role`; none chosen means all."""
    return not chosen or role in chosen


def open_doors(chosen: frozenset[str]) -> tuple[Door, ...]:
    """The doors that a node with these roles opens."""
    return tuple(door for door in DOORS if plays(chosen, door.role))
