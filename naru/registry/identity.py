"""Whose an object is, merges considered: asked of the patients room, never written down here.

So a merge or its undoing changes no row of the registry, and neither can be forgotten here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from naru.domain.identifiers import Identifier
from naru.domain.person import NOBODY
from naru.registry.values import PatientIndex, Resolved


def known(identifier: Identifier, patients: PatientIndex) -> Resolved | None:
    """The person of an id that a feed told of and no merge subsumed.

    ITI TF-2 3.42.4.1.3.3.2, 3.8.4.2.4: under a subsumed id nothing is registered or found.
    """
    resolved = patients.resolve(identifier)
    return None if resolved is None or resolved.subsumed else resolved


@dataclass(frozen=True, slots=True)
class Survivors:
    """Each patient's survivor, asked for once while one request is answered."""

    patients: PatientIndex
    found: dict[UUID, UUID] = field(default_factory=dict)

    def learn(self, resolved: Resolved) -> None:
        """Take over what is known already."""
        self.found.update(dict.fromkeys(resolved.patients, resolved.patient))

    def of(self, patient: UUID) -> UUID:
        """The survivor of a patient's merges."""
        if patient not in self.found:
            self.will_concern([patient])
        return self.found[patient]

    def will_concern(self, asked: Iterable[UUID]) -> None:
        """Look all of these up at once; where nobody was found, look nobody up once."""
        unknown = set(asked) - self.found.keys()
        if unknown or not self.found:
            sets = self.patients.identity_sets(unknown or {NOBODY})
            self.found[NOBODY] = NOBODY
            for everyone in sets.values():
                self.found.update(dict.fromkeys(everyone, everyone[0]))

    def identifiers(self, stored: Iterable[UUID]) -> Mapping[UUID, Identifier | None]:
        """The surviving id under which each stored patient is shown."""
        return {one: self.patients.affinity_id(self.of(one)) for one in set(stored)}
