"""Which steps are run: those whose transactions, and all they build upon, were asked for."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from naru.conformance.library import Library
from naru.conformance.plan import PEER, Step, StepKey

ALIASES: Final = {
    "ITI-8": "PatientIdentityFeed",
    "ITI-18": "StoredQuery",
    "ITI-41": "ProvideAndRegister",
    "ITI-42": "Register",
    "ITI-43": "Retrieve",
    "ITI-44": "PatientIdentityFeed",
    "ITI-57": "Mu",
    "ITI-61": "RegisterODDE",
    "ITI-62": "RemoveMetadata",
    "ITI-86": "Rd",
    "ITI-92": "Rmu",
    "REGISTERONDEMAND": "RegisterODDE",
}
"""Other names by which a transaction may be asked for, in capitals."""

LOOKING: Final = frozenset({"Null", "XmlDetail", "ImgDetail", "Simple"})
"""Steps that send nothing: they look at what earlier ones sent or got."""

SUBMITTING: Final = frozenset(
    {"Register", "RegisterODDE", "ProvideAndRegister", "PatientIdentityFeed"}
)
"""Transactions that bring something new, and depend only on what they point to."""

WRITING: Final = frozenset(
    {"Mu", "Rmu", "XCRmu", "RemoveMetadata", "Rd", "PatientMove", "Register", "RegisterODDE"}
    | {"ProvideAndRegister", "XDRProvideAndRegister", "ProvideDocumentBundle", "FhirCreate"}
)
"""Transactions after which the same question has another answer."""


@dataclass
class Selection:
    """What of a library is to be run when these transactions are asked for; None asks for all."""

    library: Library
    transactions: frozenset[str] | None = None
    _closures: dict[StepKey, frozenset[StepKey]] = field(default_factory=dict)

    def lacking(self, step: Step) -> frozenset[str]:
        """What the step needs and nobody asked for; it is selected when this is empty."""
        if self.transactions is None:
            return frozenset()
        return self.needs(step) - self.transactions

    def needs(self, step: Step) -> frozenset[str]:
        """The transactions of the step, of all it points to, and what else these take.

        To a step that asks or looks, a write that came earlier in the same test, about the same
        objects, is part of the state that it expects.
        """
        steps = [step, *(self.library.steps[key] for key in self.relied_on(step))]
        needed = {one.transaction for one in steps if one.transaction} - LOOKING
        return frozenset(needed | {each for one in steps for each in one.beyond})

    def relied_on(self, step: Step) -> frozenset[StepKey]:
        """The steps without which this one cannot be judged."""
        upon = self.built_upon(step)
        return upon if step.transaction in SUBMITTING else upon | self._earlier_writes(step, upon)

    def built_upon(self, step: Step) -> frozenset[StepKey]:
        """Every step that this one points to, and those that they point to."""
        if step.key not in self._closures:
            self._closures[step.key] = frozenset()  # A circle ends here.
            found: set[StepKey] = set()
            for key in self.pointed_to(step):
                found |= {key} | self.built_upon(self.library.steps[key])
            self._closures[step.key] = frozenset(found - {step.key})
        return self._closures[step.key]

    def pointed_to(self, step: Step) -> list[StepKey]:
        """The steps that this one's instructions name; a step that looks, looks at its section."""
        keys = [self.library.resolve(step, where) for where in step.references]
        found = list(dict.fromkeys(key for key in keys if key is not None))
        if step.transaction in LOOKING and step.asserts:
            found += [
                key for key in self.library.before(step.key) if key.section == step.key.section
            ]
        return found

    def _earlier_writes(self, step: Step, upon: frozenset[StepKey]) -> frozenset[StepKey]:
        mine = {key for key in upon if self.library.steps[key].transaction in WRITING}
        earlier = [key for key in self.library.before(step.key) if self._writes(key)]
        return frozenset(key for key in earlier if not mine or self._touches(key, mine))

    def _writes(self, key: StepKey) -> bool:
        """Whether the step changes what the node holds, or a peer does while it is waited for.

        What is refused as expected changes nothing.
        """
        step = self.library.steps[key]
        refused = step.statuses == ("Failure",)
        return (step.transaction in WRITING and not refused) or PEER in step.beyond

    def _touches(self, key: StepKey, mine: set[StepKey]) -> bool:
        step = self.library.steps[key]
        upon = self.built_upon(step)
        # An update that points to no step may be one of anything.
        anything = PEER in step.beyond or (not upon and step.transaction not in SUBMITTING)
        return anything or key in mine or bool(mine & upon)

    def is_selected(self, step: Step) -> bool:
        """Whether the step counts: it sends, or it looks at what a sending step did."""
        if self.transactions is None:
            return bool(step.transaction)
        if step.transaction in LOOKING:
            return bool(self.needs(step)) and not self.lacking(step)
        return bool(step.transaction) and not self.lacking(step)


def canonical(words: Iterable[str], known: frozenset[str]) -> frozenset[str]:
    """The plans' names of transactions. Raises ValueError with the name that nobody knows."""
    by_word = {name.upper(): name for name in known} | ALIASES
    listed = [part for word in words for part in word.split(",") if part]
    for part in listed:
        if part.upper() not in by_word:
            raise ValueError(part)
    return frozenset(by_word[part.upper()] for part in listed)
