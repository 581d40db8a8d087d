"""Which single records a caller may see, and to which others they lead."""

from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

from naru.audit.records import AuditedObject
from naru.domain.decision import Act
from naru.domain.person import NOBODY
from naru.domain.records import (
    Criteria,
    Criterion,
    Follow,
    Held,
    PatientReference,
    Record,
    TooMany,
)
from naru.exchange.access import Access
from naru.exchange.decide import Deciding
from naru.exchange.people import People
from naru.patients import queries as patients
from naru.records import queries
from naru.registry.values import Indexed

RECORD: Final = "record"
"""The kind of an audited object that is a single record, by type and id."""

INCLUDED: Final = 1_000
"""Records that refer to those of a page."""


class Visible:
    """What the caller may see; decided for each version, noted in the access record."""

    def __init__(
        self, access: Access, deciding: Deciding | None = None, *, only_refusals: bool = False
    ) -> None:
        self._access = access
        self._deciding = deciding or Deciding(access, Act.READ, only_refusals=only_refusals)
        self._people = self._deciding.people

    def keep(self, found: Sequence[Held]) -> list[Held]:
        """Those that may be seen; it takes the same statements where nothing was found."""
        judged = [one for one in found if one.patient is not None]
        self._people.will_concern({one.patient for one in judged if one.patient} or {NOBODY})
        permitted = self._deciding.permit([self.indexed(one) for one in judged])
        hidden = {one.sequence for one, may in zip(judged, permitted, strict=True) if not may}
        return [one for one in found if one.sequence not in hidden]

    def indexed(self, held: Held) -> Indexed:
        """The light row as the decision asks for it."""
        assert held.patient is not None
        return Indexed(
            entry_uuid=f"{held.key}/{held.version}",
            unique_id=str(held.key),
            patient=self._survivor(held.patient),
            under=held.patient,
            institution=held.institution,
            event_date=held.event_date,
            kind=held.key.type,
            department=held.department,
            registered=held.updated,
        )

    def keys_of(self, references: Iterable[PatientReference]) -> list[UUID]:
        """Every key under which records of these persons may stand; a patient is told of it."""
        found: list[UUID] = []
        for reference in references:
            patient = resolve(reference, self._people)
            if patient is not None:
                self._access.concerns(patient)
                found += self._people.identity_set(patient)
        return found

    def followed(self, records: Sequence[Record], follow: Follow) -> tuple[Record, ...]:
        """The records to which others lead, if they stand and may be seen."""
        own = {record.held.key for record in records}
        keys = [key for key in dict.fromkeys(follow(records)) if key not in own]
        held = [one for key in keys if (one := queries.current(key)) and not one.deleted]
        found = self.keep(held)
        self.note(found)
        return queries.opened(found)

    def referring(
        self, records: Sequence[Record], by: Sequence[tuple[str, str]], at: int
    ) -> tuple[Record, ...]:
        """The same patients' records that refer to those of a page, by type and term.

        Raises TooMany.
        """
        held = [record.held for record in records]
        whose = [*dict.fromkeys(one.patient for one in held if one.patient is not None)]
        names = tuple(str(one.key) for one in held)
        found: dict[int, Held] = {}
        for kind, term in by if whose else ():
            criteria = Criteria(type=kind, criteria=(Criterion(term, names),))
            for one in self.keep(queries.matching(criteria, self._everywhere(whose), at=at)):
                found[one.sequence] = one
        if len(found) > INCLUDED:
            raise TooMany("More records refer to these than are told at once.")
        included = [one for one in found.values() if one not in held]
        self.note(included)
        return queries.opened(included)

    def _everywhere(self, whose: Iterable[UUID]) -> list[UUID]:
        return [key for one in whose for key in self._people.identity_set(one)]

    def note(self, found: Iterable[Held]) -> None:
        """Record what is handed out."""
        for one in found:
            self._access.objects.append(AuditedObject(RECORD, str(one.key), None, one.patient))

    def _survivor(self, patient: UUID) -> UUID:
        return self._people.identity_set(patient)[0]


def resolve(reference: PatientReference, people: People | None = None) -> UUID | None:
    """Whom a reference means; nobody by an identifier that gave way to another."""
    if isinstance(reference, UUID):
        return (people or People()).survivor(reference)
    found = patients.resolve(reference)
    return None if found is None or found.subsumed else found.patient
