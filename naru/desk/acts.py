"""What a patient says or has done at a reception desk, each by one service of the exchange."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from naru.consent.snapshots import ActId, Exclusion
from naru.desk.forms import Signing
from naru.domain.arrangements import Relation, RelationKind
from naru.domain.consent_paper import Box, Wording
from naru.exchange.access import Access
from naru.exchange.consent import page_acts as consent_acts
from naru.exchange.consent import wishes
from naru.exchange.consent.page_acts import Saying
from naru.exchange.treatment import reception
from naru.exchange.treatment import relations as treatment
from naru.security.signed_paper import write_signed

CONSENT: Final = "desk consent"
LOOK: Final = "desk patient"
REGISTER: Final = "desk registration"
RECEPTION: Final = "desk reception"
"""The transactions of a desk's pages, as the audit names them."""


def consent(
    access: Access,
    patient: UUID,
    wording: Wording,
    signing: Signing,
    *,
    boxes: frozenset[Box],
    until: date | None,
) -> ActId:
    """Take a consent. Raises ConsentRefused."""
    saying = _saying(wording, signing)
    return consent_acts.consent(access, patient, saying, boxes=boxes, until=until)


def withdraw(access: Access, patient: UUID, wording: Wording, signing: Signing) -> ActId:
    """Take a whole withdrawal. Raises ConsentRefused."""
    return consent_acts.withdraw(access, patient, _saying(wording, signing))


def keep_out(
    access: Access,
    patient: UUID,
    wording: Wording,
    signing: Signing,
    exclusions: Sequence[Exclusion],
) -> ActId:
    """Take a partial withdrawal. Raises ConsentRefused."""
    return consent_acts.keep_out(access, patient, _saying(wording, signing), exclusions)[0]


def refuse_emergencies(access: Access, patient: UUID, wording: Wording, signing: Signing) -> ActId:
    """Take that nothing is to be shown even in an emergency. Raises ConsentRefused."""
    return wishes.refuse_emergencies(access, patient, _saying(wording, signing))


def receive(access: Access, patient: UUID) -> Relation:
    """Begin a reception: from now on the institution treats the patient (rule 10).

    Raises ConsentRefused for somebody who is not registered here.
    """
    reception.consents(access, patient)
    return treatment.begin(access, patient, RelationKind.RECEPTION)


def _saying(wording: Wording, signing: Signing) -> Saying:
    return Saying(
        wording=wording,
        identified=signing.identified,
        write=write_signed,
        representative=signing.representative,
        signature=signing.signature,
        scan=signing.scan,
    )
