"""The people of one request, each looked up once however many objects of theirs are found."""

from collections.abc import Collection
from uuid import UUID

from naru.domain.identifiers import Identifier
from naru.domain.person import NOBODY
from naru.patients import queries as patients
from naru.patients.queries import Resolved


class People:
    """What the patients room says, remembered for as long as one request is answered."""

    def __init__(self) -> None:
        self._resolved: dict[Identifier, Resolved | None] = {}
        self._members: dict[UUID, tuple[UUID, ...]] = {}
        self._survivors: dict[UUID, UUID | None] = {}
        self.named: set[UUID] = set()
        """Those whom an identifier in the question means."""

    def resolve(self, identifier: Identifier, /) -> Resolved | None:
        """Whom the identifier means; `None` if it is not known."""
        if identifier not in self._resolved:
            found = self._resolved[identifier] = patients.resolve(identifier)
            if found is not None:
                self.named.add(found.patient)
                self._members |= dict.fromkeys(found.patients, found.patients)
        return self._resolved[identifier]

    def survivor(self, patient: UUID, /) -> UUID | None:
        """The survivor of all merges of a person; `None` if nobody has the key."""
        if patient not in self._survivors:
            self._survivors[patient] = patients.survivor(patient)
        return self._survivors[patient]

    def identity_set(self, patient: UUID, /) -> tuple[UUID, ...]:
        """The keys of everyone who is this person, the survivor first."""
        if patient not in self._members:
            self.will_concern([patient])
        return self._members.get(patient, (patient,))

    def identity_sets(self, asked: Collection[UUID], /) -> dict[UUID, tuple[UUID, ...]]:
        """The same of each, by the key that it is asked by; of a key that nobody has, itself."""
        self.will_concern(asked)
        return {one: self._members.get(one, (one,)) for one in asked}

    def will_concern(self, asked: Collection[UUID]) -> None:
        """Look all of these up at once; the first time also where it is nobody."""
        unknown = set(asked) - self._members.keys() - {NOBODY}
        if unknown or not self._members:
            unknown = unknown or {NOBODY}
            self._members |= {one: (one,) for one in unknown} | patients.identity_sets(unknown)

    def affinity_id(self, patient: UUID, /) -> Identifier | None:
        """The identifier under which the person's documents are registered."""
        return patients.affinity_id(patient)
