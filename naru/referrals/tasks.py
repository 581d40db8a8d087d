"""What comes round by the clock: a referral that nobody took on in time is over."""

from datetime import datetime
from uuid import uuid4

from django.db import transaction

from naru.domain.referrals import Act, ActKind
from naru.referrals import notices, queries, services
from naru.referrals.errors import NotNow


def expire(now: datetime) -> int:
    """Say of each that its time is over, and tell both sides and the patient; how many."""
    ended = 0
    for referral in queries.over(now):
        try:
            with transaction.atomic():
                act = Act(id=uuid4(), kind=ActKind.EXPIRED, time=now)
                after = services.add(referral, act)
                notices.tell(after, now)
        except NotNow:
            continue  # Somebody was faster.
        ended += 1
    return ended
