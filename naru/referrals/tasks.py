"""What comes round by the clock: a referral that nobody took on in time is over."""

from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from naru.domain.referrals import Act, ActKind
from naru.exchange import identify
from naru.exchange.access import Access, changing
from naru.referrals import bookings, looking, notices, queries, services
from naru.referrals.errors import NotNow
from naru.scheduling import services as scheduling

EXPIRE: Final = "referral expiry"
"""The transaction of each, as the audit names it."""


def expire(now: datetime) -> int:
    """Say of each that its time is over, and tell both sides and the patient; how many."""
    ended = 0
    for referral in queries.over(now):
        try:
            _expire(referral, now)
        except NotNow:
            continue  # Somebody was faster.
        ended += 1
    return ended


def _expire(referral: UUID, now: datetime) -> None:
    """End it and free the time that was booked with it. Raises NotNow."""
    access = Access(transaction=EXPIRE, caller=identify.operator(), time=now)
    with changing(access):
        bookings.before(ActKind.EXPIRED)
        after = services.add(referral, Act(id=uuid4(), kind=ActKind.EXPIRED, time=now))
        looking.note(access, after)
        scheduling.release(access, after.id)
        notices.tell(after, now)
