"""Who is whom, folded from the acts that stand: nothing else decides it.

So an act is taken back by leaving it out and folding again, and what stood before it stands again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An identifier of a person; `common` is one of the affinity domain, of which one is kept."""

    id: int
    patient: UUID
    domain: int
    common: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """`patient` is `into`; a merge also ends `subsumed` in favour of `survivor`."""

    patient: UUID
    into: UUID
    survivor: int | None = None
    subsumed: int | None = None


@dataclass(slots=True)
class Standing:
    """What the acts made of the persons and identifiers they speak of."""

    merged_into: dict[UUID, UUID] = field(default_factory=dict)
    subsumed_by: dict[int, int] = field(default_factory=dict)

    def root(self, patient: UUID) -> UUID:
        """The end of the chain of merges."""
        while patient in self.merged_into:
            patient = self.merged_into[patient]
        return patient

    def successor(self, identifier: int) -> int:
        """The identifier that took its place last, or itself."""
        while identifier in self.subsumed_by:
            identifier = self.subsumed_by[identifier]
        return identifier


def fold(held: Sequence[Held], acts: Iterable[Act]) -> Standing:
    """What stands after the acts in their order; `held` in the order in which they were told."""
    standing = Standing()
    for act in acts:
        survivor = None if act.survivor is None else standing.successor(act.survivor)
        if act.subsumed is not None and survivor is not None:
            _end(standing, act.subsumed, survivor)
        gone, into = standing.root(act.patient), standing.root(act.into)
        if gone != into:
            _end_common(standing, held, gone, into, survivor)
            standing.merged_into[gone] = into
    return standing


def _end(standing: Standing, subsumed: int, survivor: int) -> None:
    # What another act ended already stays so: one identifier has one successor.
    if subsumed != survivor and subsumed not in standing.subsumed_by:
        standing.subsumed_by[subsumed] = survivor


def _end_common(
    standing: Standing, held: Sequence[Held], gone: UUID, into: UUID, survivor: int | None
) -> None:
    """One person keeps one identifier in each domain of the affinity domain."""
    active = [one for one in held if one.common and one.id not in standing.subsumed_by]
    kept = {one.domain: one.id for one in reversed(active) if standing.root(one.patient) == into}
    named = next((one for one in active if one.id == survivor), None)
    if named and standing.root(named.patient) == into:
        kept[named.domain] = named.id
    for one in active:
        if standing.root(one.patient) == gone and one.domain in kept:
            _end(standing, one.id, kept[one.domain])
