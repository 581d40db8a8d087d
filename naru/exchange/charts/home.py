"""A patient's first page: what stands, who looked, what needs them and what changed; one access.

Its work does not grow with the record: it reads the newest of everything, in few statements.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from naru.consent.snapshots import Snapshot
from naru.domain.caller import Role
from naru.domain.consent_paper import Representative
from naru.domain.korea import korean_day
from naru.exchange import notices
from naru.exchange.access import Access, together
from naru.exchange.audit import crossings
from naru.exchange.audit.crossings import WhoSaw
from naru.exchange.charts import past_history
from naru.exchange.charts.past_history import Gathered
from naru.exchange.consent import mandates, representing
from naru.exchange.consent.issue import full_name
from naru.exchange.notices import Message
from naru.exchange.patients import whole_person
from naru.patients import queries as patients

SEEN: Final = 20
"""Accesses of which the page is made; those of one place in a row are told as one."""

NOTICES: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientHome:
    """Everything that the page tells, as it stands on `day`, a day in Korea."""

    name: str
    day: date
    snapshot: Snapshot | None
    seen: WhoSaw
    unread: tuple[Message, ...]
    """Of the newest notices those that were not read."""
    family: Mapping[UUID, str]
    """For whom the reader may speak, by name."""
    representative: Representative | None
    gathered: Gathered

    @property
    def consented(self) -> bool:
        """Whether a general consent stands."""
        return self.snapshot is not None and self.snapshot.consents_on(self.day)


def look(access: Access, patient: UUID, *, language: str) -> PatientHome:
    """The page; the access is durable on return. Raises RegistryFailure, AuditUnavailable."""
    with together(access):
        return PatientHome(
            name=full_name(patients.demographics(patient)),
            day=korean_day(access.time),
            snapshot=whole_person.snapshot(patient, access.time),
            seen=crossings.who_saw(access, patient, SEEN),
            unread=notices.unread(access, patient, language=language, most=NOTICES),
            family=_family(access),
            representative=representing.representative(access.caller, patient, access.time),
            gathered=past_history.gather_newest(access, patient),
        )


def _family(access: Access) -> dict[UUID, str]:
    caller = access.caller
    own = caller.patient if caller.role is Role.PATIENT else None
    ids = tuple(one for one in (caller.person, own) if one is not None)
    if not ids:
        return {}
    found = mandates.represented_by(ids, access.time)
    return {one: full_name(patients.demographics(one)) for one in found}
