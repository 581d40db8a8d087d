"""The papers of a citizen's consent, to keep or to take elsewhere: BPPC documents."""

from typing import Final
from uuid import UUID

from naru.domain.consent_paper import SignedPaper
from naru.exchange.access import Access
from naru.exchange.consent import issue as consent_issue
from naru.formats.cda.consent_paper import write_paper

PAPER: Final = "own consent paper"
"""The transaction, as the audit names it."""


def consent_paper(access: Access, patient: UUID) -> bytes | None:
    """The CDA of what stands now; None where there is nothing to put on paper."""
    issued = consent_issue.issue(access, patient)
    if issued is None:
        return None
    return write_paper(issued.paper, issued.patient, issued.keeper, issued.text)


def of_act(access: Access, patient: UUID, act: UUID) -> SignedPaper | None:
    """The signed document of one act, as it was made then; None where there is none."""
    return consent_issue.signed_paper(access, patient, act)
