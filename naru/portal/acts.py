"""What a citizen does on a page; the demo's own page does the same by the same functions."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from naru.audit.queries import Crossing
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
from naru.domain.referrals import Referral
from naru.domain.roles import Factor
from naru.exchange import standing
from naru.exchange.access import Access
from naru.exchange.audit import crossings
from naru.exchange.consent import objections as consent_objections
from naru.exchange.consent import page_acts as consent_acts
from naru.exchange.consent import representing
from naru.exchange.consent.page_acts import Saying
from naru.exchange.standing import Standing
from naru.referrals import calling_back
from naru.security.signed_paper import write_signed
from naru.ui.clock import today

CONSENT: Final = "consent"
LOOK: Final = "own records"
OPEN: Final = "ITI-43"
"""The transactions of a citizen's pages, as the audit names them."""

_BY_FACTOR: Final = {
    Factor.PASSKEY: Identification.PASSKEY,
    Factor.IDENTITY: Identification.VERIFIED,
}

DEEP: Final = 1000
"""How many accesses a look goes through."""


def look(
    access: Access, patient: UUID, *, deep: int = DEEP
) -> tuple[tuple[Crossing, ...], Standing]:
    """Who asked for the patient's records, newest first, and what the consent says: one access."""
    seen = crossings.of_patient(access, patient, deep)
    return seen, standing.of_patient(access, patient)


def turn(access: Access, patient: UUID, *, on: bool) -> None:
    """Consent or withdraw as the demo's switch does; asking for what stands changes nothing.

    One access record in any case: of the act, or of the look where nothing was to be done.
    """
    if standing.consents(patient, access.time) is on:
        access.transaction = LOOK
        standing.of_patient(access, patient)
        return
    wording = texts.of("ko", on=today(access.time)).wording
    if on:
        give(access, patient, wording, boxes=NEEDED)
    else:
        withdraw(access, patient, wording)


def give(
    access: Access,
    patient: UUID,
    wording: Wording,
    *,
    boxes: frozenset[Box],
    until: date | None = None,
) -> ActId:
    """Consent from today on, under the words that were read. Raises ConsentRefused."""
    saying = _saying(access, patient, wording, "give-consent")
    return consent_acts.consent(access, patient, saying, boxes=boxes, until=until)


def withdraw(access: Access, patient: UUID, wording: Wording) -> ActId:
    """Take the whole consent back. Raises ConsentRefused."""
    saying = _saying(access, patient, wording, "withdraw-consent")
    return consent_acts.withdraw(access, patient, saying)


def keep_out(
    access: Access,
    patient: UUID,
    wording: Wording,
    exclusions: Sequence[Exclusion],
    *,
    action: str = "withdraw-consent",
    reason: str = "",
) -> ActId:
    """Take parts out of the exchange. Raises ConsentRefused."""
    saying = _saying(access, patient, wording, action, reason=reason)
    return consent_acts.keep_out(access, patient, saying, exclusions)[0]


def call_back(access: Access, patient: UUID, referral: UUID, wording: Wording) -> Referral:
    """Call one sending back, under the words that were read. Raises ConsentRefused."""
    saying = _saying(access, patient, wording, "hide-document")
    return calling_back.call_back(access, referral, saying)


def lift(access: Access, patient: UUID, wording: Wording, exclusions: Sequence[Exclusion]) -> ActId:
    """Let parts be exchanged again. Raises ConsentRefused."""
    saying = _saying(access, patient, wording, "give-consent")
    return consent_acts.lift(access, patient, saying, exclusions)[0]


def object_to(access: Access, patient: UUID, act: UUID) -> None:
    """Say that it was not oneself who said an act at a desk. Raises ConsentRefused."""
    consent_objections.object_to(access, patient, act)


def represents(access: Access, patient: UUID) -> Representative | None:
    """Who acts for the patient, where somebody does: the page and the paper name both."""
    return representing.representative(access.caller, patient, access.time)


def _saying(
    access: Access, patient: UUID, wording: Wording, action: str, *, reason: str = ""
) -> Saying:
    return Saying(
        wording=wording,
        identified=Identified(by=_identification(access.caller, action)),
        write=write_signed,
        representative=represents(access, patient),
        reason=reason,
    )


def _identification(caller: Caller, action: str) -> Identification:
    """How it was seen who acts: by what the role table asks to be shown anew before the act.

    A demo's chosen person, whom nobody has seen, is of a session alone.
    """
    factor = roles.step_up(action) if caller.person is not None else None
    return _BY_FACTOR[factor] if factor else Identification.SESSION
