"""What happens to a referral: kept in the caller's transaction, one act after the other.

The row is held while an act is added, so that of two acts at once the second sees the first; where
it may not follow any more it is refused (`NotNow`).
"""

import secrets
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from naru.consent import queries as consent
from naru.domain import referral_course
from naru.domain.korea import korean_day
from naru.domain.referral_rules import NotAllowed
from naru.domain.referrals import ENDS_SENDING, Act, ActKind, Referral, Sent
from naru.exchange.sendings import ends as sendings
from naru.patients import queries as patients
from naru.referrals import codec, models, queries
from naru.referrals.errors import AlreadySent, NoSuchReferral, NotNow

_DIGITS: Final = 6
_TRIES: Final = 20


def new_number(now: datetime) -> str:
    """A number for people: the day and digits by chance; it says nothing of anybody."""
    for _ in range(_TRIES):
        drawn = "".join(secrets.choice("0123456789") for _ in range(_DIGITS))
        number = f"{korean_day(now):%y%m%d}-{drawn}"
        if not models.Referral.objects.filter(number=number).exists():
            return number
    raise NotNow("no number is free today")


def begin(sent: Sent, once: UUID) -> Referral:
    """Keep one that was sent just now. Raises AlreadySent, NotNow."""
    try:
        referral = referral_course.begun(sent)
    except NotAllowed as wrong:
        raise NotNow(str(wrong)) from wrong
    try:
        with transaction.atomic():
            models.Referral.objects.create(
                referral=sent.id,
                number=sent.number,
                kind=sent.kind,
                patient=sent.patient,
                sender=sent.sender,
                receiver=sent.receiver,
                state=referral.state,
                document=sent.document,
                about=sent.about,
                time=sent.time,
                until=sent.until,
                once=once,
                content=codec.seal_sent(sent),
            )
    except IntegrityError:
        before = queries.by_once(sent.sender, once)
        if before is None:
            raise
        raise AlreadySent(before) from None
    return referral


def add(referral: UUID, act: Act) -> Referral:
    """Add what happened, and say what stands then. Raises NoSuchReferral, NotNow."""
    row = models.Referral.objects.select_for_update().filter(referral=referral).first()
    if row is None:
        raise NoSuchReferral("there is no such referral")
    acts = list(models.Act.objects.filter(referral=row).order_by("place"))
    before = codec.value(row, acts)
    # Of two that began in one order and came in the other, what came later was later.
    act = replace(act, time=max(act.time, before.acts[-1].time))
    try:
        after = referral_course.after(before, act)
    except NotAllowed as wrong:
        raise NotNow(str(wrong)) from wrong
    models.Act.objects.create(
        referral=row, place=len(acts) + 1, act=act.id, content=codec.seal_act(act)
    )
    row.state, row.receiver, row.document = after.state, after.receiver, after.document
    row.save(update_fields=["state", "receiver", "document"])
    if act.kind in ENDS_SENDING:
        _end_sending(before, act)
    return after


def _end_sending(before: Referral, act: Act) -> None:
    """Whoever had it opens its paper no more; a letter that nobody opened is kept no longer.

    What an institution opened before the time ran out it may have taken on by its own EMR, which
    says nothing of that here.
    """
    if before.receiver is None:
        models.Letter.objects.filter(referral__referral=before.id).update(content=None)
        return
    opened = consent.has_received(
        patients.identity_set(before.patient), before.document, before.receiver
    )
    if act.kind is not ActKind.EXPIRED or not opened:
        sendings.end(before.document, sender=before.from_whom, recipient=before.receiver)
