"""What of a person one institution may learn from another: that they are its patient, and who."""

from collections.abc import Collection
from uuid import UUID

from django.conf import settings

from naru.domain.decision import Act
from naru.domain.korea import korean_day
from naru.exchange.access import Access
from naru.exchange.decide import Deciding
from naru.exchange.institutions import participants
from naru.patients import queries as patients
from naru.registry.values import Indexed


class Viewing:
    """Answers for one request; each institution is decided on once for each person."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._today = korean_day(access.time)
        self._deciding = Deciding(access, Act.READ, of_records=False)
        self._givers: dict[str, UUID | None] = {}

    def is_asked_of(self, patients: Collection[UUID]) -> None:
        """That it will be asked of these: what stands for them is read at once."""
        self._deciding.will_concern(patients)

    def owns(self, authority: str) -> bool:
        """Whether the caller gives these identifiers; a sandbox's caller gives any."""
        giver = self._giver(authority)
        mine = giver is not None and giver == self._access.caller.institution
        return settings.NARU.sandbox or mine

    def may_learn(self, patient: UUID, authority: str) -> bool:
        """Whether the caller may learn that the person is known in this domain.

        In the affinity domain everybody is known.
        """
        return patients.is_affinity_domain(authority) or self.may_read(patient, authority)

    def may_read(self, patient: UUID, authority: str) -> bool:
        """Whether the caller told it itself, or the person's consent lets it read this source."""
        giver = self._giver(authority)
        if giver is None:
            # Nobody is admitted who could be its source; a sandbox takes feeds of any domain.
            return settings.NARU.sandbox and self._permitted(patient, None)
        return giver == self._access.caller.institution or self._permitted(patient, giver)

    def _giver(self, authority: str) -> UUID | None:
        if authority not in self._givers:
            self._givers[authority] = participants.giver(authority, on=self._today)
        return self._givers[authority]

    def _permitted(self, patient: UUID, source: UUID | None) -> bool:
        item = Indexed(
            entry_uuid=f"{patient}/{source}",
            unique_id=str(source or ""),
            patient=patient,
            institution=source,
            event_date=self._today,
        )
        return self._deciding.permit([item])[0]
