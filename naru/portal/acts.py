"""What a citizen does on a page; the demo's own page does the same by the same functions."""

from datetime import datetime
from typing import Final
from uuid import UUID

from naru.audit.queries import Crossing
from naru.audit.records import RecordId
from naru.domain.caller import Caller
from naru.exchange import consent, crossings, standing
from naru.exchange.access import Access
from naru.exchange.standing import Standing
from naru.ui.clock import today

CONSENT: Final = "consent"
LOOK: Final = "own records"
"""The transactions of a citizen's pages, as the audit names them."""

CONSENT_TEXT: Final = "naru.portal/1"
"""The wording beside the switch; a new wording gets a new number."""

DEEP: Final = 1000
"""How many accesses a page looks through at a time; a link leads to those before them."""


def look(
    caller: Caller,
    patient: UUID,
    time: datetime,
    *,
    before: RecordId | None = None,
    deep: int = DEEP,
) -> tuple[tuple[Crossing, ...], Standing]:
    """Who asked for the patient's records, newest first, and what the consent says: one access."""
    access = Access(transaction=LOOK, caller=caller, time=time)
    seen = crossings.of_patient(access, patient, deep, before)
    return seen, standing.of_patient(access, patient)


def turn(caller: Caller, patient: UUID, time: datetime, *, on: bool) -> None:
    """Consent or withdraw; asking for what stands already changes nothing."""
    looking = Access(transaction=LOOK, caller=caller, time=time)
    if standing.of_patient(looking, patient).consented is on:
        return
    access = Access(transaction=CONSENT, caller=caller, time=time)
    if on:
        consent.grant(access, patient, from_date=today(time), text_version=CONSENT_TEXT)
    else:
        consent.withdraw(access, patient, text_version=CONSENT_TEXT)
