"""An institution's monthly report with what came of it for the referral fee."""

from dataclasses import replace
from datetime import date
from typing import Final
from uuid import UUID

from naru.domain.korea import midnight
from naru.exchange.access import Access, together
from naru.hira import queries
from naru.hira.queries import HandoverState
from naru.statistics import months
from naru.statistics import services as statistics
from naru.statistics.services import Report

FEES: Final = ("fee_proofs", "relay_taken", "relay_failed")
"""What a report tells of the fee, beside what the institution exchanged."""


def monthly(access: Access, institution: UUID, month: date) -> Report:
    """The month, for whoever may see its report. Raises MayNotSee.

    `fee_proofs` counts the proofs given in the month; the other two what was handed to the relay,
    by what last became of it in the month.
    """
    with together(access):
        found = statistics.report(access, institution, month)
        until = months.after(month)
        proofs = queries.claims(institution, month, until)
        handed = queries.handovers(institution, midnight(month), midnight(until))
        taken = {HandoverState.HANDED_OVER, HandoverState.CONFIRMED}
        counted = (
            len(proofs),
            sum(one.state in taken for one in handed),
            sum(one.state is HandoverState.FAILED for one in handed),
        )
        fees = dict(zip(FEES, counted, strict=True))
        return replace(found, values=dict(found.values) | fees)
