"""What the law keeps from a patient for a time: that a body was released some of their records.

Until the day on which it may be told, nothing that the body did stands on any page of the
patient's; the institution's officer sees all of it. From that day it stands where it belongs.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from naru.domain.arrangements import Release
from naru.domain.korea import korean_day
from naru.exchange.patients import whole_person


class Untold:
    """The releases that are kept from a patient at a moment."""

    def __init__(self, patients: Collection[UUID], now: datetime) -> None:
        day = korean_day(now)
        said = (act.release for one in patients for act in whole_person.acts(one))
        self._kept = {one.id: one for one in said if one is not None and one.is_untold(day)}

    def hides(self, institution: UUID | None, time: datetime) -> bool:
        """Whether what the institution did at that time is kept from the patient.

        From the release on, whatever it asked: that it asked at all would tell.
        """
        return any(_covers(one, institution, time) for one in self._kept.values())


def _covers(release: Release, institution: UUID | None, time: datetime) -> bool:
    return release.recipient == institution and release.since <= time
