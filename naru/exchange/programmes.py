"""The programmes that are approved: research, statistics, evaluation (rule 13 of the decision)."""

from typing import Final

from naru.consent.policy import Programme, policy
from naru.domain.korea import korean_day
from naru.exchange.access import Access, reading

PROGRAMMES: Final = "programmes"
"""The transaction, as the audit names it."""


def approved(access: Access) -> tuple[Programme, ...]:
    """Those that are approved today; whose data they may see is asked elsewhere, item by item."""
    with reading(access):
        day = korean_day(access.time)
        found = policy(on=day).settings.programmes
        return tuple(one for one in found if one.first <= day <= one.last)
