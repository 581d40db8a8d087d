"""What audit messages say of patients and institutions that their records do not hold.

Asked once for however many records, so that a message costs no question of its own.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from naru.audit.records import AccessRecord
from naru.directory import queries as directory
from naru.domain.identifiers import Identifier
from naru.domain.institution import Institution
from naru.domain.korea import korean_day
from naru.patients import queries as patients


@dataclass(frozen=True, slots=True)
class Names:
    """Identifiers of the affinity domain, and institutions as they were on a day."""

    identifiers: Mapping[UUID, Identifier]
    institutions: Mapping[tuple[UUID, date], Institution]

    def identifier(self, patient: UUID) -> str:
        """The patient's identifier (CX); empty where there is none."""
        found = self.identifiers.get(patient)
        return str(found) if found else ""

    def institution(self, record: AccessRecord) -> Institution | None:
        """The caller's institution on the day of the record."""
        known = record.caller.institution
        return self.institutions.get((known, korean_day(record.time))) if known else None


def names_in(records: Collection[AccessRecord]) -> Names:
    """The names of all who stand in these records."""
    people = {patient for one in records for patient in one.patients}
    people |= {each.patient for one in records for each in one.decisions if each.patient}
    callers = {
        (one.caller.institution, korean_day(one.time)) for one in records if one.caller.institution
    }
    known = {key: directory.by_id(key[0], on=key[1]) for key in callers}
    return Names(
        identifiers=patients.affinity_ids(people),
        institutions={key: found for key, found in known.items() if found},
    )
