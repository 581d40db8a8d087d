"""What a patient's consent says now, and all that was said before: shown to the patient."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from naru.consent.acts import Act
from naru.consent.snapshots import Snapshot
from naru.domain.korea import korean_day
from naru.exchange.access import Access, reading
from naru.exchange.patients import whole_person


@dataclass(frozen=True, slots=True)
class Standing:
    """As it stands on `day`, a day in Korea.

    `snapshot` is None where the patient never said anything; `acts` stand oldest first. Of a
    merged person it is what all entries say together.
    """

    snapshot: Snapshot | None
    acts: tuple[Act, ...]
    day: date

    @property
    def consented(self) -> bool:
        """Whether a general consent stands."""
        return self.snapshot is not None and self.snapshot.consents_on(self.day)


def of_patient(access: Access, patient: UUID) -> Standing:
    """Read both anew; one look at a page is one access, so `access` may be used for all of it."""
    with reading(access):
        access.concerns(patient)
        day = korean_day(access.time)
        snapshot = whole_person.snapshot(patient, access.time)
        return Standing(snapshot, whole_person.acts(patient), day)


def consents(patient: UUID, now: datetime) -> bool:
    """Whether a general consent stands: for who goes on to an act or a look that is recorded."""
    stands = whole_person.snapshot(patient, now)
    return stands is not None and stands.consents_on(korean_day(now))
