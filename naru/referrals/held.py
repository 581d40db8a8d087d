"""A letter that nobody opened when the consent ended: held, and told once to whoever sent it."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID, uuid4

from naru.domain.referral_rules import may
from naru.domain.referrals import Act, ActKind
from naru.exchange.sendings.ends import is_held
from naru.referrals import notices, queries, services
from naru.referrals.errors import NotNow


def hold_letters(patients: Collection[UUID], now: datetime) -> None:
    """Hold those that open no more, of the person of these keys, in the caller's transaction."""
    for one in queries.letters_of(patients):
        if may(one, ActKind.HELD, None, now) and is_held(one.patient, one.time, now):
            act = Act(id=uuid4(), kind=ActKind.HELD, time=now)
            try:
                after = services.add(one.id, act)
            except NotNow:
                continue  # It was opened or cancelled meanwhile.
            notices.tell(after, now)
