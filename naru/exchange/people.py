"""The people of one request, each looked up once however many objects of theirs are found."""

from collections.abc import Collection
from uuid import UUID

from naru.domain.identifiers import Identifier
from naru.patients import queries as patients
from naru.patients.queries import Resolved


class People:
    """What the patients room says, remembered for as long as one request is answered."""

    def __init__(self) -> None:
        self._resolved: dict[Identifier, Resolved | None] = {}
        self._members: dict[UUID, tuple[UUID, ...]] = {}

    def resolve(self, identifier: Identifier, /) -> Resolved | None:
        """Whom the identifier means; `None` if it is not known."""
        if identifier not in self._resolved:
            found = self._resolved[identifier] = patients.resolve(identifier)
            if found is not None:
                self._members |= dict.fromkeys(found.patients, found.patients)
        return self._resolved[identifier]

    def identity_set(self, patient: UUID, /) -> tuple[UUID, ...]:
        """The keys of everyone who is this person, the survivor first."""
        if patient not in self._members:
            self.will_concern([patient])
        return self._members[patient]

    def will_concern(self, asked: Collection[UUID]) -> None:
        """Look all of these up at once."""
        unknown = [one for one in asked if one not in self._members]
        if unknown:
            self._members |= patients.identity_sets(unknown)

    def affinity_id(self, patient: UUID, /) -> Identifier | None:
        """The identifier under which the person's documents are registered."""
        return patients.affinity_id(patient)
