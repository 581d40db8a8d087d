"""What a reception desk does: each by one service of the exchange, as one access."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from naru.consent.snapshots import ActId, Exclusion
from naru.desk.forms import Signing
from naru.domain.arrangements import Relation, RelationKind
from naru.domain.caller import Caller
from naru.domain.consent_paper import Box, Wording
from naru.exchange import consent_acts, consent_proof, reception, treatment
from naru.exchange.access import Access
from naru.exchange.consent_acts import Saying
from naru.exchange.consent_proof import ActProof
from naru.exchange.reception import Known, Newcomer
from naru.security.signed_paper import write_signed

CONSENT: Final = "desk consent"
LOOK: Final = "desk patient"
REGISTER: Final = "desk registration"
RECEPTION: Final = "desk reception"
"""The transactions of a desk's pages, as the audit names them."""


def by_number(caller: Caller, number: str, time: datetime) -> tuple[Known, ...]:
    """Whom our own number names."""
    return reception.by_number(_access(LOOK, caller, time), number)


def by_name(caller: Caller, name: str, born: date, time: datetime) -> tuple[Known, ...]:
    """Everybody of that name and birth who is registered here."""
    return reception.by_name(_access(LOOK, caller, time), name, born)


def known(caller: Caller, patient: UUID, time: datetime) -> Known | None:
    """The patient whom the desk serves, if they are registered here."""
    return reception.known(_access(LOOK, caller, time), patient)


def consents(caller: Caller, patient: UUID, time: datetime) -> bool:
    """Whether a general consent stands. Raises ConsentRefused."""
    return reception.consents(_access(LOOK, caller, time), patient)


def register(caller: Caller, newcomer: Newcomer, time: datetime) -> UUID:
    """Register somebody. Raises `patients.errors.Refused`, ConsentRefused."""
    return reception.register(_access(REGISTER, caller, time), newcomer)


def consent(
    caller: Caller,
    patient: UUID,
    time: datetime,
    wording: Wording,
    signing: Signing,
    *,
    boxes: frozenset[Box],
    until: date | None,
) -> ActId:
    """Take a consent. Raises ConsentRefused."""
    access, saying = _access(CONSENT, caller, time), _saying(wording, signing)
    return consent_acts.consent(access, patient, saying, boxes=boxes, until=until)


def withdraw(
    caller: Caller, patient: UUID, time: datetime, wording: Wording, signing: Signing
) -> ActId:
    """Take a whole withdrawal. Raises ConsentRefused."""
    access, saying = _access(CONSENT, caller, time), _saying(wording, signing)
    return consent_acts.withdraw(access, patient, saying)


def keep_out(
    caller: Caller,
    patient: UUID,
    time: datetime,
    wording: Wording,
    signing: Signing,
    exclusions: Sequence[Exclusion],
) -> ActId:
    """Take a partial withdrawal. Raises ConsentRefused."""
    access, saying = _access(CONSENT, caller, time), _saying(wording, signing)
    return consent_acts.keep_out(access, patient, saying, exclusions)[0]


def receive(caller: Caller, patient: UUID, time: datetime) -> Relation:
    """Begin a reception: from now on the institution treats the patient (rule 10).

    Raises ConsentRefused for somebody who is not registered here.
    """
    reception.consents(_access(LOOK, caller, time), patient)
    access = _access(RECEPTION, caller, time)
    return treatment.begin(access, patient, RelationKind.RECEPTION)


def registered(caller: Caller, patient: UUID, act: UUID, time: datetime) -> ActProof | None:
    """An act that this institution's desk registered; None for any other."""
    return consent_proof.at_desk(_access(LOOK, caller, time), patient, act)


def _access(transaction: str, caller: Caller, time: datetime) -> Access:
    return Access(transaction=transaction, caller=caller, time=time)


def _saying(wording: Wording, signing: Signing) -> Saying:
    return Saying(
        wording=wording,
        identified=signing.identified,
        write=write_signed,
        representative=signing.representative,
        signature=signing.signature,
        scan=signing.scan,
    )
