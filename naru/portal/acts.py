"""What a citizen does on a page; the demo's own page does the same by the same functions."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from naru.audit.queries import Crossing
from naru.audit.records import RecordId
from naru.consent import texts
from naru.consent.snapshots import ActId, Exclusion
from naru.domain import roles
from naru.domain.caller import Caller
from naru.domain.consent_paper import (
    NEEDED,
    Box,
    Identification,
    Identified,
    Representative,
    Wording,
)
from naru.domain.roles import Factor
from naru.exchange import (
    consent_acts,
    consent_objections,
    crossings,
    representing,
    standing,
)
from naru.exchange.access import Access
from naru.exchange.consent_acts import Saying
from naru.exchange.standing import Standing
from naru.security.signed_paper import write_signed
from naru.ui.clock import today

CONSENT: Final = "consent"
LOOK: Final = "own records"
"""The transactions of a citizen's pages, as the audit names them."""

_BY_FACTOR: Final = {
    Factor.PASSKEY: Identification.PASSKEY,
    Factor.IDENTITY: Identification.VERIFIED,
}

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
    """Consent or withdraw as the demo's switch does; asking for what stands changes nothing.

    One access record in any case: of the act, or of the look where nothing was to be done.
    """
    if standing.consents(patient, time) is on:
        standing.of_patient(Access(transaction=LOOK, caller=caller, time=time), patient)
        return
    wording = texts.of("ko", on=today(time)).wording
    if on:
        give(caller, patient, time, wording, boxes=NEEDED)
    else:
        withdraw(caller, patient, time, wording)


def give(
    caller: Caller,
    patient: UUID,
    time: datetime,
    wording: Wording,
    *,
    boxes: frozenset[Box],
    until: date | None = None,
) -> ActId:
    """Consent from today on, under the words that were read. Raises ConsentRefused."""
    saying = _saying(caller, patient, time, wording, "give-consent")
    return consent_acts.consent(_access(caller, time), patient, saying, boxes=boxes, until=until)


def withdraw(caller: Caller, patient: UUID, time: datetime, wording: Wording) -> ActId:
    """Take the whole consent back. Raises ConsentRefused."""
    saying = _saying(caller, patient, time, wording, "withdraw-consent")
    return consent_acts.withdraw(_access(caller, time), patient, saying)


def keep_out(
    caller: Caller,
    patient: UUID,
    time: datetime,
    wording: Wording,
    exclusions: Sequence[Exclusion],
    *,
    action: str = "withdraw-consent",
    reason: str = "",
) -> ActId:
    """Take parts out of the exchange. Raises ConsentRefused."""
    saying = _saying(caller, patient, time, wording, action, reason=reason)
    return consent_acts.keep_out(_access(caller, time), patient, saying, exclusions)[0]


def lift(
    caller: Caller,
    patient: UUID,
    time: datetime,
    wording: Wording,
    exclusions: Sequence[Exclusion],
    *,
    action: str = "give-consent",
) -> ActId:
    """Let parts be exchanged again. Raises ConsentRefused."""
    saying = _saying(caller, patient, time, wording, action)
    return consent_acts.lift(_access(caller, time), patient, saying, exclusions)[0]


def object_to(caller: Caller, patient: UUID, time: datetime, act: UUID) -> None:
    """Say that it was not oneself who said an act at a desk. Raises ConsentRefused."""
    consent_objections.object_to(_access(caller, time), patient, act)


def represents(caller: Caller, patient: UUID, time: datetime) -> Representative | None:
    """Who acts for the patient, where somebody does: the page and the paper name both."""
    return representing.representative(caller, patient, time)


def _access(caller: Caller, time: datetime) -> Access:
    return Access(transaction=CONSENT, caller=caller, time=time)


def _saying(
    caller: Caller,
    patient: UUID,
    time: datetime,
    wording: Wording,
    action: str,
    *,
    reason: str = "",
) -> Saying:
    return Saying(
        wording=wording,
        identified=Identified(by=_identification(caller, action)),
        write=write_signed,
        representative=represents(caller, patient, time),
        reason=reason,
    )


def _identification(caller: Caller, action: str) -> Identification:
    """How it was seen who acts: by what the role table asks to be shown anew before the act.

    A demo's chosen person, whom nobody has seen, is of a session alone.
    """
    factor = roles.step_up(action) if caller.person is not None else None
    return _BY_FACTOR[factor] if factor else Identification.SESSION
